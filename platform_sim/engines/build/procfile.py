"""The Procfile (platform-api §6): lines `<type>: <command>`. Text in, mapping out; touches nothing."""

from platform_sim.core.model.values import PROCESS_TYPE


class BadProcfile(ValueError):
    """A Procfile that cannot be read; the message names the line."""


def parse(text: str) -> dict[str, str]:
    """Process types and their commands, in the file's order. Empty lines and `#` comments are skipped.

    Raises BadProcfile for a line without a type or a command, a type that is not `[-\\w]{1,128}`, or one given twice.
    """
    found: dict[str, str] = {}
    first_seen: dict[str, int] = {}
    for number, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, command = (part.strip() for part in line.partition(":"))
        if not colon or not name or not command:
            raise BadProcfile(f"Procfile line {number}: '{_short(line)}' is not '<type>: <command>'.")
        if not is_process_type(name):
            raise BadProcfile(
                f"Procfile line {number}: '{_short(name)}' is not a process type: "
                "use 1 to 128 letters, digits, '-' and '_'."
            )
        if name in found:
            raise BadProcfile(
                f"Procfile line {number}: '{_short(name)}' was declared on line {first_seen[name]} already."
            )
        if "\0" in command:
            raise BadProcfile(f"Procfile line {number}: the command holds a NUL byte.")
        found[name] = command
        first_seen[name] = number
    return found


def is_process_type(name: str) -> bool:
    """Whether `name` is `[-\\w]{1,128}`, in ASCII as the published schema means it."""
    return name.isascii() and PROCESS_TYPE.fullmatch(name) is not None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."

"""A file of variables, as it lies beside many services as `.env`: KEY=value lines. Pure."""

import re
from pathlib import Path

import click

LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
BARE = re.compile(r"(.*?)(?:\s+#.*)?")
QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?""")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_env_file(file: Path) -> dict[str, str]:
    """Its variables; click.UsageError with the line that is none, without what stands there: it may be a secret."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise click.UsageError(f"{file} cannot be read: {problem}") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        parts = LINE.fullmatch(stripped)
        if parts is None:
            raise click.UsageError(f"{file}, line {number}: it must be KEY=value, a # comment or empty")
        value = _value(parts[2])
        if value is None:
            raise click.UsageError(f"{file}, line {number}: the quotes of {parts[1]} do not end, or more follows them")
        if "\0" in value:
            raise click.UsageError(f"{file}, line {number}: {parts[1]} holds a zero byte, which no variable can")
        found[parts[1]] = value
    return found


def _value(text: str) -> str | None:
    """Without quotes and comment; in double quotes a backslash takes what follows as it is, or as a new line."""
    if text[:1] in ('"', "'"):
        quoted = QUOTED.fullmatch(text)
        if quoted is None:
            return None
        if quoted[1] is None:
            return quoted[2]
        return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), quoted[1])
    bare = BARE.fullmatch(text)
    return "" if bare is None or text.startswith("#") else bare[1]

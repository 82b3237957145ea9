"""How each shell sets and unsets a variable. Pure text."""

import json
from collections.abc import Callable, Mapping

Changes = Mapping[str, str | None]
"""What a variable shall be; None takes it away."""


def _sh(changes: Changes) -> str:
    return "\n".join(
        f"unset {name}" if value is None else f"export {name}={_sh_quoted(value)}" for name, value in changes.items()
    )


def _fish(changes: Changes) -> str:
    return "\n".join(
        f"set -e {name};" if value is None else f"set -gx {name} {_fish_quoted(value)};"
        for name, value in changes.items()
    )


def _powershell(changes: Changes) -> str:
    return "\n".join(
        f"Remove-Item Env:{name} -ErrorAction SilentlyContinue"
        if value is None
        else f"$env:{name} = {_powershell_quoted(value)}"
        for name, value in changes.items()
    )


def _json(changes: Changes) -> str:
    return json.dumps(dict(changes), indent=2, ensure_ascii=False)


def _sh_quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def _fish_quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell_quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


SHELLS: Mapping[str, Callable[[Changes], str]] = {"sh": _sh, "fish": _fish, "powershell": _powershell, "json": _json}

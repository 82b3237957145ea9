"""What a dyno sees: its environment and its command line, each stated here and nowhere else. Pure values.

The whole environment of a dyno (D: Dyno Startup Behavior, platform-api §6):

| name | value | a config var of that name |
|---|---|---|
| config vars of the release, `env` of a one-off dyno | as set | |
| `HEROKU_...` | of the features that tell a dyno about itself (`core/actions/features.py`) | none can exist |
| `PATH` | a plain system path; buildpacks extend it in `.profile.d` | wins |
| `LANG` | `C.UTF-8` | wins |
| `PORT` | web dynos only: the port to listen on | loses in web dynos |
| `DYNO` | `web.1` | loses |
| `HOME` | the dyno's own folder, which is also its working folder | loses: it is how leftovers are found |

The shell adds `PWD`, `SHLVL` and `_` of its own accord, as on Heroku. Nothing of the platform's own
environment reaches a dyno.
"""

from collections.abc import Mapping
from pathlib import Path

DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"

_PROFILE_THEN_COMMAND = (
    'for profile in .profile.d/*.sh; do [ -r "$profile" ] && . "$profile"; done; unset profile; '
    '[ -r .profile ] && . ./.profile; exec "$0" -c "$1" "${0##*/}"'
)


def dyno_environment(
    config: Mapping[str, str], name: str, home: Path, port: int | None, path: str = DEFAULT_PATH
) -> dict[str, str]:
    """All variables a dyno starts with; `.profile.d` scripts may change them afterwards."""
    weak = {"PATH": path, "LANG": "C.UTF-8"}
    strong = {"DYNO": name, "HOME": str(home)}
    if port is not None:
        strong["PORT"] = str(port)
    return {**weak, **config, **strong}


_TAKE_TERMINAL = ': < "$2"; '
"""The first terminal that the leader of a session opens is the session's controlling one: then Ctrl-C works."""


def command_line(shell: Path, home: Path, command: str, tty: str | None = None) -> list[str]:
    """The arguments that run `command` after the app's profile scripts, so that no shell stays behind.

    A shell replaces itself by the last command of `-c`: a plain command ends up as the only process, while
    pipes, `&&` and quotes mean what they mean in a Procfile. `tty`: the name of the dyno's terminal, if it has one.
    """
    if tty is not None:
        return [shell.name, "-c", _TAKE_TERMINAL + _PROFILE_THEN_COMMAND, str(shell), command, tty]
    if (home / ".profile").is_file() or any((home / ".profile.d").glob("*.sh")):
        return [shell.name, "-c", _PROFILE_THEN_COMMAND, str(shell), command]
    return [shell.name, "-c", command]

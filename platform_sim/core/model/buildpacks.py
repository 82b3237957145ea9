"""Which buildpacks there are, and how one is named: by a short name, a git URL or a folder. Plain values."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

URN = "urn:buildpack:"
REGISTRY = "https://buildpack-registry.s3.amazonaws.com/buildpacks/"
"""Where Heroku's registry keeps archives; the CLI sends `REGISTRY + name + .tgz` for a short name (heroku-cli §15)."""

LONGEST = 2000
"""Characters of a name."""

ARCHIVES = (".tgz", ".tar.gz", ".zip")
REGISTRY_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
GIT_ADDRESS = re.compile(r"(https?|ssh|git|file)://.+|[\w.-]+@[\w.-]+:.+")
_VISIBLE = re.compile(r"[ -~]*[!-~]")


@dataclass(frozen=True)
class BuiltIn:
    """A buildpack that comes with the platform."""

    name: str
    description: str


BUILT_IN = (
    BuiltIn("heroku/python", "Python apps, installed with uv, else pip; built into this simulator"),
    BuiltIn("heroku/nodejs", "Node.js apps, installed with npm; built into this simulator"),
    BuiltIn("heroku/procfile", "Apps that only start what is there already; built into this simulator"),
)
"""In the order in which they are tried on an app that names none."""

NAMES = tuple(each.name for each in BUILT_IN)


def short(name: str) -> str:
    """A name without what is put before and after a short one: its URN, or the registry's address."""
    if name.startswith(REGISTRY):
        return name.removeprefix(REGISTRY).removesuffix(".tgz")
    return name.removeprefix(URN)


def buildpack_problem(name: str) -> str | None:
    """What is wrong with a buildpack's name, as the end of a sentence that begins with it; None if it can be tried."""
    bare = short(name)
    if bare in NAMES:
        return None
    known = f"Use one of {', '.join(NAMES)}, a git URL, or a folder with bin/detect"
    if not name:
        return f"is not in the registry. {known}"
    if len(name) > LONGEST or _VISIBLE.fullmatch(name) is None:
        return f"must be 1 to {LONGEST} visible ASCII characters"
    if REGISTRY_NAME.fullmatch(bare):
        return f"is not built in. {known}"
    address = bare.partition("#")[0]
    if address.endswith(ARCHIVES):
        return "is an archive. Use its git URL, or a folder with bin/detect"
    return None if address.startswith("/") or GIT_ADDRESS.fullmatch(address) else f"is no name or address. {known}"


def as_shown(name: str) -> dict[str, str]:
    """Name and URL of a buildpack, as the API has them; of most they are the same."""
    return {"name": name, "url": URN + name if name in NAMES else name}


def hidden(pack: dict[str, str]) -> dict[str, str]:
    """Name and URL without user and password: for what others read."""
    return {key: _without_user(value) for key, value in pack.items()}


def _without_user(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    return f"{scheme}://***@{rest.partition('@')[2]}" if mark and urlsplit(address).username else address

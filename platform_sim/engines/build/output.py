"""The words of a build in Heroku's form (platform-api §6), with credentials masked. Only calls the given `write`."""

import re
from collections.abc import Callable

Write = Callable[[str], None]

# user:password@ or token@ in front of a host name: index URLs and git URLs often carry them.
_USERINFO = re.compile(r"(?<=://)[^/\s'\"]+@")


def masked(text: str) -> str:
    """`text` with what stands between `://` and `@` hidden."""
    return _USERINFO.sub("***@", text)


class Output:
    """Writes lines, without line ends, to `write`; whatever comes through here is masked."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def line(self, text: str = "") -> None:
        """A line as it is: what buildpacks say already has Heroku's form."""
        self._write(masked(text))

    def step(self, text: str) -> None:
        """`-----> text`"""
        self.line(f"-----> {text}")

    def detail(self, text: str) -> None:
        """Something about the last step, indented by seven blanks."""
        self.line(f"       {text}")

    def problem(self, text: str) -> None:
        """` !     text`, for each line of it."""
        for part in text.splitlines():
            self.line(f" !     {part}".rstrip())


def human_size(size: int) -> str:
    """Bytes as the push output shows them: `36.6M`, `9.2K`."""
    if size >= 1024**3:
        return f"{size / 1024**3:.1f}G"
    if size >= 1024**2:
        return f"{size / 1024**2:.1f}M"
    return f"{size / 1024:.1f}K"

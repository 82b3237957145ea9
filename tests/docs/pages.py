"""The project's pages as data: README.md and docs/*.md, cut into fenced blocks."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_RUN = re.compile(r"<!-- not run: .{10,} -->")
OUTPUT = "<!-- output -->"
FILE = re.compile(r"<!-- file: (\S+) -->")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the number of its first line, and the HTML comment right before the fence."""

    page: str
    line: int
    language: str
    text: str
    comment: str

    @property
    def runs(self) -> bool:
        """Whether a reader could type it, and the test does."""
        return self.language in ("sh", "python") and not NOT_RUN.fullmatch(self.comment) and not self.file

    @property
    def is_output(self) -> bool:
        """Whether it is what the block before it has printed."""
        return self.comment == OUTPUT

    @property
    def file(self) -> str | None:
        """The file of the project whose text it shows."""
        found = FILE.fullmatch(self.comment)
        return found.group(1) if found else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """The pages that readers start from."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def name(page: Path) -> str:
    """As it is written in links from the top."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return parse(name(page), page.read_text(encoding="utf-8"))


def parse(page: str, text: str) -> list[Block]:
    """The fenced blocks of a text; ValueError for a fence that is not closed."""
    found: list[Block] = []
    before, opened, language, held = "", 0, "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if opened and line.rstrip() == "```":
            found.append(Block(page, opened + 1, language, "".join(f"{each}\n" for each in held), before))
            before, opened, held = "", 0, []
        elif opened:
            held.append(line)
        elif line.startswith("```"):
            opened, language = number, line[3:].strip()
        elif line.strip():
            before = line.strip()
    if opened:
        raise ValueError(f"{page}:{opened}: this fence is not closed")
    return found

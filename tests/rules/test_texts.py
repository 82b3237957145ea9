"""What no text of the project may hold: secrets, and paths of the machine on which it was written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .sources import ROOT

SKIPPED = {
    ".git",
    ".venv",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    "build",
    "dist",
    "node_modules",
}
READ = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".json", ".yml", ".yaml", ".sh", ".cfg", ""}
SECRETS = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    re.compile(r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    re.compile(r"\bHRKU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    re.compile(r"\bHRKU-[A-Za-z0-9_-]{40,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}"),
)
PLACES = (
    re.compile(r"(?<![\w.{])/(?:home|Users)/[a-z]\w+"),
    re.compile(r"(?<![\w.{])/root/"),
    re.compile(r"\b[A-Z]:\\\\?Users\\"),
    re.compile(re.escape(str(ROOT)) + r"\b"),
)


def texts(folder: Path = ROOT) -> Iterator[Path]:
    """The files that people read, without what tools have made."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED or path.name.endswith(".egg-info") or path.is_symlink():
            continue
        if path.is_dir():
            yield from () if path.name.startswith(".") and path.name not in (".ci", ".github") else texts(path)
        elif path.suffix in READ and path.stat().st_size < 1_000_000:
            yield path


def findings(text: str, patterns: tuple[re.Pattern[str], ...]) -> list[str]:
    """What the patterns find, each with its line."""
    if not any(pattern.search(text) for pattern in patterns):
        return []  # in no line: none of them looks beyond one
    return [
        f"{number}: {found.group()[:60]}"
        for number, line in enumerate(text.splitlines(), 1)
        for pattern in patterns
        for found in pattern.finditer(line)
    ]


def in_all_texts(patterns: tuple[re.Pattern[str], ...]) -> list[str]:
    """Findings in every text but this one, which has to say what it looks for."""
    return [
        f"{path.relative_to(ROOT)}:{found}"
        for path in texts()
        if path != Path(__file__)
        for found in findings(path.read_text(errors="replace"), patterns)
    ]


def test_no_text_holds_a_secret() -> None:
    assert in_all_texts(SECRETS) == []


def test_no_text_names_a_place_of_one_machine() -> None:
    assert in_all_texts(PLACES) == []


def test_there_is_something_to_read() -> None:
    names = {path.name for path in texts()}
    assert {"pyproject.toml", "settings.py", "settings.md", "support.py"} <= names


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "key = 'AKIA" + "A1B2C3D4E5F6G7H8'",
        "ghp_" + "a" * 36,
        "xoxb-" + "1" * 12,
        "sk_live_" + "a" * 24,
        "HRKU-" + "01234567-89ab-cdef-0123-456789abcdef",
        "HRKU-" + "A" * 60,
        "eyJ" + "a" * 30 + ".eyJ" + "b" * 30,
    ],
)
def test_the_rule_of_secrets_catches(text: str) -> None:
    assert len(findings(f"first line\n{text}\n", SECRETS)) >= 1


@pytest.mark.parametrize(
    "text", ["/home/ann/x", "see /Users/ann", "/root" + "/.ssh", r"C:\Users\ann", f"cd {ROOT}/docs"]
)
def test_the_rule_of_places_catches(text: str) -> None:
    assert findings(text, PLACES) == [f"1: {findings(text, PLACES)[0][3:]}"]


@pytest.mark.parametrize("text", ["GET /users/~/apps", "/homepage", "the root / of it", "HRKU-", "/data/home/x"])
def test_the_rules_let_pass(text: str) -> None:
    assert findings(text, SECRETS + PLACES) == []

"""`learn`: ticks, the next lesson in full, one lesson, and exit codes."""

import json
from typing import Any

import pytest

from .conftest import Run
from .fake_api import FakeApi

LONG = "python3 " + "x" * 120


def lesson(number: int, done: bool, **more: Any) -> dict[str, Any]:
    """A lesson as `/sim/lessons` tells it."""
    told: dict[str, Any] = {
        "number": number,
        "title": f"Title {number}",
        "text": ["It happens.", "For a reason."],
        "commands": [f"do {number}", LONG],
        "then": None,
        "clicks": "Press it.",
        "page": "/dashboard/x",
        "done": done,
        "done_at": None,
        "found": "Release v7 is there." if done else "Nothing yet.",
        "timeline": "/dashboard/timeline?app=acme",
        "question": "Why?",
        "try": "look",
        "answer": "Because.",
    }
    return told | more


def course(*done: bool, begun: str | None = "2026-01-02T03:04:05Z") -> dict[str, Any]:
    lessons = [lesson(number, each) for number, each in enumerate(done, start=1)]
    following = next((number for number, each in enumerate(done, start=1) if not each), None)
    return {"app": "acme", "begun_at": begun, "next": following, "lessons": lessons}


def test_all_with_ticks_and_the_next_in_full(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/lessons", course(True, False, False))
    assert run("learn").stdout.splitlines() == [
        "Lessons on acme, begun at 2026-01-02T03:04:05Z",
        "",
        "[x] 1 Title 1",
        "[ ] 2 Title 2",
        "[ ] 3 Title 3",
        "",
        "2. Title 2",
        "",
        "It happens.",
        "For a reason.",
        "",
        "Type:",
        "  do 2",
        f"  {LONG}",
        "In the browser: Press it.",
        f"  {api.url}/dashboard/x",
        "",
        "[ ] Nothing yet.",
        f"  Timeline: {api.url}/dashboard/timeline?app=acme",
        "",
        "A question to try: Why?",
        "  look",
        "  (platform-sim learn 2 --answer)",
    ]


def test_one_lesson_of_an_app_with_the_answer(api: FakeApi, run: Run) -> None:
    told = course(True, False)
    told["lessons"][0] |= {"then": "Then wait.", "page": "http://acme.localhost/"}
    api.on("GET /sim/lessons?app=acme", told)
    lines = run("learn", "1", "--app", "acme", "--answer").stdout.splitlines()
    assert lines[0] == "1. Title 1"
    assert "Then wait." in lines
    assert "  http://acme.localhost/" in lines
    assert "[x] Release v7 is there." in lines
    assert lines[-1] == "Answer: Because."


def test_after_the_last(api: FakeApi, run: Run) -> None:
    api.on("GET /sim/lessons", course(True, True, begun=None))
    lines = run("learn", "--check").stdout.splitlines()
    assert lines[0] == "Lessons on acme, all that was recorded counts"
    assert lines[-1].startswith("All eight have happened. Next: ")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("1", "--check"), 0, ""),
        (("2", "--check"), 1, "Error: not yet: lesson 2\n"),
        (("--check",), 1, "Error: not yet: lesson 2, 3\n"),
        (("2",), 0, ""),
        (("4",), 2, "There are lessons 1 to 3."),
        (("0",), 2, "0"),
    ],
)
def test_exit_codes(words: tuple[str, ...], code: int, says: str, api: FakeApi, run: Run) -> None:
    api.on("GET /sim/lessons", course(True, False, False))
    result = run("learn", *words)
    assert result.exit_code == code
    assert says in result.stderr


def test_as_json(api: FakeApi, run: Run) -> None:
    told = course(True, False)
    api.on("GET /sim/lessons", told)
    assert json.loads(run("learn", "--json").stdout) == told
    assert json.loads(run("learn", "2", "--json").stdout) == told["lessons"][1]


def test_beginning_anew(api: FakeApi, run: Run) -> None:
    api.on("POST /sim/lessons", course(False, False), status=201)
    assert run("learn", "--restart").stdout.startswith("Lessons on acme, begun at 2026-01-02T03:04:05Z\n")
    assert api.lines == ["POST /sim/lessons"]

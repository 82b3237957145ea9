"""`heroku releases`, `releases:rollback`: the recorded words (heroku-cli §15, Releases)."""

import json

import pytest

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi

RELEASES = "/apps/alpha/releases"
WARNINGS = [
    " ›   Warning: Rollback affects code and config vars; it doesn't add or remove addons.",
    " ›   Warning: To undo, run: heroku rollback v3",
]


def test_the_list(api: FakeApi, heroku: Run) -> None:
    rows = [
        shapes.release(5, status="pending"),
        shapes.release(4, status="failed"),
        shapes.release(3, current=True),
        shapes.release(1, description="Initial release"),
    ]
    api.on(f"GET {RELEASES}", rows)
    assert heroku("releases", "-a", "alpha").stdout.splitlines() == [
        "=== alpha Releases - Current: v3",
        "",
        "  v    description                                user              created_at",
        " ─────────────────────────────────────────────────────────────────────────────────────────────",
        "  v5   Deploy 1234abc release command executing   dev@example.com   2026/01/02 03:04:05 +0000",
        "  v4   Deploy 1234abc release command failed      dev@example.com   2026/01/02 03:04:05 +0000",
        "  v3   Deploy 1234abc                             dev@example.com   2026/01/02 03:04:05 +0000",
        "  v1   Initial release                            dev@example.com   2026/01/02 03:04:05 +0000",
    ]
    assert api.asked[-1].headers["range"] == "version ..; max=15, order=desc"
    assert json.loads(heroku("releases", "-a", "alpha", "-n", "4", "--json").stdout) == rows
    assert api.asked[-1].headers["range"] == "version ..; max=4, order=desc"


def test_no_releases(api: FakeApi, heroku: Run) -> None:
    api.on(f"GET {RELEASES}", [])
    assert heroku("releases", "-a", "alpha").stdout == "alpha has no releases.\n"


@pytest.mark.parametrize("words", [[], ["v2"], ["2"]])
def test_rollback(api: FakeApi, heroku: Run, words: list[str]) -> None:
    api.on(f"GET {RELEASES}", [shapes.release(3), shapes.release(2), shapes.release(1)])
    api.on(f"GET {RELEASES}/2", shapes.release(2))
    api.on(f"POST {RELEASES}", shapes.release(4), 201)
    result = heroku("releases:rollback", *words, "-a", "alpha")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == ["Rolling back alpha to v2... done, v4", *WARNINGS]
    assert api.body_of(f"POST {RELEASES}") == {"release": "id-of-v2"}


def test_rollback_skips_what_cannot_be_gone_back_to(api: FakeApi, heroku: Run) -> None:
    rows = [shapes.release(4), shapes.release(3, eligible_for_rollback=False), shapes.release(2)]
    api.on(f"GET {RELEASES}", rows)
    api.on(f"POST {RELEASES}", shapes.release(5), 201)
    assert "Rolling back alpha to v2... done, v5" in heroku("releases:rollback", "-a", "alpha").stderr


def test_rollback_without_anything_before(api: FakeApi, heroku: Run) -> None:
    api.on(f"GET {RELEASES}", [shapes.release(3)])
    result = heroku("releases:rollback", "-a", "alpha")
    assert result.exit_code == 1
    assert "No eligible release found for alpha to roll back to." in result.stderr


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(200, 0, "line 1\nline 2\n"), (404, 0, ""), (500, 1, "")],
)
def test_rollback_shows_the_release_phase(api: FakeApi, heroku: Run, status: int, code: int, said: str) -> None:
    api.on(f"GET {RELEASES}/2", shapes.release(2))
    api.on(f"POST {RELEASES}", shapes.release(4, output_stream_url=f"{api.url}/streams/secret"), 201)
    api.on("GET /streams/secret", b"line 1\nline 2\n", status)
    result = heroku("releases:rollback", "v2", "-a", "alpha")
    assert (result.exit_code, result.stdout) == (code, f"Running release command...\n{said}")
    assert ("Release command starting" in result.stderr) == (status == 404)

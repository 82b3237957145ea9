"""What is written is read again as it was."""

from typing import Any

import pytest

from platform_sim.core.public.exported import literal
from platform_sim.scenarios.document import parse
from platform_sim.scenarios.write import written
from platform_sim.testing import on_private

NASTY = (
    *(
        "",
        " ",
        "a: b",
        "- a",
        "#",
        "&a",
        "*a",
        "!a",
        "on",
        "No",
        "null",
        "~",
        "010",
        "0x1F",
        "1e3",
        "1_000",
        "12:30:45",
    ),
    *(
        "2026-03-01",
        "true",
        "1.5",
        "-0",
        "'",
        '"',
        "\\",
        "\n",
        "a\n  b\n",
        "\t",
        "é 🎉",
        "\x07",
        "\x85\u2028",
        "x" * 300,
    ),
    *("${x}", "$${x}", "$", "${", "%", "@", "`", "|", ">", "?", "{a}", "[a]", ",", "=", "<<", "...", "---"),
)


def test_texts_of_all_kinds_come_back() -> None:
    config = {f"V{number}": text for number, text in enumerate(NASTY)}
    document: Any = {"scenario": "x", "apps": {"shop": {"config": {k: literal(v) for k, v in config.items()}}}}
    text = written(document)
    found = parse(text)
    assert found.content == document
    with on_private(found) as (player, heroku):
        player.scene.saved["x"] = "never"
        assert [each.problem for each in player.play()] == [""]
        assert heroku.app("shop").config == config


@pytest.mark.parametrize("value", [[], {}, None, True, 1, 1.5, [{"a": [1]}], {"a": None}])
def test_values_come_back(value: Any) -> None:
    shared = {"method": "POST", "status": 200, "body": value}
    document = {"services": {"a1": {"partner": {"scripted": [shared, shared]}}}}
    assert parse(written(document)).content == document

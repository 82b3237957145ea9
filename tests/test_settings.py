"""Every setting once, each with a check, a sentence and its place in docs/settings.md."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.model.rules import Rules
from platform_sim.settings import SETTINGS, BadSetting, Setting, as_markdown, environment, load

from .rules.sources import sources

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
GOOD: dict[str, tuple[str, Any]] = {
    "default_region": ("eu", "eu"),
    "default_stack": ("heroku-22", "heroku-22"),
    "crash_delays": ("0,2.5,60", (0.0, 2.5, 60.0)),
    "webhook_create_status": ("200", 200),
    "provision_action_status": ("201", 201),
    "oauth_refusal_status": ("400", 400),
    "oauth_missing_status": ("400", 400),
    "undeclared_config_status": ("403", 403),
    "partner_events": ("api:app, dyno", ("api:app", "dyno")),
    "async_deprovision_mark": ("?async=true", "?async=true"),
}
BAD: dict[str, tuple[str, ...]] = {
    "default_region": ("mars", ""),
    "default_stack": ("cedar-14", ""),
    "crash_delays": ("", "1,,2", "1,-1", "nan", "inf", "one"),
    "partner_events": ("app", "api:app,", "api:app;dyno", "all"),
    "async_deprovision_mark": ("x", ": x", "X:x", "X: ", "X: a\nY: b", "X Y: x", "?", "?x", "?=x", "?x=1&y", "?é=1"),
}


def good(setting: Setting) -> tuple[str, Any]:
    """A text that this setting takes, and what it means."""
    if isinstance(setting.default, bool):
        return ("no", False) if setting.default else ("Yes", True)
    return GOOD.get(setting.name) or ("7", 7)


def bad(setting: Setting) -> tuple[str, ...]:
    if isinstance(setting.default, bool):
        return "", "maybe", "2"
    return BAD.get(setting.name) or ("", "x", "-1", "nan", "inf", "99999999999999", "0x10")


def test_settings_and_rules_name_the_same_things_once() -> None:
    names = [s.name for s in SETTINGS]
    assert names == [f.name for f in fields(Rules)]
    assert len(set(names)) == len(names)


def test_without_environment_everything_is_the_default() -> None:
    rules = load({})
    assert {s.name: s.default for s in SETTINGS} == {f.name: getattr(rules, f.name) for f in fields(Rules)}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_a_setting_is_set_by_its_variable_and_no_other_changes(setting: Setting) -> None:
    text, value = good(setting)
    assert setting.variable == f"PLATFORM_SIM_{setting.name.upper()}"
    rules = load({setting.variable: text})
    assert getattr(rules, setting.name) == value
    assert type(getattr(rules, setting.name)) is type(setting.default)
    assert {f.name for f in fields(Rules) if getattr(rules, f.name) != getattr(load({}), f.name)} <= {setting.name}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_a_bad_value_is_refused_with_the_variable_and_what_is_allowed(setting: Setting) -> None:
    for text in bad(setting):
        with pytest.raises(BadSetting) as raised:
            load({setting.variable: text})
        assert f"{setting.variable}={text!r}" in str(raised.value)
        assert setting.allowed in str(raised.value)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_the_default_passes_its_own_check(setting: Setting) -> None:
    default = setting.default
    text = ",".join(str(d) for d in default) if isinstance(default, tuple) else str(default)
    assert setting.read(text) == default


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_a_setting_has_a_sentence_a_source_and_a_mark(setting: Setting) -> None:
    assert setting.sentence.endswith(".")
    assert len(setting.sentence) > 20
    assert setting.sentence.isascii()
    assert setting.mark in ("documented", "inferred", "unverified", "ours")
    assert (setting.source == "-") is (setting.mark == "ours"), "what is not ours says where it is written"


def test_every_setting_is_read_by_something() -> None:
    """One that nobody looks at would be a promise that is not kept."""
    texts = [s.text for s in sources("platform_sim") if not s.within("platform_sim/settings.py")]
    unread = [s.name for s in SETTINGS if not any(re.search(rf"rules\.{s.name}\b", text) for text in texts)]
    assert unread == []


def test_partners_can_be_allowed_no_event_at_all() -> None:
    assert load({"PLATFORM_SIM_PARTNER_EVENTS": " "}).partner_events == ()


def test_overrides_win_and_unknown_ones_are_refused() -> None:
    assert load({"PLATFORM_SIM_GRANT_LIFE": "7"}, grant_life=9).grant_life == 9
    with pytest.raises(BadSetting, match="no setting is named grant_live"):
        load({}, grant_live=9)


def test_other_variables_are_none_of_our_business() -> None:
    assert load({"PATH": "/bin", "GRANT_LIFE": "1"}) == load({})


def test_the_environment_is_a_copy() -> None:
    copy = environment()
    copy["PLATFORM_SIM_TEST_ONLY"] = "1"
    assert "PLATFORM_SIM_TEST_ONLY" not in environment()


def test_the_page_is_what_the_table_generates() -> None:
    assert PAGE.read_text() == as_markdown(), "run: python -m platform_sim.settings > docs/settings.md"


def test_every_setting_is_on_the_page() -> None:
    page = PAGE.read_text()
    for setting in SETTINGS:
        assert f"| `{setting.variable}` |" in page
        assert setting.sentence in page

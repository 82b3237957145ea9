"""Every setting: default, reading, and refusal."""

from pathlib import Path

import pytest

from addon_service.setting_values import DatabasePlan
from addon_service.settings import SettingError, Settings, described, load

README = Path(__file__).parents[2] / "addon_service" / "README.md"


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = load({})
    assert settings == Settings()
    assert (settings.slug, settings.rotation_overlap, settings.sso_window) == ("exceptions", 3600, 300)
    assert settings.heroku_api_url == "http://localhost:5100"
    assert settings.id_url == "http://localhost:5100"


def test_the_id_host_follows_the_api_host_unless_named() -> None:
    assert load({"HEROKU_API_URL": "http://a:1/"}).id_url == "http://a:1"
    assert load({"HEROKU_API_URL": "http://a:1", "HEROKU_ID_URL": "https://id.heroku.com"}).id_url == (
        "https://id.heroku.com"
    )


def test_values_of_the_environment_are_used_and_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDON_PLAN_LIMITS", "one=1, two=2")
    monkeypatch.setenv("PUBLIC_URL", "http://from.env")
    settings = load(data=Path("/d"), public_url="http://given")
    assert dict(settings.plan_limits) == {"one": 1, "two": 2}
    assert (settings.data, settings.public_url) == (Path("/d"), "http://given")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADDON_SLUG", "Not A Slug"),
        ("ADDON_SLUG", ""),
        ("ADDON_PASSWORD", "two\nlines"),
        ("HEROKU_API_URL", "localhost:5100"),
        ("HEROKU_API_URL", "ftp://x"),
        ("PUBLIC_URL", "http://user:pw@host"),
        ("PUBLIC_URL", "http://host/?q=1"),
        ("ADDON_PLAN_LIMITS", "test"),
        ("ADDON_PLAN_LIMITS", ""),
        ("ADDON_PLAN_LIMITS", "test=-1"),
        ("ADDON_REGIONS", " , "),
        ("ADDON_ROTATION_OVERLAP", "1h"),
        ("ADDON_HTTP_TIMEOUT", "0"),
        ("ADDON_SSO_REFUSE_REPLAY", "maybe"),
        ("ADDON_MAX_BODY", "-5"),
        ("ADDON_DATABASE_SLUG", "exceptions"),
        ("ADDON_DATABASE_PLANS", "test=10"),
        ("ADDON_DATABASE_PLANS", "test=0:64"),
        ("ADDON_DATABASE_PLANS", "test=10:64,"),
        ("ADDON_DATABASE_GIVE_UP", "0"),
        ("DATABASE_ADMIN_URL", "postgres"),
        ("DATABASE_ADMIN_URL", "sqlite:///x"),
        ("DATABASE_ADMIN_URL", "postgres://host/"),
        ("DATABASE_ADMIN_URL", "postgres:///postgres?host=/run"),
        ("DATABASE_ADMIN_URL", "mysql://root@host:port/"),
        ("DATABASE_ADDRESS", "http://host"),
        ("DATABASE_ADDRESS", "host:x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        load({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("ADDON_PASSWORD", "hush\n"), ("DATABASE_ADMIN_URL", "oracle://root:hush@host/"), ("DATABASE_ADMIN_URL", "hush")],
)
def test_a_refusal_does_not_show_the_value(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        load({name: value})
    assert "hush" not in str(caught.value)


def test_the_plans_of_the_database_have_two_numbers() -> None:
    plans = load({"ADDON_DATABASE_PLANS": "one=1:2, two=30:4000"}).database_plans
    assert plans == {"one": DatabasePlan(1, 2), "two": DatabasePlan(30, 4000)}


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("YES", True), ("off", False), ("0", False)])
def test_switches_know_several_words(word: str, meant: bool) -> None:
    assert load({"ADDON_SSO_REFUSE_REPLAY": word}).sso_refuse_replay is meant


def test_as_heroku_postgres_its_plans_are_called_as_herokus_unless_they_are_said() -> None:
    named = {"ADDON_DATABASE_SLUG": "heroku-postgresql"}
    assert load(named).database_plans["essential-0"] == DatabasePlan(20, 1000)
    assert set(load(named).database_plans) == {"essential-0", "essential-1", "standard-0"}
    assert set(load({**named, "ADDON_DATABASE_PLANS": "mini=1:1"}).database_plans) == {"mini"}
    assert set(load({"ADDON_DATABASE_SLUG": "mysql"}).database_plans) == {"test", "basic", "premium"}
    assert (load(named).speaks_pg, load({}).speaks_pg) == (True, False)


def test_heroku_postgres_is_no_mysql() -> None:
    environment = {"ADDON_DATABASE_SLUG": "heroku-postgresql", "DATABASE_ADMIN_URL": "mysql://root:hush@db.test/"}
    with pytest.raises(SettingError, match="ADDON_DATABASE_SLUG: heroku-postgresql is PostgreSQL") as caught:
        load(environment)
    assert "hush" not in str(caught.value)


def test_the_readme_lists_every_setting_with_default_and_sentence() -> None:
    lines = README.read_text().splitlines()
    expected = [f"| `{n}` | {f'`{d}`' if d else '(empty)'} | {s} |" for n, d, s in described()]
    assert [
        line for line in lines if line.startswith(("| `ADDON_", "| `HEROKU_", "| `PUBLIC_", "| `DATABASE_"))
    ] == expected

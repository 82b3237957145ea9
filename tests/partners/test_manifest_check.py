"""Each rule about manifests finds what it is about, in a manifest that breaks this rule alone."""

from copy import deepcopy
from typing import Any

import pytest

from platform_sim.partners.manifest_check import RULES, check, errors

GOOD: dict[str, Any] = {
    "id": "acme-db",
    "name": "Acme DB",
    "cli_plugin_name": None,
    "api": {
        "config_vars_prefix": "ACME_DB",
        "config_vars": ["ACME_DB_URL", "ACME_DB_A1"],
        "password": "pw",
        "sso_salt": "grain",
        "regions": ["us", "eu"],
        "requires": ["syslog_drain", "many_per_app", "attachable"],
        "production": {
            "base_url": "https://acme.example/heroku/resources",
            "sso_url": "https://acme.example/sso?from=heroku",
        },
        "version": "3",
    },
    "$base": 177000000000000,
}
GONE = object()


def changed(path: str, value: Any) -> Any:
    """GOOD with one thing changed, or removed."""
    manifest = deepcopy(GOOD)
    *way, last = path.split(".")
    place = manifest
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return manifest


def test_a_good_manifest_has_no_findings() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize("slug", ["acme", "a1", "3scale", "sudo-sandwich-2"])
def test_good_slugs(slug: str) -> None:
    assert check(changed("id", slug)) == []


BAD = [
    ("id", GONE, "M02", "id"),
    ("id", 7, "M02", "id"),
    ("id", "  ", "M02", "id"),
    ("id", "Acme", "M03", "id"),
    ("id", "acme db", "M03", "id"),
    ("id", "acme_db", "M03", "id"),
    ("id", "acme--db", "M03", "id"),
    ("id", "acme\n", "M03", "id"),
    ("id", "42", "M04", "id"),
    ("api", GONE, "M05", "api"),
    ("api", [], "M05", "api"),
    ("api.password", GONE, "M06", "api.password"),
    ("api.password", "", "M06", "api.password"),
    ("api.password", 1234, "M06", "api.password"),
    ("api.sso_salt", 1234, "M07", "api.sso_salt"),
    ("api.sso_salt", "", "M07", "api.sso_salt"),
    ("api.config_vars", GONE, "M08", "api.config_vars"),
    ("api.config_vars", "ACME_DB_URL", "M08", "api.config_vars"),
    ("api.config_vars", ["ACME_DB_URL", None], "M08", "api.config_vars"),
    ("api.config_vars", ["ACME_DB_url"], "M09", "api.config_vars[0]"),
    ("api.config_vars", ["ACME_DB_URL", "ACME_DB_U\n"], "M09", "api.config_vars[1]"),
    ("api.config_vars", ["OTHER_URL"], "M10", "api.config_vars[0]"),
    ("api.config_vars", ["ACME_DB_"], "M10", "api.config_vars[0]"),
    ("api.config_vars", ["ACME_DB"], "M10", "api.config_vars[0]"),
    ("api.config_vars_prefix", "acme", "M11", "api.config_vars_prefix"),
    ("api.config_vars_prefix", 7, "M11", "api.config_vars_prefix"),
    ("api.regions", GONE, "M12", "api.regions"),
    ("api.regions", [], "M12", "api.regions"),
    ("api.regions", "us", "M12", "api.regions"),
    ("api.regions", [["us"]], "M12", "api.regions"),
    ("api.regions", ["us", "mars"], "M13", "api.regions[1]"),
    ("api.production", GONE, "M14", "api.production"),
    ("api.production", {}, "M14", "api.production"),
    ("api.production", 7, "M14", "api.production"),
    ("api.production.base_url", "acme.example/x", "M15", "api.production.base_url"),
    ("api.production.base_url", "ftp://acme.example/x", "M15", "api.production.base_url"),
    ("api.production.base_url", "https:///x", "M15", "api.production.base_url"),
    ("api.production.base_url", "https://a b/x", "M15", "api.production.base_url"),
    ("api.production.base_url", "https://[::1/x", "M15", "api.production.base_url"),
    ("api.production.base_url", "https://acme.example:99999/x", "M15", "api.production.base_url"),
    ("api.production.base_url", None, "M15", "api.production.base_url"),
    ("api.production.base_url", "https://acme.example/x?a=b", "M15", "api.production.base_url"),
    ("api.production.sso_url", "https://acme.example/x#a", "M15", "api.production.sso_url"),
    ("api.production.sso_url", "sso", "M15", "api.production.sso_url"),
    ("api.production.base_url", "http://acme.example/x", "M16", "api.production.base_url"),
    ("api.test", {}, "M17", "api.test"),
    ("api.test", ["http://localhost:1"], "M17", "api.test"),
    ("api.test", "localhost:4567", "M15", "api.test"),
    ("api.requires", "syslog_drain", "M18", "api.requires"),
    ("api.requires", ["syslog_drain", "sharing"], "M18", "api.requires[1]"),
    ("api.requires", [{}], "M18", "api.requires[0]"),
    ("api.username", "acme", "M19", "api.username"),
    ("api.version", 3, "M20", "api.version"),
    ("api.version", "4", "M20", "api.version"),
    ("api.version", GONE, "M21", "api.version"),
    ("api.version", "1", "M21", "api.version"),
    ("api.sso_salt", GONE, "M22", "api.sso_salt"),
    ("name", GONE, "M23", "name"),
    ("id", "acme-addon", "M24", "id"),
    ("api.config_vars", ["ACME_DB_URL", "ACME_DB_URL"], "M25", "api.config_vars[1]"),
    ("name", "\ud800", "M26", ""),
    ("name", 7, "M27", "name"),
    ("name", "a\nb", "M27", "name"),
    ("cli_plugin_name", ["x"], "M28", "cli_plugin_name"),
    ("api.production.sso_url", GONE, "M30", "api.production.sso_url"),
    ("api.regions", ["eu"], "M31", "api.regions"),
    ("requires", ["attachable"], "M32", "requires"),
    ("version", "3", "M33", "version"),
    ("api.requires", ["deploy_notify"], "M34", "api.requires[0]"),
    ("api.production.base_url", "https://acme.example", "M35", "api.production.base_url"),
    ("api.production.base_url", "https://acme.example/", "M35", "api.production.base_url"),
    ("api.production", "https://acme.example", "M36", "api.production"),
    ("api.test", {"base_url": "http://localhost:1/x"}, "M37", "api.test.sso_url"),
    ("$base", "yesterday", "M38", "$base"),
    ("$base", 1.5, "M38", "$base"),
    ("plans", [], "M39", "plans"),
    ("api.plans", [{"id": "test"}], "M39", "api.plans"),
    ("supports_sharing", True, "M40", "supports_sharing"),
    ("api.supports_multiple_installations", True, "M40", "api.supports_multiple_installations"),
    ("api.config_var", ["X"], "M41", "api.config_var"),
    ("api.production.sso", "x", "M41", "api.production.sso"),
    ("icon", "x", "M41", "icon"),
    ("api.data_api", "yes", "M42", "api.data_api"),
    ("api.data_api", None, "M42", "api.data_api"),
]
"""What is changed, the one rule that finds it, and where."""
TWO = [
    ("api.production", "http://acme.example", ["M16", "M36"]),
    ("requires", ["sharing"], ["M18", "M32"]),
    ("version", 3, ["M20", "M33"]),
    ("api.config_vars_prefix", GONE, []),
    ("api.data_api", True, []),
]


@pytest.mark.parametrize(("path", "value", "rule", "place"), BAD)
def test_one_thing_wrong_is_one_finding(path: str, value: Any, rule: str, place: str) -> None:
    [finding] = check(changed(path, value))
    assert (finding.id, finding.path) == (rule, place)
    assert finding.sentence.endswith(".")


@pytest.mark.parametrize(("path", "value", "rules"), TWO)
def test_some_mistakes_are_two(path: str, value: Any, rules: list[str]) -> None:
    assert [finding.id for finding in check(changed(path, value))] == rules


def test_a_slug_with_a_digit_first_needs_a_prefix_for_its_vars() -> None:
    manifest = changed("api.config_vars_prefix", GONE) | {"id": "3scale"}
    assert [f.id for f in check(manifest)] == ["M29"]
    manifest["api"]["config_vars"] = []
    assert check(manifest) == []


@pytest.mark.parametrize("stamp", [177000000000000, "177000000000000", GONE])
def test_the_registrys_own_stamp_is_nothing_to_speak_of(stamp: Any) -> None:
    assert check(changed("$base", stamp)) == []


@pytest.mark.parametrize("regions", [["*"], ["us"], ["us", "dublin", "sydney"], ["*", "eu"]])
def test_good_regions(regions: list[str]) -> None:
    assert check(changed("api.regions", regions)) == []


def test_what_kensa_once_wrote_can_be_registered() -> None:
    manifest = {
        "id": "acme",
        "plans": [{"id": "test", "price": 0, "price_unit": "month"}],
        "api": {
            "config_vars": ["ACME_URL"],
            "password": "pw",
            "sso": "post",
            "sso_salt": "grain",
            "regions": ["us"],
            "requires": ["many_per_app"],
            "production": "https://acme.example",
            "test": "http://localhost:4567",
        },
    }
    found = check(manifest)
    assert {finding.level for finding in found} == {"warning"}
    assert [finding.id for finding in found] == ["M21", "M23", "M36", "M39"]


def test_every_rule_has_a_case_and_a_number_of_its_own() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))
    assert set(ids) | {"M05"} == {rule for _, _, rule, _ in BAD} | {"M29"}


@pytest.mark.parametrize("manifest", [None, [], "x", 7])
def test_something_else_is_no_manifest(manifest: object) -> None:
    assert [f.id for f in errors(manifest)] == ["M01"]


@pytest.mark.parametrize(
    "production", ["http://localhost:5200", "http://127.0.0.1:5200", "http://acme.localhost:5200", "http://[::1]:5200"]
)
def test_plain_http_is_for_this_machine(production: str) -> None:
    assert check(changed("api.production.base_url", production + "/heroku/resources")) == []


def test_plain_http_is_tolerated_where_local_urls_are_given() -> None:
    manifest = changed("api.production.base_url", "http://acme.example/x")
    manifest["api"]["test"] = "http://localhost:4567"
    assert check(manifest) == []


def test_the_prefix_comes_from_the_slug_if_none_is_given() -> None:
    manifest = changed("api.config_vars_prefix", GONE)
    assert check(manifest) == []
    manifest["id"] = "other"
    assert [f.id for f in check(manifest)] == ["M10", "M10"]


def test_warnings_are_no_errors_and_come_last() -> None:
    manifest = changed("name", GONE)
    manifest["api"]["username"] = "acme"
    assert [f.id for f in check(manifest)] == ["M19", "M23"]
    assert [f.id for f in errors(manifest)] == ["M19"]


def junk() -> list[Any]:
    return [None, True, 7, 1.5, "", "x", [], [None], [[]], {}, {"a": None}, "http://", "http://localhost:0"]


@pytest.mark.parametrize("path", ["id", "name", "requires", "version", "api", *(f"api.{key}" for key in GOOD["api"])])
def test_nothing_makes_it_raise(path: str) -> None:
    for value in junk():
        for finding in check(changed(path, value)):
            assert finding.sentence
    for key in ("base_url", "sso_url"):
        for value in junk():
            check(changed("api.production", {"base_url": "https://a.example", key: value}))
            check(changed("api.test", {key: value}))


def test_a_finding_is_told_as_a_sentence_with_its_number() -> None:
    assert [str(found) for found in errors(changed("api.password", ""))] == [
        "`api.password` must be a string that is not blank: it protects the partner's routes. (M06)"
    ]

"""The manifest, against the rules of partner-api §1."""

import re
from dataclasses import replace

from addon_service.manifest import flags, manifest
from addon_service.service import Service

from .partner import AUTH, SALT


def test_it_declares_what_the_service_does(service: Service) -> None:
    made = manifest(service.exceptions.identity, "http://127.0.0.1:5200", ("us", "eu"), ["many_per_app"])
    assert made == {
        "id": "exceptions",
        "name": "Exceptions",
        "api": {
            "config_vars_prefix": "EXCEPTIONS",
            "config_vars": ["EXCEPTIONS_URL"],
            "password": AUTH[1],
            "sso_salt": SALT,
            "regions": ["us", "eu"],
            "requires": ["many_per_app"],
            "production": {
                "base_url": "https://127.0.0.1:5200/heroku/resources",
                "sso_url": "https://127.0.0.1:5200/heroku/sso",
            },
            "test": {
                "base_url": "http://127.0.0.1:5200/heroku/resources",
                "sso_url": "http://127.0.0.1:5200/heroku/sso",
            },
            "version": "3",
        },
    }


def test_only_as_heroku_postgres_it_says_that_it_answers_pg_commands(service: Service) -> None:
    """It is no field of Heroku's manifests, and no partner of Heroku's can have this name."""
    usual = service.database.identity
    assert "data_api" not in manifest(usual, "http://x", ("us",), [])["api"]
    as_herokus = manifest(replace(usual, slug="heroku-postgresql"), "http://x", ("us",), [])
    assert as_herokus["api"]["data_api"] is True
    assert as_herokus["api"]["config_vars"] == ["HEROKU_POSTGRESQL_URL"]


def test_with_https_both_places_hold_the_same(service: Service) -> None:
    api = manifest(service.exceptions.identity, "https://partner.example", ("us",), [])["api"]
    assert api["production"] == api["test"]
    assert api["production"]["base_url"] == "https://partner.example/heroku/resources"


def test_every_variable_ever_returned_is_declared_and_well_named(service: Service) -> None:
    declared = manifest(service.exceptions.identity, "http://x", ("us",), [])["api"]["config_vars"]
    assert service.exceptions.config_vars == tuple(declared)
    assert service.database.config_vars == (service.database.identity.config_var,)
    assert all(re.fullmatch(r"EXCEPTIONS_[0-9A-Z_]+", name) for name in declared)


def test_only_exceptions_reads_logs_and_each_flag_of_logs_can_be_left_out() -> None:
    always = ["many_per_app", "attachable"]
    assert flags("exceptions", reads_logs=True, writes_logs=True) == [*always, "log_input", "syslog_drain"]
    assert flags("database", reads_logs=True, writes_logs=True) == [*always, "log_input"]
    assert flags("exceptions", reads_logs=False, writes_logs=False) == always

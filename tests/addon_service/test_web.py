"""The shared rules of the doors."""

import logging
import sqlite3

import pytest

from addon_service.web import canonical_uuid

from .partner import AUTH, ORDER, UUID, Partner, account_of


@pytest.mark.parametrize(
    ("path", "mimetype"),
    [("/nothing", "application/json"), ("/accounts/x/y/z", "application/json"), ("/dashboard/", "text/html")],
)
def test_what_is_not_there_is_json_for_programs_and_a_page_for_people(
    partner: Partner, path: str, mimetype: str
) -> None:
    answer = partner.client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, mimetype)


def test_the_log_holds_no_token(partner: Partner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        account = partner.ready()
        partner.report(account)
        partner.rotate()
        partner.service.duties.run_due()
        partner.client.get("/accounts/wrong-token")
    assert "POST /accounts/[token]/exceptions -> 201" in caplog.text
    for secret in (account.removeprefix("/accounts/"), "wrong-token", "grant-1", "HRKU-", *AUTH[1:]):
        assert secret not in caplog.text


def test_a_database_that_cannot_be_written_is_503_and_later_all_is_well(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(partner.service.resources, "provision", full)
        answer = partner.provision()
    assert (answer.status_code, answer.get_json()["id"]) == (503, "unavailable")
    assert partner.provision().status_code == 200


def test_a_record_that_cannot_be_kept_does_not_change_the_answer(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(partner.service.inbox, "note", full)
    assert partner.client.get(account_of(partner.provision())).status_code == 200


def test_a_fault_is_json_without_details(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("with details")

    monkeypatch.setattr(partner.service.resources, "provision", broken)
    answer = partner.provision()
    assert (answer.status_code, answer.get_json()["id"]) == (500, "internal")
    assert "details" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_a_slash_too_many_is_no_redirect(partner: Partner) -> None:
    assert partner.client.post("//heroku/resources", json=ORDER, auth=AUTH).status_code == 404


def test_uuids_have_one_spelling() -> None:
    assert canonical_uuid(UUID.upper()) == UUID
    assert [canonical_uuid(v) for v in ("", "x", f"urn:uuid:{UUID}", UUID.replace("-", ""))] == [None] * 4

"""What the app talks to."""

import threading
from typing import Any

import pytest

from addon_service.service import Service

from .heroku import FrozenClock
from .partner import UUID, Partner, account_of


@pytest.fixture
def account(partner: Partner) -> str:
    return account_of(partner.provision())


def test_a_report_is_stored_and_listed(partner: Partner, account: str) -> None:
    answer = partner.report(account, "boom <b>", type="ValueError", backtrace=["a.py:1", "b.py:2"], app="shop")
    made = answer.get_json()
    assert answer.status_code == 201
    assert sorted(made) == ["created_at", "id", "message", "type"]
    assert (made["message"], made["type"], made["created_at"]) == ("boom <b>", "ValueError", "2026-03-04T05:06:07Z")
    listed = partner.client.get(f"{account}/exceptions").get_json()
    assert listed == [{**made, "backtrace": "a.py:1\nb.py:2", "app": "shop"}]


def test_only_the_message_is_needed(partner: Partner, account: str) -> None:
    assert partner.report(account, unknown=1).get_json()["type"] == "Exception"
    listed = partner.client.get(f"{account}/exceptions").get_json()
    assert (listed[0]["backtrace"], listed[0]["app"]) == (None, None)


def test_the_newest_come_first_and_as_many_as_asked(partner: Partner, account: str, clock: FrozenClock) -> None:
    for number in range(4):
        partner.report(account, f"n{number}")
        clock.advance(seconds=-1)  # order is that of arrival, even when the clock goes back
    found = [
        [item["message"] for item in partner.client.get(f"{account}/exceptions{query}").get_json()]
        for query in ("", "?limit=2", "?limit=1000")
    ]
    assert found == [["n3", "n2", "n1", "n0"], ["n3", "n2"], ["n3", "n2", "n1", "n0"]]


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "", "1e3", "٣", "9" * 5000])
def test_a_limit_that_is_none_is_refused(partner: Partner, account: str, limit: str) -> None:
    answer = partner.client.get(f"{account}/exceptions", query_string={"limit": limit})
    assert (answer.status_code, answer.get_json()["id"]) == (422, "invalid_params")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": None},
        {"message": ""},
        {"message": 5},
        {"message": "m", "type": 5},
        {"message": "m", "app": []},
        {"message": "m", "backtrace": 5},
        {"message": "m", "backtrace": [1]},
        [],
    ],
)
def test_a_report_that_does_not_fit_is_refused(partner: Partner, account: str, body: Any) -> None:
    answer = partner.client.post(f"{account}/exceptions", json=body)
    assert (answer.status_code, answer.get_json()["id"]) == (422, "invalid_params")
    assert partner.client.get(account).get_json()["stored"] == 0


def test_bodies_that_are_no_json_or_too_large(partner: Partner, account: str) -> None:
    assert partner.client.post(f"{account}/exceptions", data=b"{").status_code == 400
    assert partner.client.post(f"{account}/exceptions", data=b" " * 262_145).status_code == 413


def test_a_full_plan_answers_402_until_there_is_room(partner: Partner, account: str) -> None:
    for _ in range(5):
        assert partner.report(account).status_code == 201
    answer = partner.report(account)
    assert (answer.status_code, answer.get_json()["id"]) == (402, "plan_limit")
    assert "up to 5" in answer.get_json()["message"]
    assert partner.client.get(account).get_json() == {"plan": "basic", "limit": 5, "stored": 5}
    partner.change_plan("premium")
    assert partner.report(account).status_code == 201
    assert partner.client.delete(f"{account}/exceptions").get_json() == {"deleted": 6}
    assert partner.client.get(f"{account}/exceptions").get_json() == []


def test_a_crowd_does_not_pass_the_limit(partner: Partner, account: str) -> None:
    statuses: list[int] = []

    def post() -> None:
        client = partner.app.test_client()
        statuses.append(client.post(f"{account}/exceptions", json={"message": "m"}).status_code)

    threads = [threading.Thread(target=post) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] * 5 + [402] * 7


@pytest.mark.parametrize(
    ("method", "tail"), [("GET", ""), ("POST", "/exceptions"), ("GET", "/exceptions"), ("DELETE", "/exceptions")]
)
def test_a_token_that_is_wrong_is_401_before_the_body_is_looked_at(
    partner: Partner, account: str, method: str, tail: str
) -> None:
    answer = partner.client.open(f"/accounts/wrong{tail}", method=method, data=b"{")
    assert (answer.status_code, answer.get_json()["id"]) == (401, "unauthorized")
    assert "EXCEPTIONS_URL" in answer.get_json()["message"]


def test_neither_uuid_nor_hash_opens_an_account(partner: Partner, account: str, service: Service) -> None:
    with service.store.read() as tx:
        row = tx.one("SELECT token_hash, sealed FROM credentials")
    assert row is not None
    for guess in (UUID, row["token_hash"], row["sealed"]):
        assert partner.client.get(f"/accounts/{guess}").status_code == 401

"""The operator's door."""

import json
from typing import Any

import pytest

from addon_service.errors import PlatformFailed
from addon_service.inbox import KEPT

from .heroku import FakeHeroku
from .partner import AUTH, OTHER, UUID, Partner


def test_all_instances_are_listed_with_state_plan_and_counts(partner: Partner) -> None:
    account = partner.ready()
    partner.report(account)
    partner.provision(uuid=OTHER, plan="test")
    partner.deprovision(OTHER)
    listed = {item["uuid"]: item for item in partner.admin().get_json()}
    assert listed[UUID] == {
        "uuid": UUID,
        "addon": "exceptions",
        "name": "exceptions-clean-85894",
        "plan": "basic",
        "region": "amazon-web-services::us-east-1",
        "state": "provisioned",
        "stored": 1,
        "limit": 5,
        "created_at": "2026-03-04T05:06:07Z",
        "deprovisioned_at": None,
    }
    assert listed[OTHER]["state"] == "deprovisioned"
    assert listed[OTHER]["deprovisioned_at"] == "2026-03-04T05:06:07Z"


def test_one_instance_is_shown_without_secrets(partner: Partner) -> None:
    account = partner.ready()
    partner.rotate()
    partner.service.duties.run_due()
    answer = partner.admin(f"/{UUID}")
    body = answer.get_json()
    assert body["authorization"] == {"state": "held", "expires_at": "2026-03-04T13:06:07Z"}
    assert [item["state"] for item in body["credentials"]] == ["current", "retiring"]
    assert body["credentials"][1]["retire_at"] == "2026-03-04T06:06:07Z"
    assert [(d["kind"], d["state"]) for d in body["duties"]] == [
        ("retire_credential", "waiting"),
        ("push_config", "done"),
        ("look", "done"),
        ("subscribe", "done"),
        ("exchange_grant", "done"),
    ]
    assert body["apps"] == [{"app": "shop", "attachment": "EXCEPTIONS", "owner": True}]
    assert body["people"] == [{"email": "owner@example.com", "roles": ["owner"]}]
    assert (body["asked_at"], body["log_lines"]) == ("2026-03-04T05:06:07Z", 0)
    assert body["webhook"] == f"http://partner.test/heroku/webhooks/{UUID}"
    requests = partner.admin(f"/{UUID}/requests").text
    for secret in (account.removeprefix("/accounts/"), "HRKU-", "grant-1", AUTH[1]):
        assert secret not in answer.text + requests


def test_what_heroku_sent_is_shown_newest_first_and_masked(partner: Partner) -> None:
    partner.provision(log_input_url="https://token:t.1@logs.test/logs", options={"api_key": "k", "size": "big"})
    partner.change_plan("gold")
    partner.deprovision()
    heard = partner.admin(f"/{UUID}/requests").get_json()
    assert [(item["method"], item["path"], item["status"]) for item in heard] == [
        ("DELETE", f"/heroku/resources/{UUID}", 204),
        ("PUT", f"/heroku/resources/{UUID}", 422),
        ("POST", "/heroku/resources", 200),
    ]
    body = heard[2]["body"]
    assert body["oauth_grant"] == {
        "code": "[masked]",
        "expires_at": "2026-03-04T05:11:07Z",
        "type": "authorization_code",
    }
    assert body["options"] == {"api_key": "[masked]", "size": "big"}
    assert body["log_input_url"] == "[masked]"
    assert body["name"] == "exceptions-clean-85894"
    assert heard[2]["answer"]["config"] == {"EXCEPTIONS_URL": "[masked]"}
    assert heard[1]["body"] == {"plan": "gold"}
    assert "gold" in heard[1]["answer"]["message"]
    assert heard[0]["body"] is None


def test_requests_that_were_refused_are_shown_too(partner: Partner) -> None:
    partner.provision(plan="gold")
    assert [item["status"] for item in partner.admin(f"/{UUID}/requests").get_json()] == [422]
    partner.provision()
    partner.client.put(f"/heroku/resources/{UUID}", data=b"{", auth=AUTH)
    assert partner.admin(f"/{UUID}/requests").get_json()[0]["body"].startswith("[not a JSON object")


def test_only_the_newest_requests_are_kept_and_long_ones_shortened(partner: Partner) -> None:
    partner.provision(options={"blob": "x" * 5000})
    assert "too long to keep" in partner.admin(f"/{UUID}/requests").get_json()[0]["body"]
    for _ in range(KEPT + 5):
        partner.service.inbox.note("exceptions", UUID, "PUT", "/p", {}, 200, None)
    heard = partner.admin(f"/{UUID}/requests").get_json()
    assert len(heard) == KEPT
    assert {item["method"] for item in heard} == {"PUT"}


@pytest.mark.parametrize("tail", ["", "/requests"])
def test_what_never_was_is_404(partner: Partner, tail: str) -> None:
    assert partner.admin(f"/{OTHER}{tail}").status_code == 404


def test_rotation_is_202_and_shows_no_secret(partner: Partner) -> None:
    partner.ready()
    answer = partner.rotate()
    assert answer.status_code == 202
    body = answer.get_json()
    assert (body["uuid"], body["overlap_seconds"]) == (UUID, 3600)
    assert "tok-" not in answer.text


def test_rotation_of_what_is_not_there_or_cannot_be_told(partner: Partner) -> None:
    assert partner.rotate().status_code == 404
    partner.provision(oauth_grant=None)
    assert (partner.rotate().status_code, partner.rotate().get_json()["id"]) == (409, "conflict")
    partner.deprovision()
    assert partner.rotate().status_code == 410


def test_a_read_with_the_instances_own_token(partner: Partner, heroku: FakeHeroku) -> None:
    partner.ready()
    heroku.pages["/addons?x=1"] = (200, [{"id": UUID}])
    heroku.pages["/apps/x/config-vars"] = (403, {"id": "forbidden", "message": "no"})
    assert partner.call("/addons?x=1").get_json() == {"status": 200, "body": [{"id": UUID}]}
    assert partner.call("/apps/x/config-vars", method="GET").get_json() == {
        "status": 403,
        "body": {"id": "forbidden", "message": "no"},
    }
    assert heroku.paths()[-2:] == ["GET /addons?x=1", "GET /apps/x/config-vars"]


@pytest.mark.parametrize(
    "body",
    [{"path": p} for p in (None, 5, "", "addons", "//evil.test/", "http://evil.test/")]
    + [{"path": p} for p in ("/a b", "/a\r\nX: y", "/a#b", "/ä")]
    + [{"path": "/addons", "method": m} for m in ("PATCH", "get", None, 5)],
)
def test_only_plain_reads_of_the_platform_are_let_through(
    partner: Partner, heroku: FakeHeroku, body: dict[str, Any]
) -> None:
    partner.ready()
    calls = len(heroku.calls)
    answer = partner.client.post(f"/admin/resources/{UUID}/call", data=json.dumps(body), auth=AUTH)
    assert answer.status_code == 422
    assert len(heroku.calls) == calls


def test_a_call_that_cannot_be_made(partner: Partner, heroku: FakeHeroku) -> None:
    assert partner.call("/addons").status_code == 404
    partner.provision()
    assert partner.call("/addons").status_code == 409
    partner.service.duties.run_due()
    heroku.next = [PlatformFailed("cannot reach Heroku")]
    answer = partner.call("/addons")
    assert (answer.status_code, answer.get_json()["message"]) == (502, "cannot reach Heroku")
    partner.deprovision()
    assert partner.call("/addons").status_code == 410

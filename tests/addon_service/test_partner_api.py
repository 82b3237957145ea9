"""The contract with Heroku, as it looks on the wire (partner-api §2)."""

import json
import threading
from typing import Any

import pytest
from werkzeug.test import TestResponse

from addon_service.service import Service

from .heroku import FakeHeroku, FrozenClock
from .partner import AUTH, ORDER, OTHER, UUID, Partner, account_of

HEROKU_HEADERS = {"Accept": "application/vnd.heroku-addons+json; version=3", "Content-Type": "application/json"}


def refused(answer: TestResponse, status: int) -> str:
    """The message of an error answer, which is JSON `{id, message}` with that status."""
    body = answer.get_json()
    assert (answer.status_code, sorted(body)) == (status, ["id", "message"]), answer.text
    return str(body["message"])


def rows(service: Service) -> dict[str, int]:
    """How much there is of everything."""
    tables = ("resources", "credentials", "duties", "tombstones", "requests", "authorizations")
    with service.store.read() as tx:
        return {table: tx.count(f"SELECT count(*) FROM {table}") for table in tables}


MISFITS: dict[str, list[Any]] = {
    "uuid": [None, 5, "", "123", "x" * 36, f"{{{UUID}}}", "٣" * 32],
    "plan": [None, 5, "", " ", [], {}, "unheard-of", "exceptions:basic"],
    "name": [5],
    "region": [[]],
    "callback_url": [{}],
    "options": [[], "a=b"],
    "oauth_grant": [
        *("code", 5, [], {}),
        *({"code": None}, {"code": 7}, {"code": ""}),
        *({"code": "c", "expires_at": 5}, {"code": "c", "type": "password"}),
    ],
}


class TestProvision:
    def test_answers_id_config_and_message(self, partner: Partner) -> None:
        answer = partner.client.post("/heroku/resources", data=json.dumps(ORDER), auth=AUTH, headers=HEROKU_HEADERS)
        body = answer.get_json()
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert sorted(body) == ["config", "id", "message"]
        assert body["id"] == UUID
        assert body["config"]["EXCEPTIONS_URL"].startswith("http://partner.test/accounts/tok-")
        assert "basic" in body["message"]

    def test_the_account_works_at_once(self, partner: Partner) -> None:
        answer = partner.client.get(account_of(partner.provision()))
        assert answer.get_json() == {"plan": "basic", "limit": 5, "stored": 0}

    def test_a_repeat_gives_the_identical_answer_and_makes_nothing(
        self, partner: Partner, service: Service, clock: FrozenClock
    ) -> None:
        first = partner.provision()
        before = rows(service)
        clock.advance(hours=3)
        again = partner.provision()
        assert (again.status_code, again.data) == (200, first.data)
        assert {**rows(service), "requests": 1} == before

    def test_a_repeat_keeps_what_was_ordered_first(self, partner: Partner) -> None:
        first = partner.provision()
        assert partner.provision(plan="premium", name="other").data == first.data
        assert partner.admin(f"/{UUID}").get_json()["plan"] == "basic"

    def test_twenty_at_once_make_one_resource_and_get_one_answer(self, partner: Partner, service: Service) -> None:
        answers: list[bytes] = []
        start = threading.Barrier(20)

        def post() -> None:
            client = partner.app.test_client()
            start.wait(10)
            answers.append(client.post("/heroku/resources", json=ORDER, auth=AUTH).data)

        threads = [threading.Thread(target=post) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == 20
        assert len(set(answers)) == 1
        made = rows(service)
        assert (made["resources"], made["credentials"], made["duties"]) == (1, 1, 1)

    def test_after_a_rotation_a_repeat_hands_out_the_current_credential(self, partner: Partner) -> None:
        old = partner.ready()
        partner.rotate()
        new = account_of(partner.provision())
        assert new != old
        assert partner.client.get(new).status_code == 200

    def test_several_instances_have_accounts_of_their_own(self, partner: Partner) -> None:
        first, second = account_of(partner.provision()), account_of(partner.provision(uuid=OTHER))
        partner.report(first)
        assert partner.client.get(second).get_json()["stored"] == 0

    def test_unknown_fields_options_and_headers_are_ignored(self, partner: Partner) -> None:
        answer = partner.provision(
            options={"foo": "bar", "baz": "true"},
            brand_new={"deep": [1, None]},
            log_input_url="https://x",
            heroku_id="app1",
        )
        assert answer.status_code == 200

    def test_uuid_and_plan_alone_are_enough(self, partner: Partner) -> None:
        answer = partner.client.post("/heroku/resources", json={"uuid": UUID, "plan": "test"}, auth=AUTH)
        assert answer.status_code == 200

    def test_a_uuid_in_capitals_is_the_same_uuid(self, partner: Partner) -> None:
        assert partner.provision(uuid=UUID.upper()).data == partner.provision().data

    @pytest.mark.parametrize(("field", "value"), [(name, value) for name in MISFITS for value in MISFITS[name]])
    def test_what_does_not_fit_is_422_with_the_reason(
        self, partner: Partner, service: Service, field: str, value: Any
    ) -> None:
        message = refused(partner.provision(**{field: value}), 422)
        assert field in message or str(value) in message
        assert (rows(service)["resources"], rows(service)["duties"]) == (0, 0)

    def test_an_unknown_plan_is_answered_with_those_there_are(self, partner: Partner) -> None:
        assert "test, basic, premium" in refused(partner.provision(plan="gold"), 422)

    def test_after_a_refusal_the_same_uuid_can_be_provisioned(self, partner: Partner) -> None:
        refused(partner.provision(plan="gold"), 422)
        assert partner.provision().status_code == 200

    def test_a_uuid_that_was_deprovisioned_is_gone(self, partner: Partner) -> None:
        partner.provision()
        partner.deprovision()
        refused(partner.provision(), 410)
        refused(partner.provision(), 410)

    def test_a_deprovisioning_that_overtook_is_not_undone(self, partner: Partner, service: Service) -> None:
        refused(partner.deprovision(), 404)
        refused(partner.provision(), 410)
        assert rows(service)["resources"] == 0


class TestPlanChange:
    def test_answers_config_and_message_and_the_limit_changes(self, partner: Partner) -> None:
        account = account_of(partner.provision())
        answer = partner.change_plan("premium")
        assert sorted(answer.get_json()) == ["config", "message"]
        assert account_of(answer) == account, "the current URL: it undoes what a customer set by hand"
        assert partner.client.get(account).get_json() == {"plan": "premium", "limit": 10, "stored": 0}

    def test_the_same_plan_again_is_harmless(self, partner: Partner) -> None:
        partner.provision()
        assert partner.change_plan("basic").data == partner.change_plan("basic").data

    def test_the_body_may_carry_more(self, partner: Partner) -> None:
        partner.provision()
        body = {"plan": "premium", "heroku_id": "app1@heroku.com"}
        assert partner.client.put(f"/heroku/resources/{UUID}", json=body, auth=AUTH).status_code == 200

    @pytest.mark.parametrize("plan", [None, 5, "", [], "gold", "exceptions:basic"])
    def test_a_plan_that_there_is_not_is_422_and_the_old_one_stays(self, partner: Partner, plan: Any) -> None:
        partner.provision()
        assert "plan" in refused(partner.change_plan(plan), 422)
        assert partner.admin(f"/{UUID}").get_json()["plan"] == "basic"

    def test_a_plan_too_small_for_what_is_stored_is_422_until_there_is_room(self, partner: Partner) -> None:
        account = account_of(partner.provision())
        for _ in range(3):
            partner.report(account)
        message = refused(partner.change_plan("test"), 422)
        assert "up to 2" in message
        assert "3 are" in message
        partner.client.delete(f"{account}/exceptions")
        assert partner.change_plan("test").status_code == 200

    def test_staying_on_a_plan_that_is_full_is_harmless(self, partner: Partner) -> None:
        account = account_of(partner.provision(plan="test"))
        for _ in range(2):
            partner.report(account)
        assert partner.change_plan("test").status_code == 200

    def test_unknown_is_404_and_deleted_is_410(self, partner: Partner) -> None:
        refused(partner.change_plan("basic", OTHER), 404)
        refused(partner.change_plan("basic", "123"), 404)
        partner.provision()
        partner.deprovision()
        refused(partner.change_plan("basic"), 410)


class TestDeprovision:
    def test_once_204_then_410_and_404_for_what_never_was(self, partner: Partner) -> None:
        partner.provision()
        answer = partner.deprovision()
        assert (answer.status_code, answer.data) == (204, b"")
        refused(partner.deprovision(), 410)
        refused(partner.deprovision(), 410)
        refused(partner.deprovision(OTHER), 404)
        refused(partner.deprovision(OTHER), 404)
        refused(partner.deprovision("not-a-uuid"), 404)

    def test_the_account_its_data_and_our_tokens_are_gone(
        self, partner: Partner, service: Service, heroku: FakeHeroku
    ) -> None:
        account = partner.ready()
        partner.report(account)
        partner.deprovision()
        assert partner.client.get(account).status_code == 401
        assert partner.report(account).status_code == 401
        with service.store.read() as tx:
            assert tx.count("SELECT count(*) FROM exceptions") == 0
            assert tx.count("SELECT count(*) FROM authorizations") == 0
            assert tx.count("SELECT count(*) FROM credentials WHERE sealed IS NOT NULL") == 0

    def test_others_are_untouched(self, partner: Partner) -> None:
        partner.provision()
        other = account_of(partner.provision(uuid=OTHER))
        partner.report(other)
        partner.deprovision()
        assert partner.client.get(other).get_json()["stored"] == 1


CALLS = [
    ("POST", "/heroku/resources"),
    ("PUT", f"/heroku/resources/{UUID}"),
    ("DELETE", f"/heroku/resources/{UUID}"),
    ("PATCH", f"/heroku/resources/{UUID}"),
    ("GET", "/heroku/resources/nothing/here"),
    ("GET", "/admin/resources"),
    ("GET", f"/admin/resources/{UUID}"),
    ("GET", f"/admin/resources/{UUID}/requests"),
    ("POST", f"/admin/resources/{UUID}/rotate"),
    ("POST", f"/admin/resources/{UUID}/call"),
    ("GET", "/admin/nothing"),
]
WRONG: dict[str, dict[str, str]] = {
    "none": {},
    "password": {"Authorization": "Basic ZXhjZXB0aW9uczp3cm9uZw=="},
    "user": {"Authorization": "Basic b3RoZXI6c3VwZXItc2VjcmV0"},
    "empty": {"Authorization": "Basic Og=="},
    "not base64": {"Authorization": "Basic ***"},
    "not utf-8": {"Authorization": "Basic //79"},
    "no colon": {"Authorization": "Basic ZXhjZXB0aW9ucw=="},
    "bearer": {"Authorization": "Bearer super-secret"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_wrong_credentials_are_401_and_do_nothing(
    partner: Partner, service: Service, method: str, path: str, headers: dict[str, str]
) -> None:
    partner.provision()
    before = rows(service)
    answer = partner.client.open(path, method=method, json={**ORDER, "uuid": OTHER}, headers=headers)
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert rows(service) == before


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "not json": (b"{", 400),
    "not utf-8": (b'{"uuid": "\xff"}', 400),
    "a form": (b"uuid=1&plan=test", 400),
    "NaN": (b'{"uuid": NaN}', 400),
    "half a character": (b'{"uuid": "%s", "plan": "basic", "name": "\\ud800"}' % UUID.encode(), 400),
    "too deep": (b"[" * 100_000, 400),
    "a huge number": (b'{"uuid": ' + b"9" * 10_000 + b"}", 400),
    "a list": (b"[]", 422),
    "a text": (b'"uuid"', 422),
    "null": (b"null", 422),
    "too large": (b" " * 262_145, 413),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bodies_that_cannot_be_used(partner: Partner, body: bytes, status: int, method: str) -> None:
    path = "/heroku/resources"
    if method == "PUT":
        partner.provision()
        path += f"/{UUID}"
    refused(partner.client.open(path, method=method, data=body, auth=AUTH), status)


def test_names_with_odd_characters_are_kept(partner: Partner) -> None:
    name = "nül\x00 <b>'\"; DROP TABLE resources;--"
    assert partner.provision(name=name).status_code == 200
    assert partner.admin(f"/{UUID}").get_json()["name"] == name


def test_other_methods_and_paths_are_json_too(partner: Partner) -> None:
    answer = partner.client.get(f"/heroku/resources/{UUID}", auth=AUTH)
    refused(answer, 405)
    assert answer.headers["Allow"] == "DELETE, OPTIONS, PUT"
    refused(partner.client.post("/heroku/resources/", json=ORDER, auth=AUTH), 404)


def test_no_cache_may_keep_an_answer(partner: Partner) -> None:
    assert partner.provision().headers["Cache-Control"] == "no-store"

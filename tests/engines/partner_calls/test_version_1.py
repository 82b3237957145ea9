"""The whole life of an add-on whose partner speaks version 1 of the protocol (partner-api §8)."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from platform_sim.core.actions.app_info import install_named, set_config
from platform_sim.core.actions.apps import delete_app
from platform_sim.core.errors import NotFound
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import heroku_id
from platform_sim.core.model.records import Exchange, Job
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import MANIFEST, URL, Step, World, answer, lost

OLD: dict[str, Any] = {
    "id": "acme",
    "api": {key: MANIFEST["api"][key] for key in ("config_vars", "password", "sso_salt", "regions")}
    | {"production": "https://acme.example/", "test": "http://localhost:4567/"},
}
"""As `kensa init` wrote it: no version, no name, plain roots."""
ROOT = "http://localhost:4567/heroku/resources"


class OldPartner:
    """As the templates of that time made one: whole numbers as ids, a resource an app, 201 for a new one, 404 for what
    it does not know. The script replaces its next answers."""

    def __init__(self) -> None:
        self.script: list[PartnerAnswer | Step] = []
        self.requests: list[PartnerRequest] = []
        self.resources: dict[str, dict[str, Any]] = {}
        """Id -> the order it was made for."""

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        self.requests.append(request)
        step = self.script.pop(0) if self.script else self.right
        return step(request) if callable(step) else step

    def right(self, request: PartnerRequest) -> PartnerAnswer:
        """What it does and says unless the script says otherwise."""
        assert request.headers["Accept"] == "application/json"
        body = json.loads(request.body or b"{}")
        if request.method == "POST":
            return self._make(body)
        identity = unquote(request.url.removeprefix(ROOT + "/"))
        if identity not in self.resources:
            return answer(404, b"Not found")
        if request.method == "DELETE":
            del self.resources[identity]
            return answer(200, b"Ok")
        self.resources[identity]["plan"] = body["plan"]
        return answer(200, {"config": {"ACME_URL": f"{URL}/{body['plan']}"}, "message": "Enjoy."})

    def _make(self, order: dict[str, Any]) -> PartnerAnswer:
        known = [i for i, each in self.resources.items() if each["heroku_id"] == order["heroku_id"]]
        identity = known[0] if known else str(len(self.resources) + 7)
        self.resources.setdefault(identity, order)
        return answer(201, {"id": int(identity), "config": {"ACME_URL": URL}, "message": "Welcome."})

    def but(self, said: PartnerAnswer) -> Step:
        """Act, and say something else."""

        def step(request: PartnerRequest) -> PartnerAnswer:
            self.right(request)
            return said

        return step


class OldWorld(World):
    """The app `shop`, and `acme` in version 1."""

    old: OldPartner

    def service(self) -> AddonService:
        with self.database.snapshot() as rows:
            found = rows.find(AddonService, name="acme")
            assert found is not None
            return found

    def methods(self) -> list[str]:
        return [request.method for request in self.old.requests]

    def put(self, config: dict[str, str | None]) -> Addon:
        """The partner calls back."""
        with self.database.transaction() as tx:
            return set_config(tx, self.service(), heroku_id(self.app), config).addon


@pytest.fixture
def world() -> Iterator[OldWorld]:
    made = OldWorld(manifest=OLD)
    made.old = OldPartner()
    made.runner = made.boot("boot-1", made.old)
    yield made
    made.close()


def body_of(request: PartnerRequest) -> Any:
    return json.loads(request.body or b"null")


def test_a_whole_life(world: OldWorld) -> None:
    addon, job = world.create()
    world.settle()
    now = world.addon(addon)
    assert (now.state, now.provider_id, now.provision_message) == ("provisioned", "7", "Welcome.")
    assert world.config() == {"ACME_URL": URL}
    assert world.job(job).outcome["warnings"] == []
    planned = world.ask_for_plan(addon, "big")
    world.settle()
    assert (world.plan(addon), world.config()) == ("big", {"ACME_URL": f"{URL}/big"})
    assert world.job(planned).outcome == {"ok": True, "message": "Enjoy.", "warnings": []}
    gone = world.destroy(addon)
    world.settle()
    assert (world.addon(addon).state, world.old.resources, world.config()) == ("deprovisioned", {}, {})
    assert world.job(gone).outcome["warnings"] == []
    post, put, delete = world.old.requests
    assert [(r.method, r.url) for r in world.old.requests] == [
        ("POST", ROOT),
        ("PUT", f"{ROOT}/7"),
        ("DELETE", f"{ROOT}/7"),
    ]
    order = body_of(post)
    grant = order.pop("oauth_grant")
    assert order == {
        "heroku_id": heroku_id(world.app),
        "plan": "test",
        "region": "amazon-web-services::us-east-1",
        "callback_url": f"http://localhost:5100/vendor/apps/app{world.app.legacy_number}%40heroku.com",
        "options": {"a": "1", "b": "2"},
        "logplex_token": None,
        "uuid": addon.id,
    }
    assert set(grant) == {"code", "expires_at", "type"}
    assert body_of(put) == {"heroku_id": heroku_id(world.app), "plan": "big", "uuid": addon.id}
    assert delete.body is None


def test_the_next_add_on_of_an_app_has_the_apps_number_again(world: OldWorld) -> None:
    first = world.created()
    world.destroy(first)
    world.settle()
    world.create()
    world.settle()
    orders = [body_of(r) for r in world.old.requests if r.method == "POST"]
    assert orders[0]["heroku_id"] == orders[1]["heroku_id"]
    assert orders[0]["uuid"] != orders[1]["uuid"]


def test_where_an_app_can_have_several_the_callback_names_the_add_on(world: OldWorld) -> None:
    with world.database.transaction() as tx:
        service = world.service()
        tx.update(service, manifest=service.manifest | {"requires": ["many_per_app"]})
    addon, _ = world.create()
    world.settle()
    assert body_of(world.old.requests[0])["callback_url"] == f"http://localhost:5100/vendor/apps/{addon.id}"


@pytest.mark.parametrize("status", [422, 503])
def test_a_refusal_is_shown_and_nothing_is_left(world: OldWorld, status: int) -> None:
    addon, job = world.create()
    world.old.script = [answer(status, {"message": "Closed for today."})]
    world.settle()
    assert (world.addon(addon).state, world.job(job).outcome["message"]) == ("deprovisioned", "Closed for today.")
    assert world.methods() == ["POST"]


def test_other_codes_give_a_standard_text(world: OldWorld) -> None:
    _, job = world.create()
    world.old.script = [answer(400, {"message": "internal words"})]
    world.settle()
    assert "internal words" not in world.job(job).outcome["message"]


def test_a_repeat_carries_the_same_identity_and_bytes(world: OldWorld) -> None:
    addon, _ = world.create()
    world.old.script = [world.old.but(lost("timeout")), world.old.but(answer(500))]
    world.settle()
    assert world.addon(addon).state == "provisioned"
    assert world.methods() == ["POST"] * 3
    assert len({request.body for request in world.old.requests}) == 1
    assert list(world.old.resources) == ["7"]


def test_202_waits_for_the_callback(world: OldWorld) -> None:
    addon, job = world.create()
    world.old.script = [world.old.but(answer(202, {"id": 7, "message": "Soon."}))]
    world.runner.run_until_idle()
    assert (world.addon(addon).state, world.job(job).state) == ("provisioning", "done")
    assert (world.config(), world.descriptions()) == ({}, [f"Attach ACME (@ref:{addon.name})"])
    assert world.put({"ACME_URL": URL}).state == "provisioned"
    assert world.config() == {"ACME_URL": URL}
    assert world.descriptions()[1:] == [f"@ref:{addon.name} completed provisioning, setting ACME_URL."]
    world.settle()
    assert world.addon(addon).state == "provisioned", "the deadline finds nothing to do"


def test_202_that_is_never_followed_up_ends_with_a_delete(world: OldWorld) -> None:
    addon, _ = world.create()
    world.old.script = [world.old.but(answer(202, {"id": 7}))]
    assert world.settle() == [43_200.0]
    assert (world.addon(addon).state, world.old.resources) == ("deprovisioned", {})
    with pytest.raises(NotFound):
        world.put({"ACME_URL": URL})


def test_an_answer_without_config_is_complete_and_config_may_follow(world: OldWorld) -> None:
    addon, _ = world.create()
    world.old.script = [world.old.but(answer(201, {"id": 7}))]
    world.settle()
    assert (world.addon(addon).state, world.config()) == ("provisioned", {})
    world.put({"ACME_URL": URL})
    assert (world.config(), world.descriptions()[-1]) == ({"ACME_URL": URL}, "Update ACME by acme")


def test_the_callback_is_unknown_while_the_request_is_open(world: OldWorld) -> None:
    seen: list[str] = []

    def calls_back_too_early(request: PartnerRequest) -> PartnerAnswer:
        with world.database.snapshot() as rows, pytest.raises(NotFound):
            install_named(rows, world.service(), heroku_id(world.app))
        seen.append("404")
        return world.old.right(request)

    world.create()
    world.old.script = [calls_back_too_early]
    world.settle()
    assert seen == ["404"]
    with world.database.snapshot() as rows:
        assert install_named(rows, world.service(), heroku_id(world.app)).addon.provider_id == "7"


def test_a_broken_answer_is_deleted_by_the_id_that_it_told(world: OldWorld) -> None:
    addon, _ = world.create()
    world.old.script = [world.old.but(answer(201, {"id": 7, "config": {"OTHER": "x"}}))]
    world.settle()
    assert (world.addon(addon).state, world.methods(), world.old.resources) == ("deprovisioned", ["POST", "DELETE"], {})


def test_what_never_told_its_id_cannot_be_deleted_and_that_is_said(world: OldWorld) -> None:
    addon, _ = world.create()
    world.old.script = [world.old.but(lost("cut"))] * 3
    world.settle()
    assert (world.addon(addon).state, world.methods()) == ("deprovisioned", ["POST"] * 3)
    assert world.open_jobs() == []
    with world.database.snapshot() as rows:
        assert rows.count(Exchange) == 3
        [clean_up] = rows.all(Job, kind="deprovision")
    assert clean_up.state == "done"
    assert "GET /vendor/apps" in clean_up.outcome["warnings"][0]


def test_destroyed_while_it_is_made_it_is_deleted_by_the_id_of_the_late_answer(world: OldWorld) -> None:
    addon, _ = world.create()

    def destroyed_meanwhile(request: PartnerRequest) -> PartnerAnswer:
        said = world.old.right(request)
        world.destroy(addon)
        return said

    world.old.script = [destroyed_meanwhile]
    world.settle()
    assert (world.addon(addon).state, world.old.resources) == ("deprovisioned", {})
    assert [(r.method, r.url) for r in world.old.requests][-1] == ("DELETE", f"{ROOT}/7")


def test_a_late_answer_that_cannot_be_used_still_tells_by_which_id_to_delete(world: OldWorld) -> None:
    addon, _ = world.create()

    def destroyed_meanwhile(request: PartnerRequest) -> PartnerAnswer:
        world.old.right(request)
        world.destroy(addon)
        return answer(201, {"id": 7, "config": {"OTHER": "x"}})

    world.old.script = [destroyed_meanwhile]
    world.settle()
    assert (world.addon(addon).state, world.old.resources) == ("deprovisioned", {})


def test_404_to_a_delete_ends_it_with_a_warning(world: OldWorld) -> None:
    addon = world.created()
    world.old.resources.clear()
    job = world.destroy(addon)
    world.settle()
    assert world.addon(addon).state == "deprovisioned"
    assert "404" in world.job(job).outcome["warnings"][0]


def test_the_app_may_be_gone_when_the_partner_is_told_to_delete(world: OldWorld) -> None:
    addon = world.created()
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    world.settle()
    assert (world.addon(addon).state, world.old.resources) == ("deprovisioned", {})

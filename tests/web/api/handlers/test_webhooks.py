"""Webhooks over the API: both forms, who may see what, filters and ranges (partner-api §6.1, heroku-cli: webhooks)."""

from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions.webhook_deliveries import deliveries_of, record_attempt
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.webhooks import Webhook

from .... import support
from ...world import NOWHERE, VERSION, World, new_world

WISH: dict[str, Any] = {"include": ["api:app"], "level": "notify", "url": "https://hooks.example.com/x"}
LINKS = ("webhooks", "webhook-deliveries", "webhook-events")


class Scene:
    """Two apps and an add-on on each, each add-on with a partner's token."""

    def __init__(self, world: World) -> None:
        self.world = world
        with world.database.transaction() as tx:
            support.new_service(tx, "exceptions")
            support.new_service(tx, "database")
            self.app = support.new_app(tx, world.customer, "acme")
            self.other = support.new_app(tx, world.customer, "other")
            self.addon = support.new_addon(tx, world.customer, self.app, "exceptions")
            self.sister = support.new_addon(tx, world.customer, self.app, "database")
            self.cousin = support.new_addon(tx, world.customer, self.other, "exceptions")
        self.tokens = {each.id: world.partner_token(each) for each in (self.addon, self.sister, self.cousin)}

    def tell(self, name: str = "acme", maintenance: bool = True) -> None:
        """An event of an app."""
        self.world.call("PATCH", f"/apps/{name}", {"maintenance": maintenance})

    def of(self, addon: Addon, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A call of an add-on's partner below its own instance; must succeed."""
        answer = self.world.call(method, f"/addons/{addon.id}/{path}", body, token=self.tokens[addon.id], **more)
        assert answer.status_code < 300, answer.text
        return answer.json

    def ends(self, *codes: int) -> None:
        """Attempts of the app's deliveries, in order, with these statuses."""
        with self.world.database.transaction() as tx:
            for (row, _), code in zip(deliveries_of(tx, tx.get(App, self.app.id)), codes, strict=False):
                record_attempt(tx, row, code=code, error_class=None, began_at=tx.now(), retried=False)


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


class TestSubscriptions:
    """Create, read, change, delete."""

    def test_a_made_secret_is_shown_once_in_a_header(self, scene: Scene) -> None:
        answer = scene.world.call("POST", "/apps/acme/webhooks", WISH)
        assert answer.status_code == 201
        secret = answer.headers["Heroku-Webhook-Secret"]
        with scene.world.database.snapshot() as rows:
            [row] = rows.all(Webhook)
        assert row.secret == secret
        assert secret not in answer.text
        listed = scene.world.call("GET", "/apps/acme/webhooks")
        one = scene.world.call("GET", f"/apps/acme/webhooks/{row.id}")
        assert listed.json == [answer.json] == [one.json]
        for later in (listed, one):
            assert "Heroku-Webhook-Secret" not in later.headers
            assert secret not in later.text

    @pytest.mark.parametrize("more", [{"secret": "given"}, {"secret": "given", "authorization": "Bearer abc"}])
    def test_a_given_secret_is_never_shown(self, scene: Scene, more: dict[str, str]) -> None:
        answer = scene.world.call("POST", "/apps/acme/webhooks", WISH | more)
        assert answer.status_code == 201
        assert "Heroku-Webhook-Secret" not in answer.headers
        assert not any(value in answer.text for value in more.values())

    @pytest.mark.parametrize("nothing", [{}, {"secret": None}, {"secret": None, "authorization": None}])
    def test_null_is_the_same_as_nothing_when_it_is_made(self, scene: Scene, nothing: dict[str, None]) -> None:
        assert "Heroku-Webhook-Secret" in scene.world.call("POST", "/apps/acme/webhooks", WISH | nothing).headers

    def test_the_status_of_create_is_a_setting(self, tmp_path: Path) -> None:
        made = new_world(tmp_path, webhook_create_status=200)
        assert Scene(made).world.call("POST", "/apps/acme/webhooks", WISH).status_code == 200
        made.database.close()

    def test_a_change(self, scene: Scene) -> None:
        made = scene.world.call("POST", "/apps/acme/webhooks", WISH | {"authorization": "Bearer abc"}).json
        path = f"/apps/acme/webhooks/{made['id']}"
        changed = scene.world.call("PATCH", path, {"include": ["api:build"], "level": "sync", "url": "http://a/"})
        assert (changed.status_code, changed.json) == (
            200,
            made | {"include": ["api:build"], "level": "sync", "url": "http://a/"},
        )
        rotated = scene.world.call("PATCH", path, {"secret": None, "authorization": None})
        with scene.world.database.snapshot() as rows:
            row = rows.get(Webhook, made["id"])
        assert row.authorization is None
        assert rotated.headers["Heroku-Webhook-Secret"] == row.secret
        assert "Heroku-Webhook-Secret" not in changed.headers
        assert scene.world.call("PATCH", path, {}).json == changed.json

    @pytest.mark.parametrize("field", ["include", "level", "url"])
    def test_null_changes_nothing_that_must_be_there(self, scene: Scene, field: str) -> None:
        made = scene.world.call("POST", "/apps/acme/webhooks", WISH).json
        assert scene.world.call("PATCH", f"/apps/acme/webhooks/{made['id']}", {field: None}).json == made

    def test_a_deletion_answers_with_the_object(self, scene: Scene) -> None:
        made = scene.world.call("POST", "/apps/acme/webhooks", WISH).json
        answer = scene.world.call("DELETE", f"/apps/acme/webhooks/{made['id']}")
        assert (answer.status_code, answer.json) == (200, made)
        assert scene.world.get("/apps/acme/webhooks") == []
        assert scene.world.call("DELETE", f"/apps/acme/webhooks/{made['id']}").error == (404, "not_found")

    def test_the_variant_of_the_cli(self, scene: Scene) -> None:
        headers = {"Accept": VERSION + ".webhooks"}
        assert scene.world.call("POST", "/apps/acme/webhooks", WISH, headers=headers).status_code == 201
        assert scene.world.call("GET", "/apps/acme/webhooks", headers=headers).status_code == 200

    def test_if_match_guards_a_change(self, scene: Scene) -> None:
        made = scene.world.call("POST", "/apps/acme/webhooks", WISH).json
        path = f"/apps/acme/webhooks/{made['id']}"
        tag = scene.world.call("GET", path).headers["ETag"]
        assert scene.world.call("PATCH", path, {"level": "sync"}, headers={"If-Match": tag}).status_code == 200
        assert scene.world.call("PATCH", path, {"level": "notify"}, headers={"If-Match": tag}).status_code == 412


class TestWho:
    """An app's are its customer's, an add-on's its partner's, and each partner sees its own instance only."""

    def test_a_partner_subscribes_for_its_instance(self, scene: Scene) -> None:
        made = scene.of(scene.addon, "POST", "webhooks", WISH)
        assert made["addon"] == {"id": scene.addon.id, "name": scene.addon.name}
        scene.tell()
        [delivery] = scene.of(scene.addon, "GET", "webhook-deliveries")
        [event] = scene.of(scene.addon, "GET", "webhook-events")
        assert delivery["webhook"] == {"id": made["id"], "level": "notify"}
        assert delivery["event"] == {"id": event["id"], "include": "api:app"}
        assert event["payload"]["data"]["maintenance"] is True
        by_name = scene.world.call(
            "GET", f"/addons/{scene.addon.name}/webhooks", token=scene.tokens[scene.addon.id]
        ).json
        assert by_name == [made]
        scene.of(scene.addon, "DELETE", f"webhooks/{made['id']}")
        assert scene.of(scene.addon, "GET", "webhook-deliveries") == []

    @pytest.mark.parametrize("link", LINKS)
    def test_an_addons_do_not_exist_for_its_customer(self, scene: Scene, link: str) -> None:
        scene.of(scene.addon, "POST", "webhooks", WISH)
        for method, path in (("GET", link), ("GET", f"{link}/{NOWHERE}"), ("POST", "webhooks")):
            answer = scene.world.call(method, f"/addons/{scene.addon.id}/{path}", WISH)
            assert (answer.status_code, answer.json["resource"]) == (404, "add_on webhook")
            assert "only its partner sees them" in answer.json["message"]

    @pytest.mark.parametrize("link", LINKS)
    def test_a_partner_has_no_business_with_an_apps(self, scene: Scene, link: str) -> None:
        token = scene.tokens[scene.addon.id]
        assert scene.world.call("GET", f"/apps/acme/{link}", token=token).error == (403, "forbidden")
        assert scene.world.call("POST", "/apps/acme/webhooks", WISH, token=token).error == (403, "forbidden")

    @pytest.mark.parametrize("link", LINKS)
    def test_invariant_14_a_token_of_one_instance_sees_and_changes_nothing_of_another(
        self, scene: Scene, link: str
    ) -> None:
        """Of another service on the same app, and of the same service on another app."""
        scene.of(scene.addon, "POST", "webhooks", WISH)
        scene.tell()
        [found] = scene.of(scene.addon, "GET", link)
        for stranger in (scene.sister, scene.cousin):
            token = scene.tokens[stranger.id]
            for method in ("GET", "PATCH", "DELETE"):
                if method != "GET" and link != "webhooks":
                    continue
                for addon in (scene.addon, stranger):
                    path = f"/addons/{addon.id}/{link}/{found['id']}"
                    with scene.world.nothing_written():
                        assert scene.world.call(method, path, token=token).status_code == 404, path
            path = f"/addons/{scene.addon.id}/{link}"
            assert scene.world.call("GET", path, token=token).status_code == 404
            assert scene.of(stranger, "GET", link) == []

    def test_another_apps_ids_do_not_exist_here(self, scene: Scene) -> None:
        made = scene.world.call("POST", "/apps/acme/webhooks", WISH).json
        scene.tell()
        [delivery], [event] = (scene.world.get(f"/apps/acme/{link}") for link in LINKS[1:])
        for link, found in zip(LINKS, (made, delivery, event), strict=True):
            assert scene.world.call("GET", f"/apps/acme/{link}/{found['id']}").status_code == 200
            assert scene.world.call("GET", f"/apps/other/{link}/{found['id']}").error == (404, "not_found")

    def test_a_deleted_apps_webhooks_are_gone(self, scene: Scene) -> None:
        scene.world.call("POST", "/apps/acme/webhooks", WISH)
        scene.world.call("DELETE", "/apps/acme")
        for link in LINKS:
            assert scene.world.call("GET", f"/apps/acme/{link}").json["resource"] == "app"
        scene.world.call("POST", "/apps", {"name": "acme"})
        for link in LINKS:
            assert scene.world.get(f"/apps/acme/{link}") == []

    def test_a_deprovisioned_instances_webhooks_are_gone(self, scene: Scene) -> None:
        scene.of(scene.addon, "POST", "webhooks", WISH)
        with scene.world.database.transaction() as tx:
            support.end_addon(tx, scene.world.customer, tx.get(Addon, scene.addon.id))
        answer = scene.world.call("GET", f"/addons/{scene.addon.id}/webhooks", token=scene.tokens[scene.addon.id])
        assert answer.error == (401, "unauthorized"), "the token has ended with the instance"


class TestLists:
    """Filters and ranges."""

    @pytest.fixture
    def told(self, scene: Scene) -> Scene:
        """Five events; the first two attempts failed, the third succeeded."""
        scene.world.call("POST", "/apps/acme/webhooks", WISH)
        for number in range(5):
            scene.tell(maintenance=number % 2 == 0)
        scene.ends(500, 500, 204)
        return scene

    def test_by_status(self, told: Scene) -> None:
        for status, count in (("failed", 2), ("succeeded", 1), ("scheduled", 2), ("skipped", 0)):
            found = told.world.get(f"/apps/acme/webhook-deliveries?eq[status]={status}")
            assert [each["status"] for each in found] == [status] * count
        encoded = told.world.get("/apps/acme/webhook-deliveries?eq%5Bstatus%5D=failed")
        assert len(encoded) == 2

    @pytest.mark.parametrize(
        "query", ["eq[status]=lost", "eq[status]=", "eq[level]=sync", "eq[status]=failed&eq[id]=1"]
    )
    def test_filters_that_are_none(self, told: Scene, query: str) -> None:
        answer = told.world.call("GET", f"/apps/acme/webhook-deliveries?{query}")
        assert answer.error == (422, "invalid_params")
        assert "eq[status]" in answer.json["message"]

    @pytest.mark.parametrize("link", LINKS[1:])
    def test_the_range_of_the_cli_is_newest_first(self, told: Scene, link: str) -> None:
        plain = told.world.get(f"/apps/acme/{link}")
        answer = told.world.call("GET", f"/apps/acme/{link}", headers={"Range": "seq ..; order=desc,max=1000"})
        assert answer.status_code == 200
        assert answer.json == plain[::-1]
        assert len(plain) == 5
        assert "seq" not in plain[0], "the schema does not know it"

    @pytest.mark.parametrize("link", LINKS[1:])
    def test_pages_by_seq(self, told: Scene, link: str) -> None:
        plain, pages, wanted = told.world.get(f"/apps/acme/{link}"), [], "seq ..; max=2, order=desc"
        while wanted:
            answer = told.world.call("GET", f"/apps/acme/{link}", headers={"Range": wanted})
            pages.append(answer.json)
            wanted = answer.headers.get("Next-Range", "")
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [each for page in pages for each in page] == plain[::-1]
        assert told.world.call("GET", f"/apps/acme/{link}", headers={"Range": "id ..; max=2"}).json == plain[:2]

    def test_what_the_cli_needs(self, told: Scene) -> None:
        """heroku-cli: what webhooks, deliveries and events crash without, and what they show."""
        [hook] = told.world.get("/apps/acme/webhooks")
        assert set(hook) >= {"id", "include", "level", "url"}
        for delivery in told.world.get("/apps/acme/webhook-deliveries"):
            assert set(delivery["event"]) == {"id", "include"}
            assert set(delivery["webhook"]) == {"id", "level"}
            assert delivery["last_attempt"] is None or delivery["last_attempt"]["code"] in (204, 500)
            event = told.world.get(f"/apps/acme/webhook-events/{delivery['event']['id']}")
            assert set(event["payload"]) == {"action", "actor", "data", "previous_data", "resource", "version"}

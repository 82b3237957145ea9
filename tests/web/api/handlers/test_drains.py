"""Log drains over the API: a customer's for an app, a partner's for its instance (partner-api §4.1, §7.1)."""

from typing import Any
from urllib.parse import quote

from platform_sim.core.actions.addon_logs import begin_logs
from platform_sim.core.model.addons import AddonService

from .... import support
from ...world import DRAIN, NOWHERE, Populated

URL = "https://user:pass@logs.example.com:8443/a%20b/?token=%2F&x"
LIST = "/apps/acme/log-drains"


def own(full: Populated) -> list[Any]:
    """The drains of `acme` that are no add-on's."""
    return [drain for drain in full.world.get(LIST) if drain["addon"] is None]


def test_a_drain_is_made_shown_and_removed_by_each_of_its_names(full: Populated) -> None:
    world = full.world
    for name in ("id", "token", "url"):
        made = world.call("POST", LIST, {"url": URL})
        assert made.status_code == 201
        assert made.json["url"] == URL
        path = f"{LIST}/{quote(made.json[name], safe='')}"
        assert world.get(path) == made.json
        gone = world.call("DELETE", path)
        assert (gone.status_code, gone.json) == (200, made.json)
        assert world.call("GET", path).json["resource"] == "log_drain"


def test_an_app_s_list_holds_its_own_and_those_of_add_ons(full: Populated) -> None:
    first, second = full.world.get(LIST)
    assert (first["addon"], first["url"]) == (None, DRAIN)
    assert (second["addon"]["name"], second["url"]) == (full.addon.name, DRAIN)
    assert full.world.get("/apps/other/log-drains") == []


def test_refusals_leave_everything_as_it_was(full: Populated) -> None:
    world = full.world
    for body, says in (
        ({"url": DRAIN}, "already has a log drain with this URL"),
        ({"url": "http://logs.example.com/"}, "must be https"),
        ({"url": "nonsense"}, "https, syslog"),
        ({"url": ""}, "visible ASCII"),
        ({}, "url"),
    ):
        with world.nothing_written():
            answer = world.call("POST", LIST, body)
        assert answer.error == (422, "invalid_params")
        assert says in answer.json["message"]
    for number in range(4):
        assert world.call("POST", LIST, {"url": f"{DRAIN}/{number}"}).status_code == 201
    with world.nothing_written():
        assert world.call("POST", LIST, {"url": f"{DRAIN}/4"}).error == (422, "invalid_params")


def test_an_add_on_s_drain_cannot_be_removed_by_the_customer(full: Populated) -> None:
    _, second = full.world.get(LIST)
    with full.world.nothing_written():
        answer = full.world.call("DELETE", f"{LIST}/{second['token']}")
    assert answer.error == (403, "forbidden")
    assert full.addon.name in answer.json["message"]


def test_the_partner_sees_and_moves_the_drains_of_its_instance(full: Populated) -> None:
    world, path = full.world, f"/addons/{full.addon.id}/log-drains"
    [drain] = world.get(path, token=full.partner)
    assert drain == world.get(path)[0], "the customer sees the same"
    moved = world.call(
        "PUT", f"{path}/{quote(DRAIN, safe='')}", {"url": "syslog://logs.example.com"}, token=full.partner
    )
    assert (moved.status_code, moved.json["url"]) == (200, "syslog://logs.example.com")
    assert (moved.json["id"], moved.json["token"]) == (drain["id"], drain["token"])
    assert world.get(path, token=full.partner) == [moved.json]
    assert own(full)[0]["url"] == DRAIN, "the customer's drain with the same URL is another one"


def test_a_partner_sees_only_its_drains_and_only_of_apps_it_is_attached_to(full: Populated) -> None:
    world, path = full.world, f"/addons/{full.addon.id}/log-drains"
    foreign = own(full)[0]["id"]
    for identity in (foreign, NOWHERE, "x"):
        with world.nothing_written():
            answer = world.call("PUT", f"{path}/{identity}", {"url": DRAIN}, token=full.partner)
        assert (answer.status_code, answer.json["resource"]) == (404, "log_drain")
    assert world.call("GET", LIST, token=full.partner).error == (403, "forbidden")
    with world.database.transaction() as tx:
        other = support.new_app(tx, world.stranger, "theirs")
        support.attach(tx, other, full.addon, "THEIRS")
        begin_logs(tx, world.stranger.account, other, full.addon, tx.get(AddonService, full.addon.service_id))
    assert {d["app"]["name"] for d in world.get(path, token=full.partner)} == {"acme", "theirs"}
    assert {d["app"]["name"] for d in world.get(path)} == {"acme"}
    assert {d["app"]["name"] for d in world.get(path, token=world.strangers_token)} == {"theirs"}


def test_a_customer_cannot_move_an_add_on_s_drain(full: Populated) -> None:
    with full.world.nothing_written():
        answer = full.world.call(
            "PUT", full.path("/addons/{add-on}/log-drains/{log-drain.query_identity}"), {"url": URL}
        )
    assert answer.error == (403, "forbidden")


def test_a_list_can_be_cut_like_all_lists(full: Populated) -> None:
    answer = full.world.call("GET", LIST, headers={"Range": "id ..; max=1"})
    assert answer.status_code == 206
    rest = full.world.call("GET", LIST, headers={"Range": answer.headers["Next-Range"]})
    assert [*answer.json, *rest.json] == full.world.get(LIST)


def test_attachments_show_where_to_write_logs(full: Populated) -> None:
    for token in ("", full.partner):
        [shown] = full.world.get("/apps/acme/addon-attachments", token=token)
        assert shown["log_input_url"].startswith("http://token:t.")

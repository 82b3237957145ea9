"""Attachments: lists, one, and finding one by whatever name a customer uses (platform-api §4.6, heroku-cli §7)."""

from typing import Any

import pytest

from .... import support
from ...world import NOWHERE, Populated


def names(answer: Any) -> list[tuple[str, str]]:
    return sorted((a["app"]["name"], a["name"]) for a in answer)


BOTH = [("acme", "EXCEPTIONS"), ("other", "SHARED")]


def test_lists(full: Populated) -> None:
    assert names(full.world.get("/addon-attachments")) == BOTH
    assert names(full.world.get(full.path("/addons/{add-on}/addon-attachments"))) == BOTH
    assert names(full.world.get("/apps/acme/addon-attachments")) == BOTH[:1]
    assert names(full.world.get("/apps/other/addon-attachments")) == BOTH[1:]
    assert full.world.get("/addon-attachments", token=full.world.strangers_token) == []


def test_a_partner_sees_where_its_own_instance_is_attached(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        support.new_service(tx, "second")
        other = support.new_addon(tx, full.world.customer, full.app, "second")
    for path in ("/addon-attachments", full.path("/addons/{add-on}/addon-attachments")):
        assert names(full.world.get(path, token=full.partner)) == BOTH
    assert names(full.world.get("/apps/acme/addon-attachments", token=full.partner)) == BOTH[:1]
    for path in (
        "/apps/acme/addon-attachments/SECOND",
        f"/addons/{other.id}/addon-attachments",
        f"/addons/{other.id}",
        f"/addons/{other.id}/config",
        f"/apps/acme/addons/{other.id}",
        "/apps/acme/addons/SECOND",
    ):
        assert full.world.call("GET", path, token=full.partner).error == (404, "not_found"), path
    assert [a["id"] for a in full.world.get("/apps/acme/addons", token=full.partner)] == [full.addon.id]
    assert [a["id"] for a in full.world.get("/addons", token=full.partner)] == [full.addon.id]


def test_one(full: Populated) -> None:
    attachment = full.world.get("/apps/acme/addon-attachments/EXCEPTIONS")
    assert full.world.get(f"/apps/acme/addon-attachments/{attachment['id']}") == attachment
    assert full.world.get(f"/addon-attachments/{attachment['id']}") == attachment
    assert attachment["addon"] == {
        "id": full.addon.id,
        "name": full.addon.name,
        "app": {"id": full.app.id, "name": "acme"},
    }
    shared = full.world.get("/apps/other/addon-attachments/SHARED")
    assert (shared["app"]["name"], shared["addon"]["app"]["name"]) == ("other", "acme")
    for path in ("/apps/acme/addon-attachments/SHARED", f"/addon-attachments/{NOWHERE}"):
        answer = full.world.call("GET", path)
        assert (answer.error, answer.json["resource"]) == ((404, "not_found"), "add_on attachment")


def test_inclusions(full: Populated) -> None:
    plain = full.world.get("/apps/other/addon-attachments/SHARED")
    assert "config_vars" not in plain
    headers = {"Accept-Inclusion": "addon:plan,config_vars"}
    (included,) = full.world.get("/apps/other/addon-attachments", headers=headers)
    assert included["config_vars"] == ["SHARED_URL"]
    assert included["addon"]["plan"]["price"]["cents"] == 0
    assert {k: v for k, v in included.items() if k not in ("config_vars", "addon")} == {
        k: v for k, v in plain.items() if k != "addon"
    }


RESOLVED = [
    {"addon_attachment": "EXCEPTIONS"},
    {"addon_attachment": "exceptions", "app": "acme"},
    {"addon_attachment": "EXCEPTIONS_URL", "app": "acme"},
    {"addon_attachment": "exceptions_url", "app": None},
    {"addon_attachment": "EXCEPTIONS", "addon_service": "exceptions"},
]


@pytest.mark.parametrize("body", RESOLVED, ids=str)
def test_resolving(body: dict[str, Any], full: Populated) -> None:
    answer = full.world.call("POST", "/actions/addon-attachments/resolve", body)
    assert (answer.status_code, names(answer.json)) == (200, BOTH[:1])
    by_id = full.world.call("POST", "/actions/addon-attachments/resolve", {"addon_attachment": answer.json[0]["id"]})
    assert by_id.json == answer.json


def test_resolving_what_is_not_there(full: Populated) -> None:
    for body, resource in (
        ({"addon_attachment": "NOTHING"}, "add_on attachment"),
        ({"addon_attachment": "SHARED", "app": "acme"}, "add_on attachment"),
        ({"addon_attachment": "SHARED", "app": "nothing"}, "app"),
    ):
        answer = full.world.call("POST", "/actions/addon-attachments/resolve", body)
        assert (answer.error, answer.json["resource"]) == ((404, "not_found"), resource)
    strange = full.world.call(
        "POST", "/actions/addon-attachments/resolve", {"addon_attachment": "SHARED"}, token=full.world.strangers_token
    )
    assert strange.error == (404, "not_found")


def attach(full: Populated, **wish: Any) -> Any:
    return full.world.call("POST", "/addon-attachments", {"addon": full.addon.name, "app": "acme"} | wish)


def reader(full: Populated) -> None:
    """The partner makes a credential."""
    body = {"config": [{"name": "EXCEPTIONS_URL", "value": "http://reader"}]}
    path = full.path("/addons/{add-on}/config/credential:reader")
    assert full.world.call("PATCH", path, body, token=full.partner).status_code == 200


NAMED = [
    {"namespace": "credential:reader"},
    {"namespace_config": {"credential": "reader"}},
    {"namespace": "credential:reader", "namespace_config": {"credential": "reader"}},
]


@pytest.mark.parametrize("wish", NAMED, ids=str)
def test_an_attachment_with_a_namespace(wish: dict[str, Any], full: Populated) -> None:
    reader(full)
    answer = attach(full, name="READ", **wish)
    assert (answer.status_code, answer.json["namespace"]) == (201, "credential:reader")
    config = full.world.get("/apps/acme/config-vars")
    assert config["READ_URL"] == "http://reader" != config["EXCEPTIONS_URL"]
    headers = {"Accept-Inclusion": "config_vars"}
    shown = full.world.get("/apps/acme/addon-attachments/READ", headers=headers)
    assert (shown["namespace"], shown["config_vars"]) == ("credential:reader", ["READ_URL"])
    assert full.world.get("/apps/acme/addon-attachments/EXCEPTIONS")["namespace"] is None
    assert full.world.get(full.path("/addons/{add-on}"))["config_vars"] == ["EXCEPTIONS_URL", "READ_URL"]


@pytest.mark.parametrize("wish", [{}, {"namespace": None}, {"namespace": ""}, {"namespace_config": {}}], ids=str)
def test_no_namespace_in_every_spelling(wish: dict[str, Any], full: Populated) -> None:
    answer = attach(full, name="AGAIN", **wish)
    assert (answer.status_code, answer.json["namespace"]) == (201, None)


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"namespace": "credential:nobody"}, 422, "no config in the namespace"),
    ({"namespace": "credential:reader", "namespace_config": {"credential": "writer"}}, 422, "give one of them"),
    ({"namespace_config": {"credential": "reader", "role": "x"}}, 501, "several pairs"),
    ({"namespace": 5}, 422, "namespace must be a string"),
    ({"namespace_config": "credential:reader"}, 422, "namespace_config must be an object"),
]


@pytest.mark.parametrize(("wish", "status", "said"), REFUSED, ids=str)
def test_namespaces_that_cannot_be_had(wish: dict[str, Any], status: int, said: str, full: Populated) -> None:
    reader(full)
    with full.world.nothing_written():
        answer = attach(full, **wish)
    assert answer.status_code == status
    assert said in answer.json["message"]


def test_the_last_one_on_the_billing_app_stays(full: Populated) -> None:
    own = full.path("/addon-attachments/{add-on-attachment}")
    with full.world.nothing_written():
        answer = full.world.call("DELETE", own)
    assert answer.error == (422, "invalid_params")
    assert "last attachment to billing app" in answer.json["message"]
    assert attach(full, name="AGAIN").status_code == 201
    assert full.world.call("DELETE", own).json["name"] == "EXCEPTIONS"
    assert sorted(full.world.get("/apps/acme/config-vars")) == ["AGAIN_URL"]
    shared = full.world.get("/apps/other/addon-attachments/SHARED")
    assert full.world.call("DELETE", f"/addon-attachments/{shared['id']}").status_code == 200
    descriptions = [each["description"] for each in full.world.get("/apps/other/releases")]
    assert descriptions[-1] == f"Detach SHARED (@ref:{full.addon.name})"


def test_what_is_gone_is_not_listed(full: Populated) -> None:
    full.world.call("DELETE", full.path("/apps/{app}/addons/{add-on}"), {"force": True})
    assert full.world.get("/addon-attachments") == []
    for path in ("/apps/acme/config-vars", "/apps/other/config-vars"):
        assert full.world.get(path) == {}

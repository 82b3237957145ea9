"""Domains and certificates over the API (platform-api §2, heroku-cli §15)."""

import pytest

from ....certificates import issue
from ...world import Populated

LIST = "/apps/acme/domains"
NEW = {"hostname": "new.example.com", "sni_endpoint": None}
ISSUED = issue("new.example.com", number=3)
CERTIFICATE = {"certificate_chain": ISSUED.certificate, "private_key": ISSUED.key}


def test_a_domain_is_added_as_the_cli_does_it_shown_and_removed(full: Populated) -> None:
    world = full.world
    made = world.call("POST", LIST, NEW)
    assert made.status_code == 201
    shown = [made.json[name] for name in ("hostname", "kind", "status")]
    assert shown == ["new.example.com", "custom", "succeeded"]
    assert made.json["app"]["name"] == "acme"
    assert made.json["cname"].endswith(".herokudns.com")
    assert world.get(LIST)[-1] == made.json
    for name in ("id", "hostname"):
        assert world.get(f"{LIST}/{made.json[name]}") == made.json
    gone = world.call("DELETE", f"{LIST}/new.example.com")
    assert (gone.status_code, gone.json) == (200, made.json)
    assert world.call("GET", f"{LIST}/new.example.com").json["resource"] == "domain"


def test_the_list_begins_with_the_default_domain(full: Populated) -> None:
    first, *custom = full.world.get(LIST)
    assert (first["hostname"], first["kind"], first["cname"]) == ("acme.localhost", "heroku", None)
    assert {each["kind"] for each in custom} == {"custom"}


def test_the_list_can_be_ordered_by_domain_which_is_not_shown(full: Populated) -> None:
    """heroku3 asks for its domains in no other way, and Heroku answers (platform-api §8.2)."""
    world = full.world
    for name in ("b.example.com", "a.example.com"):
        world.call("POST", LIST, NEW | {"hostname": name})
    plain = world.get(LIST)
    answer = world.call("GET", LIST, headers={"Range": "domain ..; "})
    assert answer.status_code == 200
    assert answer.json == sorted(plain, key=lambda each: str(each["hostname"]))
    first = world.call("GET", LIST, headers={"Range": "domain ..; order=desc,max=1;"})
    assert (first.status_code, first.headers["Next-Range"].partition(" ")[0]) == (206, "domain")
    assert "domain" not in first.json[0]


def test_the_partner_reads_domains_and_changes_none(full: Populated) -> None:
    world = full.world
    assert world.get(LIST, token=full.partner) == world.get(LIST)
    assert world.get(f"{LIST}/acme.localhost", token=full.partner)["kind"] == "heroku"
    assert world.call("POST", LIST, NEW, token=full.partner).error == (403, "forbidden")
    assert world.call("GET", "/apps/acme/sni-endpoints", token=full.partner).error == (403, "forbidden")


def test_a_certificate_is_added_linked_replaced_and_removed(full: Populated) -> None:
    world, path = full.world, "/apps/acme/sni-endpoints"
    made = world.call("POST", path, CERTIFICATE)
    assert made.status_code == 201
    assert made.json["ssl_cert"]["cert_domains"] == ["new.example.com"]
    assert "PRIVATE" not in made.text
    name = made.json["name"]
    domain = world.call("POST", LIST, NEW | {"sni_endpoint": name}).json
    assert domain["sni_endpoint"] == {"id": made.json["id"], "name": name}
    assert world.get(f"{path}/{name}")["domains"] == [domain["id"]]
    other = issue("other.example.com", number=4)
    changed = world.call("PATCH", f"{path}/{name}", {"certificate_chain": other.certificate, "private_key": other.key})
    assert (changed.status_code, changed.json["ssl_cert"]["subject"]) == (200, "/CN=other.example.com")
    assert world.call("PATCH", f"{LIST}/new.example.com", {"sni_endpoint": None}).json["sni_endpoint"] is None
    assert world.call("PATCH", f"{LIST}/new.example.com", {"sni_endpoint": {"id": made.json["id"]}}).status_code == 200
    assert world.call("DELETE", f"{path}/{name}").json["domains"] == [domain["id"]]
    assert world.get(f"{LIST}/new.example.com")["sni_endpoint"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("POST", LIST, {"hostname": "acme.localhost"}, "default name"),
        ("PATCH", f"{LIST}/www.example.com", {}, "sni_endpoint"),
        ("POST", "/apps/acme/sni-endpoints", CERTIFICATE | {"private_key": "x"}, "private_key"),
        ("PATCH", "/apps/acme/acm", None, "enable it first"),
    ],
)
def test_refusals_leave_everything_as_it_was(
    full: Populated, method: str, path: str, body: dict[str, str] | None, says: str
) -> None:
    with full.world.nothing_written():
        answer = full.world.call(method, path, body)
    assert answer.error == (422, "invalid_params")
    assert says in answer.json["message"]


def test_managed_certificates_are_switched(full: Populated) -> None:
    world = full.world
    assert world.call("POST", "/apps/acme/acm").json["acm"] is True
    assert world.call("PATCH", "/apps/acme/acm").json["acm"] is True
    assert world.get("/apps/acme")["acm"] is True
    assert world.get(f"{LIST}/www.example.com")["acm_status"] == "cert issued"
    assert world.call("DELETE", "/apps/acme/acm").json["acm"] is False
    assert world.get(f"{LIST}/www.example.com")["acm_status"] is None

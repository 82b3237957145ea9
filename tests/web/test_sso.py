"""The pages that carry a browser to a partner's dashboard (partner-api §5)."""

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import heroku_id
from platform_sim.core.model.sso import resource_token, user_scoped_token
from platform_sim.core.store import Transaction

from .. import support
from .world import NOWHERE, Populated, World, new_world, populate

LOCAL = {"Host": "localhost:5100"}


class Page(HTMLParser):
    """A page's tags; `form` is the first form's attributes, `fields` its inputs in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.form: dict[str, str | None] = {}
        self.fields: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.tags.append(tag)
        self.handlers += [name for name in given if name.startswith("on")]
        if tag == "form":
            self.form = given
        if tag == "input":
            self.fields.append((str(given["name"]), str(given["value"])))


def page(world: World, path: str, **headers: str) -> Any:
    return world.client.get(path, headers=LOCAL | headers)


def link(full: Populated, query: str = "") -> str:
    return f"/sso/apps/{full.app.id}/addons/{full.addon.id}{query}"


def test_the_form_holds_both_namings_and_good_tokens(full: Populated) -> None:
    answer = page(full.world, link(full))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    shown = Page(answer.text)
    assert (shown.form["method"], shown.form["action"]) == ("post", "http://localhost:5200/sso")
    fields, user = dict(shown.fields), full.world.customer.account
    assert len(fields) == len(shown.fields)
    addon, salt, stamp = full.addon, "partner-salt", fields["timestamp"]
    assert stamp == str(int(support.START.timestamp()))
    nav = fields.pop("nav-data")
    assert re.fullmatch(r"[\w-]+", nav)
    assert fields == {
        "resource_id": addon.id,
        "resource_token": resource_token(addon.id, salt, stamp),
        "user_scoped_resource_token": user_scoped_token(addon.id, salt, stamp, user.id, user.email),
        "timestamp": stamp,
        "user_id": user.id,
        "email": user.email,
        "app": "acme",
        "context_app": "acme",
        "id": addon.provider_id,
        "token": resource_token(str(addon.provider_id), salt, stamp),
    }
    assert "partner-salt" not in answer.text
    assert "partner-password" not in answer.text


def test_every_way_to_the_same_add_on(full: Populated) -> None:
    addon, app = full.addon, full.app
    attachment = full.paths["add-on-attachment"]
    ways = [f"/sso/apps/{app}/addons/{one}" for app in (app.id, "acme") for one in (addon.id, addon.name, "exceptions")]
    ways += [f"/sso/apps/acme/attachments/{one}" for one in (attachment, "EXCEPTIONS")]
    heroku_ids = (heroku_id(app), quote(heroku_id(app)))
    ways += [f"/myapps/{one}/addons/exceptions" for one in ("acme", app.id, *heroku_ids)]
    for way in ways:
        assert dict(Page(page(full.world, way).text).fields)["resource_id"] == addon.id, way


def test_links_in_api_answers_lead_here(full: Populated) -> None:
    base = full.world.doors.addresses.base
    for path in ("/addons/{add-on}", "/addon-attachments/{add-on-attachment}"):
        url = full.world.get(full.path(path))["web_url"]
        assert url.startswith(base)
        assert page(full.world, url.removeprefix(base)).status_code == 200


def test_a_shared_add_on_says_where_the_user_comes_from(full: Populated) -> None:
    for way in ("/sso/apps/other/attachments/SHARED", "/sso/apps/other/addons/exceptions"):
        fields = dict(Page(page(full.world, way).text).fields)
        assert (fields["app"], fields["context_app"]) == ("acme", "other")


def test_a_links_parameters_travel_with_the_form(full: Populated) -> None:
    query = "?action=upgrade&path=%2Fa%20b&x=1&x=2&submit=s&%C3%A9=%F0%9F%98%80&empty="
    for start in (link(full), "/myapps/acme/addons/exceptions"):
        shown = Page(page(full.world, start + query).text)
        fields = dict(shown.fields)
        extra = {k: fields[k] for k in ("action", "path", "x", "submit", "é", "empty")}
        assert extra == {"action": "upgrade", "path": "/a b", "x": "1", "submit": "s", "é": "😀", "empty": ""}
        # A field may be called like a property of the form: the attribute stays.
        assert shown.form["action"] == "http://localhost:5200/sso"


def test_the_script_does_not_trust_the_forms_own_names(full: Populated) -> None:
    """`form.submit` would be the field of a link with `?submit=x`."""
    assert ".submit()" not in page(full.world, link(full)).text


@pytest.mark.parametrize(
    "field",
    [
        *("resource_id", "resource_token", "user_scoped_resource_token", "timestamp", "user_id", "email", "app"),
        *("context_app", "id", "token", "nav-data"),
    ],
)
def test_what_the_partner_trusts_cannot_be_replaced(field: str, full: Populated) -> None:
    honest = Page(page(full.world, link(full)).text).fields
    for query in (f"?{field}=evil", f"?{field}=evil&{field}=worse", f"?{quote(field[0])}{field[1:]}=evil"):
        assert Page(page(full.world, link(full, query)).text).fields == honest


HOSTILE = ["<script>alert(1)</script>", '"><script>alert(1)</script>', "' onmouseover='x", "{{ 7*7 }}", "</form><form>"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str, full: Populated) -> None:
    def spoil(tx: Transaction) -> None:
        service = tx.get(AddonService, full.addon.service_id)
        manifest = service.manifest | {"api": service.manifest["api"] | {"sso_salt": text}}
        tx.update(service, human_name=text, manifest=manifest)
        tx.update(full.world.customer.account, email=text)
        tx.update(full.addon, provider_id=text)

    with full.world.database.transaction() as tx:
        spoil(tx)
    query = f"?{quote(text)}={quote(text)}&b={quote(text)}"
    answer = page(full.world, link(full, query))
    shown = Page(answer.text)
    assert shown.tags.count("script") == shown.tags.count("form") == shown.tags.count("style") == 1
    assert shown.handlers == []
    fields = dict(shown.fields)
    assert (fields[text], fields["b"], fields["email"], fields["id"]) == (text, text, text, text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_addresses_stay_text_in_the_problem_page(text: str, full: Populated) -> None:
    answer = page(full.world, f"/sso/apps/acme/addons/{quote(text, safe='')}")
    assert answer.status_code == 404
    assert set(Page(answer.text).tags) <= {"html", "head", "meta", "title", "style", "body", "main", "h1", "p"}


def test_the_page_runs_only_its_own_script_and_is_kept_nowhere(full: Populated) -> None:
    first, second = page(full.world, link(full)), page(full.world, link(full))
    policy = first.headers["Content-Security-Policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    assert first.text.count(f'nonce="{nonce}"') == 2
    assert nonce not in second.text
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for answer in (first, page(full.world, "/sso/apps/x/addons/y")):
        assert answer.headers.getlist("Cache-Control") == ["no-store"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:5100", "localhost.evil.example", "127.0.0.1.nip.io", "acme.localhost:5100"),
        *(
            "127.0.0.2",
            "0.0.0.0",
            "[::2]:5100",
            "localhost:5100@evil.example",
            "localhost.",
            "127.0.0.1x",
            "[::1].evil",
        ),
        *("localhost, evil.example", "evil.example#localhost", "::1", "[::1", "localhost\x00", "LOCALHOST:5100.evil"),
    ],
)
def test_other_names_are_refused(host: str, full: Populated) -> None:
    """DNS rebinding: a page elsewhere gives its own name the address 127.0.0.1 and then reads what we answer."""
    for path in (link(full), "/myapps/acme/addons/exceptions", "/sso/apps/nothing/addons/nothing"):
        answer = full.world.client.get(path, headers={"Host": host})
        assert answer.status_code in (400, 403), answer.text
        assert full.addon.id not in answer.text
        forwarded = {"Host": host, "X-Forwarded-Host": "localhost", "Forwarded": "host=localhost"}
        assert full.world.client.get(path, headers=forwarded).status_code in (400, 403)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:5100", "LocalHost:1", "127.0.0.1", "127.0.0.1:5100", "[::1]:5100", "[::1]"]
)
def test_this_machines_names_are_fine(host: str, full: Populated) -> None:
    assert full.world.client.get(link(full), headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/sso/apps/nothing/addons/exceptions",
        f"/sso/apps/{NOWHERE}/addons/exceptions",
        "/sso/apps/acme/addons/nothing",
        f"/sso/apps/acme/addons/{NOWHERE}",
        "/sso/apps/acme/addons/%00",
        "/sso/apps/acme/attachments/NOTHING",
        "/sso/apps/other/attachments/EXCEPTIONS",
        "/myapps/nothing/addons/exceptions",
        "/myapps/@acme/addons/exceptions",
        "/myapps/acme@heroku.com/addons/exceptions",
        "/myapps/app1@heroku.com/addons/exceptions",
        "/sso/apps/acme/addons/" + "x" * 5000,
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(path: str, full: Populated) -> None:
    answer = page(full.world, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert "Couldn&#39;t find that" in answer.text
    assert len(answer.text) < 1000


def test_a_strangers_number_is_nobodys(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        theirs = support.new_app(tx, full.world.stranger, "theirs")
        support.new_addon(tx, full.world.stranger, theirs)
    assert page(full.world, f"/myapps/{heroku_id(theirs)}/addons/exceptions").status_code == 404


def test_a_partner_of_the_oldest_kind_is_asked_with_get(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        oldest = {k: v for k, v in service.manifest["api"].items() if k != "version"} | {
            "production": "https://a.example"
        }
        tx.update(service, manifest=service.manifest | {"api": oldest})
        tx.update(tx.get(Addon, full.addon.id), provider_id="7/8")
    shown = Page(page(full.world, link(full, "?page=logs&token=evil")).text)
    assert (shown.form["method"], shown.form["action"]) == ("get", "https://a.example/heroku/resources/7%2F8")
    fields = dict(shown.fields)
    assert set(fields) == {"token", "timestamp", "nav-data", "email", "app", "page"}
    assert fields["token"] == resource_token("7/8", "partner-salt", fields["timestamp"])
    form = full.world.get(full.path("/addons/{add-on}/sso"))
    assert (form["method"], form["action"]) == ("get", shown.form["action"])


def test_a_strangers_app_and_add_on_do_not_exist(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        theirs = support.new_app(tx, full.world.stranger, "theirs")
        addon = support.new_addon(tx, full.world.stranger, theirs)
    for path in (
        f"/sso/apps/theirs/addons/{addon.id}",
        f"/sso/apps/acme/addons/{addon.id}",
        f"/sso/apps/acme/addons/{addon.name}",
    ):
        assert page(full.world, path).status_code == 404


def test_a_service_without_single_sign_on_says_so(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        service = tx.get(AddonService, full.addon.service_id)
        bare = service.manifest | {"api": {k: v for k, v in service.manifest["api"].items() if k != "sso_salt"}}
        tx.update(service, manifest=bare)
    answer = page(full.world, link(full))
    assert (answer.status_code, "has no single sign-on" in answer.text) == (422, True)


def test_an_add_on_that_is_gone_is_not_found(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        tx.update(tx.get(Addon, full.addon.id), state="deprovisioned")
    assert page(full.world, link(full)).status_code == 404


def test_a_bug_of_ours_is_a_page_without_details(full: Populated, caplog: pytest.LogCaptureFixture) -> None:
    def broken(manifest: dict[str, Any], provider_id: str) -> None:
        raise RuntimeError("s3cr3t-0815")

    full.world.doors.sso_target = broken
    answer = page(full.world, link(full))
    assert (answer.status_code, "s3cr3t" in answer.text) == (500, False)
    assert full.addon.id not in "".join(record.getMessage() for record in caplog.records)


EMAIL = "user@example.com"


def test_a_link_writes_that_a_form_was_handed_out_and_nothing_else(tmp_path: Any) -> None:
    world = new_world(tmp_path)
    full = populate(world)
    with world.nothing_written():
        page(world, "/sso/apps/x/addons/y")
    before = world.rows()
    page(world, link(full))
    after = world.rows()
    *_, told = after["Event"]
    assert (told["kind"], told["addon_id"], told["app_id"]) == ("sso", full.addon.id, full.app.id)
    assert (told["actor_email"], told["data"]) == (EMAIL, {"name": full.addon.name, "email": EMAIL})
    assert after["Event"][:-1] == before.pop("Event")
    assert {name: rows for name, rows in after.items() if name not in ("Event", "Sequence")} == {
        name: rows for name, rows in before.items() if name != "Sequence"
    }
    world.database.close()

"""A private Heroku, used as somebody does who has a partner to test; no pytest plugin is needed for that."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import psutil
import pytest

from platform_sim.partners.contract import PartnerRequest
from platform_sim.settings import BadSetting
from platform_sim.testing import Heroku, Partner, Refused
from platform_sim.testing.ways import WsgiSend

MANIFEST = Partner("wsgi").manifest
HELD: set[str] = set()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """A partner as a web framework would make it: no more than the contract asks for."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    if path == "/heroku/sso":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        return iter([b"welcome ", body[:0]])
    assert environ["HTTP_AUTHORIZATION"].startswith("Basic ")
    if path.endswith("/raises"):
        raise RuntimeError("a mistake of the partner's")
    uuid = json.loads(body)["uuid"] if method == "POST" else path.rpartition("/")[2]
    (HELD.discard if method == "DELETE" else HELD.add)(uuid)
    said = {"id": uuid, "config": {"WSGI_URL": f"wsgi://{method.lower()}"}}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]


@pytest.fixture(scope="module")
def lasting() -> Iterator[Heroku]:
    """One for all tests here: each names services and apps of its own."""
    with Heroku(seed=3, settings={"provision_attempts": 1, "PLATFORM_SIM_PLAN_CHANGE_ATTEMPTS": "1"}) as made:
        made.clock.freeze()
        yield made


def scripted(heroku: Heroku, slug: str) -> Partner:
    made = Partner(slug)
    heroku.register(made.manifest, plans=("free", "pro=900"), partner=made)
    return made


def test_a_whole_life_with_a_wsgi_partner_without_a_socket(lasting: Heroku) -> None:
    lasting.register(MANIFEST, plans=("free", "pro=900"), partner=application, holds=lambda: HELD)
    app = lasting.app("shop")
    addon = app.addons.create("wsgi:free", options={"size": "small"}, name="my-wsgi")
    assert (addon.state, addon.name, addon.plan) == ("provisioned", "my-wsgi", "wsgi:free")
    assert addon.config == app.config == {"WSGI_URL": "wsgi://post"}
    addon.change_plan("wsgi:pro")
    assert (addon.plan, app.config) == ("wsgi:pro", {"WSGI_URL": "wsgi://put"})
    form, answer = addon.sso_form(), addon.sign_in()
    assert (form.action, form.fields["resource_id"]) == ("http://wsgi.localhost:9/heroku/sso", addon.uuid)
    assert (answer.status, answer.text, answer.headers["set-cookie"]) == (200, "welcome ", "a=1, b=2")
    before = len(app.releases)
    assert [each.uuid for each in app.addons] == [addon.uuid]
    assert lasting.leaks() == []
    addon.destroy()
    assert (addon.state, app.config, len(app.releases), HELD) == ("gone", {}, before + 1, set())
    assert lasting.leaks() == []


def test_a_scripted_partner_rotates_and_knows_a_good_login(lasting: Heroku) -> None:
    partner = scripted(lasting, "scripted")
    app = lasting.app("rotating")
    addon = app.addons.create("scripted", options={"size": "small"})
    assert (partner.requests[0].method, partner.requests[0].body["options"]) == ("POST", {"size": "small"})
    for value in ("one", "two"):
        partner.set_config(addon.uuid, {"SCRIPTED_URL": value})
        assert addon.config == {"SCRIPTED_URL": value}
    with pytest.raises(Refused, match="OTHER"):
        partner.set_config(addon.uuid, {"OTHER": "x"})
    assert addon.sign_in().status == 200
    form = addon.sso_form()
    form.fields["user_scoped_resource_token"] = "0" * 64
    assert addon.sign_in(form).status == 403
    addon.destroy()
    assert [(each.method, each.status) for each in partner.requests if each.path != "/heroku/sso"][-1] == (
        "DELETE",
        204,
    )


def test_what_the_partner_says_no_to_is_raised_with_its_words(lasting: Heroku) -> None:
    partner = scripted(lasting, "refusing")
    partner.answer("POST", 422, {"message": "No more of these."})
    app = lasting.app("refused")
    with pytest.raises(Refused, match="No more of these") as told:
        app.addons.create("refusing")
    assert (told.value.status, len(app.addons), lasting.leaks()) == (422, 0, [])
    addon = app.addons.create("refusing")
    partner.answer("PUT", 422, {"message": "Pay first."})
    with pytest.raises(Refused, match="Pay first"):
        addon.change_plan("refusing:pro")
    with pytest.raises(Refused, match="nowhere"):
        app.addons.create("nowhere:free")


def test_what_is_promised_is_a_leak_until_it_is_kept(lasting: Heroku) -> None:
    partner = scripted(lasting, "later")
    partner.answer("POST", 202)
    addon = lasting.app("waiting").addons.create("later")
    assert [str(each) for each in lasting.leaks()] == [
        f"{addon.uuid} ({addon.name}) was accepted with 202, and the partner has not said that it is there"
    ]
    with pytest.raises(TimeoutError, match="is provisioning, not provisioned"):
        addon.wait(seconds=0.01)
    partner.finish(addon.uuid)
    addon.wait()
    assert (addon.config, lasting.leaks()) == (partner.config(addon.uuid), [])


def test_a_delete_that_is_not_acknowledged_is_a_leak_until_it_is(lasting: Heroku) -> None:
    partner = scripted(lasting, "stubborn")
    addon = lasting.app("ending").addons.create("stubborn")
    partner.answer("DELETE", 500, times=2)
    addon.destroy()
    assert [str(each) for each in lasting.leaks()] == [
        f"{addon.uuid} ({addon.name}) was to be deleted, and the partner has not acknowledged it (asked once)"
    ]
    lasting.clock.run()
    assert (addon.state, lasting.leaks()) == ("gone", [])


def test_what_only_one_side_has_is_a_leak(lasting: Heroku) -> None:
    partner = scripted(lasting, "twosided")
    addon = lasting.app("compared").addons.create("twosided")
    partner.resources["made-up"] = partner.resources.pop(addon.uuid)
    orphan, ghost = (str(each) for each in lasting.leaks())
    assert orphan == "made-up is held by the partner of twosided, and the platform has no such add-on"
    assert ghost == f"{addon.uuid} ({addon.name}) is an add-on, and the partner of twosided holds nothing for it"
    partner.resources[addon.uuid] = partner.resources.pop("made-up")
    assert lasting.leaks() == []


def test_an_application_that_raises_is_a_500_and_is_logged(lasting: Heroku, caplog: pytest.LogCaptureFixture) -> None:
    manifest = Partner("raising").manifest
    manifest["api"]["test"]["base_url"] += "/raises"
    lasting.register(manifest, partner=application)
    with pytest.raises(Refused, match="HTTP 500|provider"):
        lasting.app("broken").addons.create("raising:free")
    assert "a mistake of the partner's" in caplog.text


@pytest.mark.parametrize("header", [("Content-Length", 2), ("X-None", None), (b"X-Bytes", "x")])
def test_a_header_that_is_no_text_is_a_500_as_at_a_server(header: Any) -> None:
    def application(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [header])
        return [b"{}"]

    answer = WsgiSend(application)(PartnerRequest("GET", "http://p.example/x", {}, None, 5.0))
    assert (answer.status, answer.problem) == (500, None)


def test_two_partners_cannot_be_at_one_place(lasting: Heroku) -> None:
    scripted(lasting, "first")
    second = Partner("second")
    second.manifest["api"]["test"] = Partner("first").manifest["api"]["test"]
    with pytest.raises(ValueError, match="is where first answers"):
        lasting.register(second.manifest, partner=second)


def test_a_partner_by_its_url_is_called_over_http(lasting: Heroku) -> None:
    manifest = Partner("distant").manifest
    lasting.register(manifest, partner="http://127.0.0.1:1")
    with pytest.raises(Refused, match="nothing listens at its address"):
        lasting.app("far").addons.create("distant:free")


def test_time_is_moved_and_the_timeline_is_told(lasting: Heroku) -> None:
    before = lasting.clock.now()
    lasting.clock.advance(hours=9, minutes=1)
    assert (lasting.clock.now() - before).total_seconds() == 9 * 3600 + 60
    lasting.app("told")
    tree = lasting.timeline[-1]
    assert (tree["title"], str(lasting.timeline).splitlines()[-4:][0]) == (
        "POST /apps", f"customer → platform  POST /apps  201  {tree['milliseconds']} ms"
    )  # fmt: skip


def test_programs_are_pointed_at_it(lasting: Heroku) -> None:
    there = lasting.environment
    assert (there["HEROKU_API_KEY"], there["HEROKU_HOST"], there["HEROKU_API_URL"]) == (
        lasting.token, lasting.url, lasting.url
    )  # fmt: skip


def test_the_environment_of_a_platform_holds_for_no_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_SIM_GRANT_LIFE", "soon")
    Heroku().stop()


def test_a_mistake_is_told_before_anything_runs(lasting: Heroku) -> None:
    with pytest.raises(BadSetting, match="no setting is named patience"):
        Heroku(settings={"patience": 3})
    with pytest.raises(BadSetting, match="GRANT_LIFE='soon'"):
        Heroku(settings={"grant_life": "soon"})
    with pytest.raises(Refused, match="password"):
        lasting.register({"id": "bad", "name": "Bad", "api": {}})
    with pytest.raises(RuntimeError, match="not registered"):
        Partner("alone").set_config("x", {})


def test_worlds_leave_nothing_behind() -> None:
    def footprint() -> tuple[int, int, int]:
        me = psutil.Process()
        return me.num_threads(), me.num_fds(), len(me.net_connections())

    def life() -> None:
        with Heroku.start() as heroku:
            scripted(heroku, "brief")
            heroku.app("brief").addons.create("brief").destroy()

    life()
    before = footprint()
    for _ in range(5):
        life()
    assert footprint() <= before


def test_one_that_is_not_there_says_so() -> None:
    heroku = Heroku()
    assert repr(heroku) == "<Heroku that does not run>"
    for ask in (lambda: heroku.app("shop"), heroku.snapshot, heroku.clock.now):
        with pytest.raises(RuntimeError, match="has not been started"):
            ask()
    with heroku:
        heroku.register(Partner("noter").manifest)
        with pytest.raises(KeyError, match="no service 'noder' was registered in this Heroku; there is: noter"):
            heroku.partner("noder")
    for ask in (lambda: heroku.app("shop"), heroku.snapshot, heroku.fork, heroku.clock.freeze, heroku.__enter__):
        with pytest.raises(RuntimeError, match="has ended"):
            ask()


def test_what_they_are_is_seen_at_a_glance(lasting: Heroku) -> None:
    assert repr(lasting) == f"<Heroku {lasting.url}>"
    assert repr(lasting.clock) == f"<Clock {lasting.ask('GET', '/sim/status')['clock']['now']}, frozen>"


def test_a_length_of_time_in_words(lasting: Heroku) -> None:
    before = lasting.clock.now()
    lasting.clock.advance("1d12h")
    assert (lasting.clock.now() - before).total_seconds() == 129_600
    with pytest.raises(Refused, match="'9 hours' is no length of time"):
        lasting.clock.advance("9 hours")
    with pytest.raises(TypeError, match="one of both"):
        lasting.clock.advance("9h", hours=9)


def test_a_state_that_there_is_not_is_not_waited_for(lasting: Heroku) -> None:
    scripted(lasting, "stateful")
    addon = lasting.app("states").addons.create("stateful")
    with pytest.raises(ValueError, match="never 'deleted', it is one of: provisioning, provisioned, deprov"):
        addon.wait("deleted", seconds=0.1)

"""PyPI's heroku3, unmodified, as a customer's program (platform-api §8.2)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import heroku3
import heroku3.api
import heroku3.models.app
import heroku3.rendezvous
import pytest
import requests

from platform_sim.assemble import Platform

from ..certificates import issue
from .customer import Customer, fetch, tarball
from .partner import TinyPartner
from .sources import PYTHON, app
from .waiting import wait_until

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJbSPiQrwK1Tq0kq1Tq0kq1Tq0kq1Tq0kq1Tq0kq1Tq0 me@here"
pytestmark = pytest.mark.processes


@pytest.fixture
def heroku(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A logged-in connection. The library reads proxies from the environment: none, for this machine."""
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    monkeypatch.setattr(heroku3.api, "HEROKU_URL", platform.url)
    connection = heroku3.from_key(platform.token)
    assert connection.is_authenticated
    yield connection
    connection._session.close()


@pytest.fixture
def deployed(heroku: Any, customer: Customer) -> Any:
    """An app with a web and a worker type, its web dyno up."""
    made = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    customer.deploy("acme", app(worker=f"{PYTHON} -c 'import time; print(\"at work\", flush=True); time.sleep(3600)'"))
    customer.up("acme")
    return made


def test_apps_are_created_listed_found_and_deleted(heroku: Any) -> None:
    first = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    second = heroku.create_app(stack_id_or_name=None)
    assert [each.name for each in heroku.apps()] == ["acme", second.name]
    found = heroku.apps()["acme"]
    assert (found.id, found.owner.email, found.stack.name) == (first.id, "you@example.com", "heroku-24")
    assert found.created_at.tzinfo is not None
    found.rename("ajax")
    assert sorted(each.name for each in heroku.apps()) == sorted(["ajax", second.name])
    assert heroku.app("ajax").delete()
    assert [each.name for each in heroku.apps()] == [second.name]


def test_errors_reach_the_caller_in_the_librarys_own_way(heroku: Any, platform: Platform) -> None:
    with pytest.raises(requests.HTTPError) as missing:
        heroku.app("nobody-has-this")
    assert missing.value.response.status_code == 404
    assert missing.value.response.json() == {"id": "not_found", "resource": "app", "message": "Couldn't find that app."}
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    again = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    assert again.id == acme.id, "it knows the message for a taken name, and gives the app that is there"
    with pytest.raises(requests.HTTPError, match="Stack cedar is not available"):
        heroku.create_app(name="acme2")
    stranger = heroku3.from_key("wrong-key")
    assert not stranger.is_authenticated
    with pytest.raises(requests.HTTPError) as refused:
        stranger.apps()
    assert refused.value.response.status_code == 401
    stranger._session.close()


def test_config_vars(heroku: Any) -> None:
    config = heroku.create_app(name="acme", stack_id_or_name="heroku-24").config()
    config["COLOUR"] = "blue"
    config.update({"SHAPE": "round", "SIZE": "big"})
    del config["SIZE"]
    assert heroku.app("acme").config().to_dict() == {"COLOUR": "blue", "SHAPE": "round"}


def test_an_add_on_is_installed_upgraded_and_removed(heroku: Any, customer: Customer, partner: TinyPartner) -> None:
    customer.register(partner, "test", "pro")
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    addon = acme.install_addon("exceptions:test", config={"colour": "blue"}, attachment_name="ERRORS")
    assert partner.living[addon.id]["options"] == {"colour": "blue"}
    assert [each.plan.name for each in acme.addons()] == ["exceptions:test"]
    assert acme.config()["ERRORS_URL"] == partner.url_of(addon.id)
    assert acme.addons()[0].upgrade("exceptions:pro").plan.name == "exceptions:pro"
    with pytest.raises(requests.HTTPError, match="422"):
        acme.install_addon("nobody-sells-this:test")
    assert acme.addons()[0].delete()
    assert list(acme.addons()) == []
    assert partner.living == {}
    assert acme.config().to_dict() == {}


def test_dynos_are_scaled_restarted_and_run(deployed: Any, customer: Customer) -> None:
    assert {each.type: each.quantity for each in deployed.process_formation()} == {"web": 1, "worker": 0}
    assert deployed.scale_formation_process("worker", 2).quantity == 2
    customer.up("acme", 3)
    assert sorted(each.name for each in deployed.dynos()) == ["web.1", "worker.1", "worker.2"]
    deployed.batch_scale_formation_processes({"web": 2, "worker": 1})
    # Three before and three after: it would restart one that is just going.
    named = ["web.1", "web.2", "worker.1"]
    wait_until("they are others", lambda: sorted(each.name for each in deployed.dynos()) == named)
    before = {each["id"] for each in customer.up("acme", 3)}
    deployed.restart()
    wait_until("all are others", lambda: not before & {each["id"] for each in customer.up("acme", 3)})
    one = next(each for each in deployed.dynos() if each.name == "worker.1")
    assert deployed.kill_dyno("worker.1")
    wait_until("the worker is another", lambda: one.id not in {each["id"] for each in customer.up("acme", 3)})
    deployed.run_command_detached(f"{PYTHON} -c 'print(40 + 2)'")
    wait_until("the one-off dyno has spoken", lambda: "]: 42\n" in deployed.get_log(lines=1500))


def test_releases_in_any_order_and_number_and_back(deployed: Any, customer: Customer) -> None:
    config = deployed.config()
    for value in ("red", "green", "blue"):
        config["COLOUR"] = value
    assert [each.version for each in deployed.releases()] == [1, 2, 3, 4, 5, 6]
    newest = deployed.releases(order_by="version", limit=2, sort="desc")
    assert [each.version for each in newest] == [6, 5]
    assert newest[0].description == "Set COLOUR config vars"
    deployed.rollback("v4")
    assert deployed.config()["COLOUR"] == "red"
    customer.up("acme")
    assert customer.page("acme", "/COLOUR").text == "red"
    assert deployed.releases(order_by="version", limit=1, sort="desc")[0].description == "Rollback to v4"


def test_a_slug_is_released_again(deployed: Any, customer: Customer) -> None:
    first = deployed.releases()[-1]
    slug = deployed.slug(first.slug.id)
    assert (slug.commit, slug.stack.name) == ("0123456789ab", "heroku-24")
    assert deployed.create_release(slug.id).version == first.version + 1
    assert deployed.releases()[-1].user.email == "you@example.com"
    customer.up("acme")


def test_more_releases_than_one_answer_holds(heroku: Any, customer: Customer) -> None:
    """206 with Next-Range: the library goes on by itself."""
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    for number in range(200):
        customer.api("PATCH", "/apps/acme/config-vars", {"NUMBER": str(number)})
    assert [each.version for each in acme.releases()] == list(range(1, 203))


def test_a_build_from_an_uploaded_tarball(heroku: Any, customer: Customer) -> None:
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    assert acme.update_buildpacks(["https://example.com/nothing.git", "heroku/procfile"])
    assert len(acme.buildpacks()) == 2
    assert acme.update_buildpacks(["heroku/procfile"])
    source = customer.api("POST", "/sources")["source_blob"]
    assert fetch("PUT", source["put_url"], data=tarball(app())).ok
    build = acme.create_build(source["get_url"], version="v1")
    assert b"-----> Using buildpack: heroku/procfile" in list(build.stream())
    (done,) = acme.builds()
    assert (done.id, done.status, done.source_blob.version) == (build.id, "succeeded", "v1")
    assert "Discovering process types" in done.get()


def test_an_app_setup(heroku: Any, customer: Customer) -> None:
    source = customer.api("POST", "/sources")["source_blob"]
    files = app() | {"app.json": '{"env": {"COLOUR": "blue"}}'}
    assert fetch("PUT", source["put_url"], data=tarball(files)).ok
    setup = heroku.create_appsetup({"url": source["get_url"]}, app={"name": "made"})
    wait_until("it has ended", lambda: heroku.get_appsetup(setup.id).status == "succeeded")
    assert heroku.app("made").config()["COLOUR"] == "blue"


def test_dynos_of_another_size(deployed: Any) -> None:
    web = deployed.process_formation()["web"]
    assert web.resize("standard-1x").size == "Standard-1X"
    changed = deployed.batch_resize_formation_processes({"web": "basic", "worker": "basic"})
    assert {each.size for each in changed} == {"Basic"}
    assert deployed.resize_formation_process("web", "standard-2x").size == "Standard-2X"
    assert web.update(size="basic", quantity=0).quantity == 0


@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl")  # it never closes its socket
def test_a_command_whose_output_is_wanted(deployed: Any, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library trusts one certificate, built in: a program has to tell it whom to trust (docs/clients.md)."""

    class Trusting(heroku3.rendezvous.Rendezvous):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            self.cert = str(platform.ca_file)

    monkeypatch.setattr(heroku3.models.app, "Rendezvous", Trusting)
    output, dyno = deployed.run_command("echo $COLOUR; exit 3", printout=False, env={"COLOUR": "blue"})
    assert output == "blue\r\n"
    assert dyno.name.startswith("run.")


def test_people_of_an_app_and_its_transfer(heroku: Any, customer: Customer) -> None:
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    token = customer.api("POST", "/sim/users", {"email": "dev@example.com"})["token"]
    acme.add_collaborator("dev@example.com", silent=True)
    assert [each.user.email for each in acme.collaborators()] == ["you@example.com", "dev@example.com"]
    dev = heroku3.from_key(token)
    assert [each.name for each in dev.apps()] == ["acme"]
    with pytest.raises(requests.HTTPError, match="403"):
        dev.app("acme").delete()
    assert acme.collaborators()[1].remove()
    assert list(dev.apps()) == []
    acme.add_collaborator("dev@example.com")
    made = customer.api("POST", "/account/app-transfers", {"app": "acme", "recipient": "dev@example.com"})
    assert acme.delete_transfer(made["id"]).id == made["id"]
    customer.api("POST", "/account/app-transfers", {"app": "acme", "recipient": "dev@example.com"})
    (offered,) = dev.app("acme").transfers()
    assert offered.update("accepted").state == "accepted"
    assert heroku.app("acme").owner.email == "dev@example.com"
    dev._session.close()


def test_domains_and_certificates(heroku: Any) -> None:
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    issued = issue("www.example.com", starts_at=datetime.now(UTC), days=30)
    endpoint = acme.add_sni_endpoint(issued.certificate, issued.key)
    acme.add_domain("www.example.com", endpoint.id)
    acme.add_domain("api.example.com", None)
    hosts = [each.hostname for each in acme.domains()]
    assert hosts == ["acme.localhost", "api.example.com", "www.example.com"], "it asks for them ordered by `domain`"
    assert acme.get_domain("www.example.com").status == "succeeded"
    assert [each.id for each in acme.sni_endpoints()] == [endpoint.id]
    changed = acme.update_sni_endpoint(endpoint.id, issued.certificate, issued.key)
    assert changed.ssl_cert.cert_domains == ["www.example.com"]
    assert acme.domains()["api.example.com"].remove()
    assert acme.remove_domain("www.example.com")
    assert acme.remove_sni_endpoint(endpoint.id)
    assert acme.enable_acm() and acme.refresh_acm() and acme.info.acm
    assert acme.disable_acm() and not acme.info.acm


def test_drains_and_features(heroku: Any) -> None:
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    drain = acme.create_logdrain("syslog://127.0.0.1:9")
    assert drain.token.startswith("d.")
    assert [each.url for each in acme.logdrains()] == ["syslog://127.0.0.1:9"]
    acme.remove_logdrain(drain.id)
    assert list(acme.logdrains()) == []
    acme.enable_feature("log-runtime-metrics")
    assert acme.features()["log-runtime-metrics"].enabled
    acme.disable_feature("log-runtime-metrics")
    assert not acme.labs()["log-runtime-metrics"].enabled


def test_the_account_its_keys_and_the_marketplace(heroku: Any, customer: Customer, partner: TinyPartner) -> None:
    account = heroku.account()
    assert account.email == "you@example.com"
    assert account.add_key(KEY).comment == "me@here"
    assert heroku.keys()[0].fingerprint
    heroku.keys()[0].delete()
    assert list(heroku.keys()) == list(heroku.invoices()) == []
    customer.register(partner, "test")
    assert [each.name for each in heroku.addon_services()] == ["exceptions"]
    assert heroku.addon_services("exceptions").state == "alpha"
    assert heroku.last_request_id


LOST = {
    "a transfer is offered with PUT": lambda heroku, acme: acme.create_transfer("dev@example.com"),
    "a feature of a list is changed with POST": lambda heroku, acme: acme.features()[0].enable(),
    "passwords changed at a link that is gone": lambda heroku, acme: heroku.account().change_password("a", "b"),
}
"""What the library asks for in ways that Heroku's published API has not, and so is refused as there."""


@pytest.mark.parametrize("what", LOST)
def test_what_the_library_does_as_heroku_no_longer_does(what: str, heroku: Any) -> None:
    acme = heroku.create_app(name="acme", stack_id_or_name="heroku-24")
    with pytest.raises(requests.HTTPError) as refused:
        LOST[what](heroku, acme)
    assert refused.value.response.status_code == 404
    assert "verb" in refused.value.response.json()["message"]


def test_logs_plain_and_streamed(deployed: Any) -> None:
    said = deployed.get_log(lines=1500)
    assert "app[api]: Initial release by user you@example.com" in said
    assert "heroku[web.1]: State changed from starting to up" in said
    only = deployed.get_log(lines=1500, dyno="web.1", source="heroku").splitlines()
    assert only
    assert all(" heroku[web.1]: " in line for line in only)
    assert len(deployed.get_log(lines=2).splitlines()) == 2
    stream = deployed.stream_log(lines=1)
    first = next(stream)
    deployed.config()["COLOUR"] = "blue"
    seen = [first, *(next(stream) for _ in range(2))]
    assert any(b"Set COLOUR config vars by user" in line for line in seen), seen
    stream.close()


def test_maintenance_and_rate_limit(deployed: Any, heroku: Any, customer: Customer) -> None:
    deployed.enable_maintenance_mode()
    assert customer.page("acme").status_code == 503
    deployed.disable_maintenance_mode()
    assert customer.page("acme").status_code == 200
    assert heroku.ratelimit_remaining() > 0

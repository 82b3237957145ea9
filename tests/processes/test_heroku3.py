"""PyPI's heroku3, unmodified, as a customer's program (platform-api §8.2)."""

from collections.abc import Iterator
from typing import Any

import heroku3
import heroku3.api
import pytest
import requests

from platform_sim.assemble import Platform

from .customer import Customer
from .partner import TinyPartner
from .sources import PYTHON, app
from .waiting import wait_until

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
    with pytest.raises(requests.HTTPError, match="404"):
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

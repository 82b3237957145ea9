"""Where a host name leads, in every state an app can be in."""

from datetime import timedelta

import pytest

from platform_sim.core.actions.apps import create_app, delete_app, update_app
from platform_sim.core.actions.certificates import create_endpoint
from platform_sim.core.actions.domains import create_domain, delete_domain, domain_named
from platform_sim.core.actions.dynos import (
    add_formation_dyno,
    let_go,
    report_gone,
    report_started,
    report_state,
    run_dyno,
)
from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.seams import Backend, Route
from platform_sim.engines.dynos.routes import DynoRoutes

from ...certificates import issue
from .world import BOOT, World


@pytest.fixture
def routes(world: World) -> DynoRoutes:
    return DynoRoutes(world.database, BOOT)


def state(routes: DynoRoutes) -> str:
    route = routes.find("example.localhost")
    assert route is not None
    return route.state


def up(world: World, name: str = "web.1", port: int = 6001, boot: str = BOOT) -> Dyno:
    """A web dyno of the current release, as the supervisor writes it."""
    with world.database.transaction() as tx:
        dyno = add_formation_dyno(tx, current_release(tx, world.app.id), name, "serve", "Basic")
        dyno = report_started(tx, dyno, pid=1, pid_started=1.0, port=port, boot_id=boot)
        return report_state(tx, dyno, "up")


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("example.localhost", True),
        ("no-such-app.localhost", True),
        ("example.herokuapp.com", True),
        ("localhost", False),
        ("herokuapp.com", False),
        ("127.0.0.1", False),
        ("example.localhost.evil.com", False),
        ("www.example.com", False),
        ("www.shop.localhost", True),
        ("[::1]", False),
    ],
)
def test_which_hosts_belong_to_apps(routes: DynoRoutes, host: str, is_ours: bool) -> None:
    assert routes.is_app_host(host) is is_ours


@pytest.mark.parametrize(
    "host", ["other.localhost", "localhost", "a.example.localhost", ".localhost", "", "api.heroku.com"]
)
def test_hosts_without_an_app(routes: DynoRoutes, host: str) -> None:
    assert routes.find(host) is None


def test_an_app_from_nothing_to_up(world: World, routes: DynoRoutes) -> None:
    assert state(routes) == "blank"
    world.deploy(web="serve")
    assert state(routes) == "starting"
    up(world, "web.1", 6001)
    world.scale(web=2)
    up(world, "web.2", 6002)
    expected = Route(world.app.id, "example", "up", (Backend("web.1", 6001), Backend("web.2", 6002)))
    assert routes.find("example.localhost") == expected
    assert routes.find("example.herokuapp.com") == expected


def test_no_web_process_wanted(world: World, routes: DynoRoutes) -> None:
    world.deploy(worker="work")
    assert state(routes) == "none"
    world.deploy(web="serve", worker="work")
    up(world)
    world.scale(web=0)
    assert state(routes) == "none"


def test_maintenance_wins(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    up(world)
    for on, expected in ((True, "maintenance"), (False, "up")):
        with world.database.transaction() as tx:
            world.app = update_app(tx, world.actor, world.app, maintenance=on)
        assert state(routes) == expected


def test_from_the_commit_of_a_release_on_requests_wait_for_its_dynos(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    old = up(world)
    world.config(A="1")
    assert state(routes) == "starting"
    with world.database.transaction() as tx:
        let_go(tx, old)
    up(world, port=6009)
    route = routes.find("example.localhost")
    assert route is not None
    assert route.backends == (Backend("web.1", 6009),)


def test_a_pending_release_changes_nothing_yet(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    up(world)
    world.deploy(web="serve", release="migrate")
    assert state(routes) == "up"


def test_a_dyno_that_got_its_signal_gets_no_requests(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    dyno = up(world)
    with world.database.transaction() as tx:
        let_go(tx, dyno)
    assert state(routes) == "starting"
    with world.database.transaction() as tx:
        report_gone(tx, dyno, 143)
    assert state(routes) == "starting"


def test_crashed_means_all_of_them_and_not_about_to_start(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    dyno = up(world)
    now = world.database.clock.now()
    for wait, expected in ((0, "starting"), (10, "crashed")):
        with world.database.transaction() as tx:
            dyno = report_state(tx, dyno, "crashed", exit_status=1, retry_at=now + timedelta(seconds=wait))
        assert state(routes) == expected
    world.scale(web=2)
    up(world, "web.2", 6002)
    route = routes.find("example.localhost")
    assert route is not None
    assert route.backends == (Backend("web.2", 6002),)


def test_dynos_of_a_killed_platform_and_one_off_dynos_are_no_backends(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    up(world, boot="killed")
    with world.database.transaction() as tx:
        run_dyno(tx, world.actor, world.app, "web", kind="web")
    assert state(routes) == "starting"


def test_a_renamed_app_moves_and_a_deleted_one_is_gone(world: World, routes: DynoRoutes) -> None:
    assert routes.find("example.localhost") is not None
    with world.database.transaction() as tx:
        world.app = update_app(tx, world.actor, world.app, name="moved")
    assert routes.find("example.localhost") is None
    assert routes.find("moved.localhost") is not None
    with world.database.transaction() as tx:
        delete_app(tx, world.actor, world.app)
    assert routes.find("moved.localhost") is None


def test_rows_are_read_once_a_version(world: World, routes: DynoRoutes, monkeypatch: pytest.MonkeyPatch) -> None:
    first = routes.find("example.localhost")
    monkeypatch.setattr(world.database, "snapshot", None)
    assert routes.find("example.localhost") is first
    monkeypatch.undo()
    world.database.touch()
    assert routes.find("example.localhost") == first
    assert routes.find("example.localhost") is not first


def test_custom_domains_lead_to_their_app(world: World, routes: DynoRoutes) -> None:
    world.deploy(web="serve")
    up(world)
    with world.database.transaction() as tx:
        for name in ("www.example.com", "*.shop.localhost"):
            create_domain(tx, world.actor, world.app, name)
    expected = routes.find("example.localhost")
    assert expected is not None
    for host in ("www.example.com", "a.shop.localhost", "a.b.shop.localhost"):
        assert routes.is_app_host(host)
        assert routes.find(host) == expected
    for host in ("example.com", "a.www.example.com", "com"):
        assert not routes.is_app_host(host)
        assert routes.find(host) is None
    with world.database.transaction() as tx:
        delete_domain(tx, world.actor, world.app, domain_named(tx, world.app, "www.example.com"))
    assert not routes.is_app_host("www.example.com")


def test_an_app_s_default_name_goes_before_a_wildcard(world: World, routes: DynoRoutes) -> None:
    with world.database.transaction() as tx:
        other = create_app(tx, world.actor, name="other")
        create_domain(tx, world.actor, other, "*.example.localhost")
    route = routes.find("example.localhost")
    below = routes.find("x.example.localhost")
    assert route is not None
    assert below is not None
    assert (route.app_name, below.app_name) == ("example", "other")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "[::1]", ""])
def test_the_platform_s_own_names_cost_no_look_into_the_rows(
    routes: DynoRoutes, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes._database, "snapshot", None)
    assert not routes.is_app_host(host)


def test_with_preboot_the_old_dynos_serve_until_the_new_ones_have_booted(world: World, routes: DynoRoutes) -> None:
    world.switch("preboot")
    world.deploy(web="serve")
    old = up(world, port=6001)

    def ports() -> list[int]:
        route = routes.find("example.localhost")
        assert route is not None
        return [backend.port for backend in route.backends]

    world.config(A="1")
    assert ports() == [6001], "the new one is not even asked for"
    with world.database.transaction() as tx:
        let_go(tx, old)
        new = add_formation_dyno(tx, current_release(tx, world.app.id), "web.1", "serve", "Basic")
        new = report_started(tx, new, pid=2, pid_started=1.0, port=6002, boot_id=BOOT)
    assert ports() == [6001], "the new one boots"
    with world.database.transaction() as tx:
        report_state(tx, new, "up")
    assert ports() == [6002], "though the old one is still there"


def test_with_preboot_a_new_dyno_that_crashes_is_what_there_is(world: World, routes: DynoRoutes) -> None:
    world.switch("preboot")
    world.deploy(web="serve")
    old = up(world, port=6001)
    world.config(A="1")
    with world.database.transaction() as tx:
        let_go(tx, old)
        new = add_formation_dyno(tx, current_release(tx, world.app.id), "web.1", "serve", "Basic")
        retry_at = world.database.clock.now() + timedelta(seconds=60)
        report_state(tx, new, "crashed", exit_status=1, retry_at=retry_at)
    assert state(routes) == "crashed"


def test_the_certificate_of_a_name_is_that_of_its_domain(world: World, routes: DynoRoutes) -> None:
    issued = issue("*.example.com", starts_at=world.database.clock.now())
    with world.database.transaction() as tx:
        endpoint = create_endpoint(tx, world.actor, world.app, issued.certificate, issued.key)
        create_domain(tx, world.actor, world.app, "*.example.com", endpoint.name)
        create_domain(tx, world.actor, world.app, "www.example.com")
    own = routes.certificate("shop.example.com")
    assert own is not None
    assert (own.id, own.chain, own.key) == (endpoint.certificate_id, issued.certificate, issued.key)
    for host in ("www.example.com", "example.localhost", "localhost", "api.heroku.com", "127.0.0.1"):
        assert routes.certificate(host) is None, host

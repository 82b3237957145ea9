"""What the values of apps, releases, slugs, builds, dynos and formations mean in public."""

from datetime import timedelta
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions.builds import SourceBlob, create_build, create_slug, create_source
from platform_sim.core.actions.dynos import add_formation_dyno
from platform_sim.core.actions.formation import process_type
from platform_sim.core.actions.log_sessions import create_log_session
from platform_sim.core.actions.releases import current_release, finish_release_phase
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import App, Build, Release, Slug
from platform_sim.core.public import apps as public
from platform_sim.core.store import Transaction

from ...support import AT, deploy


def test_an_app_has_our_addresses_and_no_secret(tx: Transaction, customer: Actor, app: App) -> None:
    body = public.app(tx, app, AT)
    assert body["web_url"] == "http://acme.localhost:5100/"
    assert body["git_url"] == "http://localhost:5100/acme.git"
    assert body["owner"] == {"email": "user@example.com", "id": customer.account.id}
    assert body["created_at"] == "2026-03-01T12:00:00Z"
    assert body["released_at"] == body["created_at"], "as the CLI is told of a new app, see `heroku apps:create --json`"


def test_addresses_follow_the_port() -> None:
    assert Addresses("http://localhost").web("acme") == "http://acme.localhost:80/"
    at = Addresses("http://localhost:7")
    shown = {
        at.callback("u"),
        at.addon_sso("a", "b"),
        at.attachment_sso("a", "c"),
        at.log("s"),
        at.output("s"),
        at.source("s"),
        at.slug("s"),
    }
    assert len(shown) == 7
    assert all(url.startswith("http://localhost:7/") for url in shown)


def test_one_release_is_current(tx: Transaction, customer: Actor, app: App) -> None:
    deploy(tx, customer, app)
    failed = deploy(tx, customer, app, web="serve", release="migrate")
    pending = deploy(tx, customer, app, web="serve", release="migrate")
    finish_release_phase(tx, failed, succeeded=False)
    rows = tx.all(Release, app_id=app.id, order_by="version")
    bodies: list[Any] = [public.one_release(tx, row, app, AT) for row in rows]
    assert [b["current"] for b in bodies] == [False, False, True, False, False]
    assert [b["eligible_for_rollback"] for b in bodies] == [False, False, True, False, False]
    assert bodies[0]["slug"] is None
    assert bodies[0]["artifacts"] == []
    assert bodies[2]["slug"] == {"id": rows[2].slug_id}
    assert bodies[2]["artifacts"] == [{"id": rows[2].slug_id, "type": "slug"}]
    assert bodies[2]["output_stream_url"] is None
    assert bodies[4]["output_stream_url"] == f"http://localhost:5100/streams/{pending.output_secret}"
    assert bodies[2]["user"] == {"email": "user@example.com", "id": customer.account.id}


def test_a_slug_says_where_to_put_it_or_to_get_it(tx: Transaction, customer: Actor, app: App) -> None:
    slug = create_slug(tx, customer, app, {"web": "serve"}, commit="abc")
    put: Any = public.slug(slug, AT, upload=True)
    get: Any = public.slug(slug, AT)
    assert put["blob"] == {"method": "put", "url": f"http://localhost:5100/slugs/{slug.upload_secret}"}
    assert get["blob"]["method"] == "get"
    assert get["commit"] == "abc"
    assert get["stack"]["name"] == "heroku-24"


def test_a_build_before_and_after(tx: Transaction, customer: Actor, app: App) -> None:
    pending: Any = public.build(tx, create_build(tx, customer, app, SourceBlob("http://localhost/s")), AT)
    assert (pending["status"], pending["release"], pending["slug"], pending["buildpacks"]) == (
        "pending",
        None,
        None,
        None,
    )
    release = deploy(tx, customer, app, "abc")
    row = tx.find(Build, release_id=release.id)
    assert row is not None
    done: Any = public.build(tx, row, AT)
    assert (done["release"], done["slug"]) == ({"id": release.id}, {"id": release.slug_id})
    assert done["source_blob"]["version"] == "abc"
    assert tx.get(Slug, release.slug_id or "").buildpack_description == "Python"


def test_a_dyno_and_its_formation(tx: Transaction, customer: Actor, app: App) -> None:
    release = deploy(tx, customer, app)
    dyno: Any = public.dyno(tx, add_formation_dyno(tx, release, "web.1", "serve", "Basic"), app)
    assert (dyno["name"], dyno["type"], dyno["state"], dyno["size"]) == ("web.1", "web", "starting", "Basic")
    assert dyno["release"] == {"id": release.id, "version": 3}
    assert dyno["attach_url"] is None
    formation: Any = public.formation(process_type(tx, app, "web"), app)
    assert (formation["quantity"], formation["size"], formation["dyno_size"]["name"]) == (1, "Basic", "Basic")


def test_sources_and_log_sessions_are_urls(tx: Transaction, customer: Actor, app: App) -> None:
    row = create_source(tx)
    source: Any = public.source(row, AT)
    assert source["source_blob"]["put_url"] == f"http://localhost:5100/sources/{row.secret}"
    session = create_log_session(tx, customer, app)
    assert public.log_session(session, AT)["logplex_url"] == f"http://localhost:5100/logs/{session.secret}"


def test_times_are_whole_seconds_in_utc(tx: Transaction, app: App) -> None:
    tx.clock.advance(timedelta(microseconds=999_999))
    changed = tx.update(app, maintenance=True)
    assert public.app(tx, changed, AT)["updated_at"] == "2026-03-01T12:00:00Z"
    assert current_release(tx, app.id).version == 2

"""What a customer does, through the API with a token; replies are checked where they say more than rows do."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions import jobs
from platform_sim.core.actions.releases import finish_release_phase
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Attachment
from platform_sim.core.model.apps import App, Release
from platform_sim.core.model.records import Job

from .. import support
from .behaviour import Behaviour
from .platform import Reply
from .receiver import HOST
from .rule import rule
from .template import APPS, MANIFESTS
from .world import World

Script = Sequence[Behaviour]
"""How the partner behaves when it is called next about an add-on."""


def create(world: World, app: str, slug: str, plan: str, name: str | None, script: Script) -> None:
    """Install an add-on, perhaps in the place of another; the partner is asked at once if no work comes first."""
    wish: dict[str, Any] = {"plan": f"{slug}:{plan}", "config": {"size": "3", "loud": True}, "confirm": app}
    if name:
        wish["attachment"] = {"name": name}
    reply = world.customer("POST", f"/apps/{app}/addons", wish)
    if reply.ok:
        world.addons.append(reply.json["id"])
        world.slugs[reply.json["id"]] = slug
        world.scripts[reply.json["id"]] += script
        world.work()


def destroy(world: World, uuid: str, force: bool = True, script: Script = ()) -> None:
    """As often as one likes."""
    world.scripts[uuid] += script
    app_id = world.addon(uuid).app_id
    reply = world.customer("DELETE", f"/apps/{app_id}/addons/{uuid}", {"force": force})
    if reply.ok:
        world.destroyed[uuid] += 1


def change_plan(world: World, uuid: str, plan: str, script: Script) -> None:
    """Up or down."""
    world.scripts[uuid] += script
    addon = world.addon(uuid)
    world.customer("PATCH", f"/apps/{addon.app_id}/addons/{uuid}", {"plan": f"{world.slugs[uuid]}:{plan}"})


def attach(world: World, uuid: str, app: str, name: str | None, confirm: bool) -> None:
    """To its own app once more, or to another."""
    wish = {"addon": uuid, "app": app} | ({"name": name} if name else {}) | ({"confirm": app} if confirm else {})
    world.customer("POST", "/addon-attachments", wish)


def detach(world: World, which: int) -> None:
    """One of all attachments."""
    with world.platform.database.snapshot() as rows:
        found = rows.all(Attachment)
    if found:
        world.customer("DELETE", f"/addon-attachments/{found[which % len(found)].id}")


def detach_one_of(world: World, uuid: str) -> None:
    """The first attachment of an add-on."""
    with world.platform.database.snapshot() as rows:
        found = rows.find(Attachment, addon_id=uuid)
    if found:
        world.customer("DELETE", f"/addon-attachments/{found.id}")


@rule(8)
def config_vars_are_what_was_asked(before: Any, changes: dict[str, str | None], reply: Reply) -> Iterator[str]:
    """The answer is the whole set."""
    wanted = {k: v for k, v in {**before, **changes}.items() if v is not None}
    if reply.json != wanted:
        yield f"{before} with {changes} is said to be {reply.json}"


def set_var(world: World, app: str, which: int) -> None:
    """One of those that the app has, or a new one, to a value like no other."""
    _change_var(world, app, which, world.own_value())


def remove_var(world: World, app: str, which: int) -> None:
    """One of those that the app has, or one that it has not."""
    _change_var(world, app, which, None)


def _change_var(world: World, app: str, which: int, value: str | None) -> None:
    before = world.customer("GET", f"/apps/{app}/config-vars")
    if before.ok:
        names = [*sorted(before.json), "GREETING"]
        changes = {names[which % len(names)]: value}
        reply = world.customer("PATCH", f"/apps/{app}/config-vars", changes)
        world.broken += config_vars_are_what_was_asked(before.json, changes, reply)


@rule(11)
def a_rollback_is_a_new_version(newest: int, target: int, reply: Reply) -> Iterator[str]:
    """One above all others; the target's description names it."""
    said = (reply.json["version"], reply.json["description"])
    if said != (newest + 1, f"Rollback to v{target}"):
        yield f"after v{newest} back to v{target}: {said}"


def roll_back(world: World, app: str, steps: int) -> None:
    """So many versions back."""
    found = world.customer("GET", f"/apps/{app}/releases")
    if not found.ok:
        return
    newest = found.json[-1]["version"]
    target = max(1, newest - steps)
    reply = world.customer("POST", f"/apps/{app}/releases", {"release": str(target)})
    if reply.ok:
        world.broken += a_rollback_is_a_new_version(newest, target, reply)


def deploy(world: World, app: str, release_phase: bool) -> None:
    """As the build engine ends a build."""
    with world.platform.database.transaction() as tx:
        account = tx.get(Account, world.customer_id)
        found = tx.find(App, name=app)
        if found is not None:
            kinds = {"web": "serve"} | ({"release": "migrate"} if release_phase else {})
            support.deploy(tx, Actor(account, ""), found, **kinds)
            for job in tx.all(Job, kind="build", state="todo"):
                jobs.finish(tx, job)


def end_release_phase(world: World, succeeded: bool) -> bool:
    """As the dynos' engine reports the end of the oldest release command; False if there is none."""
    with world.platform.database.transaction() as tx:
        pending = tx.find(Release, status="pending")
        if pending is not None:
            finish_release_phase(tx, pending, succeeded)
        return pending is not None


def delete_or_create_app(world: World) -> None:
    """The second app, with all add-ons that it owns; or anew when there is none."""
    app = APPS[1]
    with world.platform.database.snapshot() as rows:
        found = rows.find(App, name=app)
    if found is None:
        world.customer("POST", "/apps", {"name": app})
    elif world.customer("DELETE", f"/apps/{app}").ok:
        world.destroyed.update(each for each in world.addons if world.addon(each).app_id == found.id)


def subscribe(world: World, app: str, moods: list[str]) -> None:
    """A webhook for what happens to an app, the first one `sync`. `moods`: how its receiver answers first."""
    path, level = f"/hook-{len(world.hooks) + 1}", "notify" if len(world.hooks) % 2 else "sync"
    secret = world.own_value()
    wish = {"include": ["api:release", "api:addon", "api:addon-attachment", "api:app"], "level": level}
    reply = world.customer("POST", f"/apps/{app}/webhooks", wish | {"url": f"https://{HOST}{path}", "secret": secret})
    if reply.ok:
        world.hooks[path] = (level, secret)
        world.receiver.moods[path] = list(moods)


@rule(16)
def sso_is_for_one_id_now(uuid: str, slug: str, now: float, form: dict[str, str]) -> Iterator[str]:
    """Both tokens are made of this id, this salt and this second; who the user is, is in one of them."""
    salt = MANIFESTS[slug]["api"]["sso_salt"]
    signed = f"{uuid}:{salt}:{int(now)}"
    scoped = f"{signed}:{form['user_id']}:{form['email']}"
    wanted = {
        "resource_id": uuid,
        "timestamp": str(int(now)),
        "resource_token": hashlib.sha1(signed.encode()).hexdigest(),
        "user_scoped_resource_token": hashlib.sha256(scoped.encode()).hexdigest(),
    }
    for name, value in wanted.items():
        if form.get(name) != value:
            yield f"{name} is {form.get(name)}, not {value}"


@rule(16)
def sso_ends_with_the_add_on(state: str, reply: Reply) -> Iterator[str]:
    """Nobody is sent to what is gone, everybody to what is there; while it goes, its app may be gone before it."""
    if (reply.ok and state == "deprovisioned") or (not reply.ok and state == "provisioned"):
        yield f"{state} answered {reply.status}"


def sso(world: World, uuid: str) -> None:
    """The form that would carry the customer's browser to the partner."""
    addon = world.addon(uuid)
    reply = world.customer("GET", f"/addons/{uuid}/sso")
    world.broken += sso_ends_with_the_add_on(addon.state, reply)
    if reply.ok:
        form = reply.json["params"]
        world.broken += sso_is_for_one_id_now(uuid, world.slugs[uuid], world.now.timestamp(), form)

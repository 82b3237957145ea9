"""What must hold when nothing is to do any more."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from platform_sim.core.access import LIVE
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.records import Event, Exchange, Job
from platform_sim.core.model.webhooks import WebhookDelivery
from platform_sim.core.store import Snapshot

from . import customer
from .back_channel import try_dead_tokens
from .behaviour import CORRECT, Behaviour
from .rule import rule
from .world import World, asked_about


@rule(1)
def no_orphan_no_ghost(world: World, rows: Snapshot) -> Iterator[str]:
    """Live add-ons on the platform = live resources at the partner."""
    for slug, partner in world.partners.items():
        here = {each.id for each in rows.all(Addon, state=LIVE) if world.slugs[each.id] == slug}
        there = set(partner.resources)
        if here != there:
            yield f"ghosts {sorted(here - there)}, orphans {sorted(there - here)}"


@rule(2)
def one_resource_a_uuid(world: World, rows: Snapshot) -> Iterator[str]:
    """However often it was asked for."""
    for partner in world.partners.values():
        yield from (f"{uuid} was made {n} times" for uuid, n in partner.made.items() if n > 1)


@rule(4)
def a_delete_counts_once(world: World, rows: Snapshot) -> Iterator[str]:
    """One end, one obligation, however often the customer asked and the partner was told."""
    ends = Counter(each.subject_id for each in rows.all(Event, kind="addon", action="destroy"))
    jobs = Counter(j.subject_id for j in rows.all(Job, kind="deprovision") if not j.payload.get("clean_up"))
    for uuid in world.addons:
        died = int(rows.get(Addon, uuid).state == "deprovisioned")
        if ends[uuid] != died or jobs[uuid] > 1:
            yield f"{uuid}: {ends[uuid]} ends, {jobs[uuid]} deprovision jobs, dead: {died}"
    for partner in world.partners.values():
        yield from (f"{uuid} was deleted {n} times" for uuid, n in partner.deleted.items() if n > 1)


@rule(5)
def nothing_is_left_in_the_middle(world: World, rows: Snapshot) -> Iterator[str]:
    """Adopted or deleted; no obligation is open."""
    open_jobs = [each.kind for each in rows.all(Job, state=("todo", "doing"))]
    between = [each.name for each in rows.all(Addon, state=("provisioning", "deprovisioning"))]
    if open_jobs or between:
        yield f"jobs {open_jobs}, add-ons {between}"


@rule(6)
def a_clear_refusal_leaves_nothing(world: World, rows: Snapshot) -> Iterator[str]:
    """Nothing visible, and no DELETE for what never was."""
    deleted = {asked_about(each) for each in world.sent if each.method == "DELETE"}
    for uuid, heard in world.heard.items():
        clear = set(heard[:-1]) <= {"unsent"} and heard[-1] in ("no", "unsent")
        if not clear or world.destroyed[uuid]:
            continue
        addon = rows.get(Addon, uuid)
        told = [e.data["description"] for e in rows.all(Event, kind="release") if addon.name in e.data["description"]]
        if addon.state != "deprovisioned" or told or uuid in deleted:
            yield f"{addon.name} heard {heard}: {addon.state}, releases {told}, told to delete: {uuid in deleted}"


@rule(18)
def a_repeat_is_the_same_bytes(world: World, rows: Snapshot) -> Iterator[str]:
    """Every POST for a uuid; every attempt of a delivery, with a signature that fits."""
    first: dict[str, tuple[object, ...]] = {}
    for each in world.sent:
        if each.method == "POST":
            sent = (each.url, dict(each.headers), each.body)
            if first.setdefault(asked_about(each), sent) != sent:
                yield f"POST for {asked_about(each)} differs from the first"
    for one in world.receiver.received:
        body = one.request.body or b""
        _, secret = world.hooks[one.hook]
        mac = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        if one.request.headers["Heroku-Webhook-Hmac-SHA256"] != mac:
            yield f"signature of {one.delivery}"
        if first.setdefault(one.delivery, (one.hook, body)) != (one.hook, body):
            yield f"delivery {one.delivery} differs from its first attempt"


@rule(18)
def ordered_subscriptions_never_overtake(world: World, rows: Snapshot) -> Iterator[str]:
    """`sync`: in the order of events; the next one only when this one was taken or its time is over."""
    numbers = {each.id: each.number for each in rows.all(Event)}
    window = timedelta(seconds=world.rules.webhook_retry_window)
    for hook, (level, _) in world.hooks.items():
        got = [each for each in world.receiver.received if each.hook == hook]
        for one, following in zip(got, got[1:], strict=False):
            if level != "sync" or one.delivery == following.delivery:
                continue
            over = one.taken or one.at >= one.event_at + window
            if numbers[one.event] >= numbers[following.event] or not over:
                yield f"{hook}: event {numbers[following.event]} came after {numbers[one.event]}, taken: {one.taken}"


@rule(22)
def no_secret_is_kept_or_told(world: World, rows: Snapshot) -> Iterator[str]:
    """In events, exchanges, jobs, deliveries, log lines of apps and our own."""
    kept = {noun.__name__: [vars(each) for each in rows.all(noun)] for noun in (Event, Exchange, Job)}
    kept["WebhookDelivery"] = [each.payload for each in rows.all(WebhookDelivery)]
    texts = {name: json.dumps(each, default=str) for name, each in kept.items()}
    texts["log lines"] = "\n".join(world.platform.lines)
    texts["our own log"] = "\n".join(world.own_log)
    for name, text in texts.items():
        yield from (f"{name} hold(s) {secret}" for secret in sorted(world.secrets) if secret in text)


@rule(8)
def the_api_shows_the_newest_config(world: World, rows: Snapshot) -> Iterator[str]:
    """What a customer reads is the fold, too."""
    for app in rows.all(App):
        log = world.witness.logs[app.id]
        seen = world.shown_config[app.id]
        if seen != log.vars:
            yield f"{app.name} shows {seen}, the log says {log.vars}"


ALL = (
    no_orphan_no_ghost,
    one_resource_a_uuid,
    a_delete_counts_once,
    nothing_is_left_in_the_middle,
    a_clear_refusal_leaves_nothing,
    a_repeat_is_the_same_bytes,
    ordered_subscriptions_never_overtake,
    the_api_shows_the_newest_config,
)


def rest(world: World, partners: Behaviour = CORRECT) -> None:
    """Partners are like this until all that can end without them has ended, then well; and then all is looked at."""
    while customer.end_release_phase(world, succeeded=True):
        pass
    world.come_to_rest(partners)
    check_at_rest(world)


def check_at_rest(world: World) -> None:
    """All of them. The world has settled."""
    with world.platform.database.snapshot() as rows:
        apps = {each.id: each.name for each in rows.all(App)}
    world.shown_config = {app: world.customer("GET", f"/apps/{name}/config-vars").json for app, name in apps.items()}
    with world.platform.database.snapshot() as rows:
        for each in ALL:
            world.broken += each(world, rows)
        world.broken += world.witness.releases_are_as_seen(rows)
    world.check()


def check_at_the_end(world: World) -> None:
    """Once an example: what takes longer."""
    with world.platform.database.snapshot() as rows:
        world.broken += no_secret_is_kept_or_told(world, rows)
    try_dead_tokens(world)
    world.check()

"""What partners call: the token endpoint and the API with the token of one instance; and what must be answered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from .platform import Reply
from .rule import rule
from .template import client_secret, declared
from .wallet import Wallet
from .world import World

OTHER = {"alpha": "beta", "beta": "alpha"}


@rule(13)
def a_grant_works_once_in_time_with_its_secret(good: bool, reply: Reply) -> Iterator[str]:
    """And never else."""
    if reply.ok != good:
        yield f"answered {reply.status}, a right to it: {good}"


@rule(15)
def refresh_works_while_the_add_on_lives(good: bool, state: str, reply: Reply) -> Iterator[str]:
    """Never after deprovisioning."""
    if reply.ok != good:
        yield f"answered {reply.status} for an add-on that is {state}"


@rule(15)
def an_access_token_ends_in_time_and_with_the_add_on(good: bool, alive: bool, reply: Reply) -> Iterator[str]:
    """401 then, or nothing is found: after an asynchronous deadline it lasts until it expires (partner-api §2.12)."""
    refused = reply.status == 401 or (not alive and (reply.status in (403, 404) or reply.json == []))
    if (good and reply.status == 401) or not (good or refused):
        yield f"answered {reply.status}, token good: {good}, add-on alive: {alive}"


@rule(17)
def wrong_credentials_change_nothing(before: bytes, after: bytes, reply: Reply) -> Iterator[str]:
    """401 and not a byte of the rows."""
    if reply.status != 401:
        yield f"answered {reply.status}"
    if before != after:
        yield "rows have changed"


@rule(10)
def an_undeclared_var_is_refused_whole(before: bytes, after: bytes, reply: Reply) -> Iterator[str]:
    """Nothing of the request is done."""
    if reply.status != 422 or before != after:
        yield f"answered {reply.status}, rows have changed: {before != after}"


def lives(world: World, uuid: str) -> bool:
    """Whether its tokens may work."""
    return world.addon(uuid).state != "deprovisioned"


def exchange(world: World, uuid: str, secret: str = "right") -> None:
    """The grant code for tokens. `secret`: right, or that of another partner."""
    wallet = world.partner_of(uuid).wallets.get(uuid)
    if wallet is None:
        return
    before = world.platform.image()
    right = secret == "right"
    slug = world.slugs[uuid] if right else OTHER[world.slugs[uuid]]
    form = {"grant_type": "authorization_code", "code": wallet.code, "client_secret": client_secret(slug)}
    reply = world.ask("POST", "/oauth/token", form=form)
    good = wallet.grant_is_good(world.now) and lives(world, uuid)
    world.broken += a_grant_works_once_in_time_with_its_secret(good and right, reply)
    if reply.ok:
        wallet.used = True
        _keep(world, wallet, reply)
    else:
        world.broken += wrong_credentials_change_nothing(before, world.platform.image(), reply)


def refresh(world: World, uuid: str, secret: str = "right") -> None:
    """A new access token."""
    wallet = world.partner_of(uuid).wallets.get(uuid)
    if wallet is None or wallet.refresh_token is None:
        return
    before = world.platform.image()
    right = secret == "right"
    slug = world.slugs[uuid] if right else OTHER[world.slugs[uuid]]
    form = {"grant_type": "refresh_token", "refresh_token": wallet.refresh_token, "client_secret": client_secret(slug)}
    reply = world.ask("POST", "/oauth/token", form=form)
    world.broken += refresh_works_while_the_add_on_lives(right and lives(world, uuid), world.addon(uuid).state, reply)
    if reply.ok:
        _keep(world, wallet, reply)
    else:
        world.broken += wrong_credentials_change_nothing(before, world.platform.image(), reply)


def _keep(world: World, wallet: Wallet, reply: Reply) -> None:
    wallet.access_token = reply.json["access_token"]
    wallet.refresh_token = reply.json["refresh_token"]
    wallet.access_expires_at = world.now + timedelta(seconds=reply.json["expires_in"])
    world.secrets |= {reply.json["access_token"], reply.json["refresh_token"]}


def token(world: World, uuid: str) -> str | None:
    """An access token, got in the way that is open; the newest even if it does not work any more."""
    wallet = world.partner_of(uuid).wallets.get(uuid)
    if wallet is None:
        return None
    if wallet.refresh_token is None:
        if wallet.grant_is_good(world.now):
            exchange(world, uuid)
    elif not wallet.access_is_good(world.now):
        refresh(world, uuid)
    return wallet.access_token


def call(world: World, uuid: str, method: str, path: str, body: Any = None) -> Reply | None:
    """With the instance's token; None if the partner has none."""
    mine = token(world, uuid)
    if mine is None:
        return None
    wallet = world.partner_of(uuid).wallets[uuid]
    alive = lives(world, uuid)
    good = wallet.access_is_good(world.now) and alive
    reply = world.ask(method, path, body, mine)
    world.broken += an_access_token_ends_in_time_and_with_the_add_on(good, alive, reply)
    return reply


def set_config(world: World, uuid: str, which: int = 0, how: str = "set") -> None:
    """One of the declared vars to a new value, to the one it has, or away; or one that is not declared."""
    partner = world.partner_of(uuid)
    names = declared(partner.slug)
    name = names[which % len(names)]
    value = {"set": partner.new_value(), "same": world.addon(uuid).config.get(name), "remove": None}.get(how, "x")
    pairs = [{"name": name, "value": value}]
    if how == "undeclared":
        pairs = [{"name": names[0], "value": partner.new_value()}, {"name": "PATH", "value": "/bin"}]
    before = world.platform.image() if token(world, uuid) else b""
    before = world.platform.image()
    reply = call(world, uuid, "PATCH", f"/addons/{uuid}/config", {"config": pairs})
    if reply and how == "undeclared" and lives(world, uuid) and reply.status != 401:
        world.broken += an_undeclared_var_is_refused_whole(before, world.platform.image(), reply)
    found = world.resource(uuid)
    if reply and reply.ok and found:
        found.config = {each["name"]: each["value"] for each in reply.json}


def say_provisioned(world: World, uuid: str) -> None:
    """`actions/provision`, by a partner that has finished."""
    found = world.resource(uuid)
    reply = call(world, uuid, "POST", f"/addons/{uuid}/actions/provision") if found else None
    if reply and reply.ok and found:
        found.ready = True


def give_up(world: World, uuid: str) -> None:
    """`actions/deprovision`: it could not be made, or a deletion has ended. Heroku's yes counts for what is there; what
    another part of the partner is just about to make comes all the same."""
    partner = world.partner_of(uuid)
    reply = call(world, uuid, "POST", f"/addons/{uuid}/actions/deprovision")
    if reply and reply.ok and uuid in partner.resources:
        partner.remove(uuid)


def finish_deletion(world: World, uuid: str, tell: bool) -> None:
    """What was answered with 202 is done, and said or not."""
    partner = world.partner_of(uuid)
    if uuid in partner.doomed:
        partner.remove(uuid)
        if tell:
            call(world, uuid, "POST", f"/addons/{uuid}/actions/deprovision")


def partners_restart(world: World, forgets: bool) -> None:
    """What they had not begun is done late, or forgotten."""
    for partner in world.partners.values():
        if forgets:
            partner.backlog.clear()
        partner.work_off()


@rule(15)
def no_token_outlives_its_add_on(uuid: str, asked: list[Reply], found: list[Reply]) -> Iterator[str]:
    """Grant and refresh token are refused; with an access token nothing is found, if it is taken at all."""
    said = [each.status for each in asked], [each.status for each in found]
    if any(status != 401 for status in said[0]) or any(status not in (401, 404) for status in said[1]):
        yield f"{uuid}: {said}"


def try_dead_tokens(world: World) -> None:
    """Of all add-ons that are gone."""
    for uuid in world.addons:
        wallet = world.partner_of(uuid).wallets.get(uuid)
        if wallet is None or lives(world, uuid):
            continue
        secret = {"client_secret": client_secret(world.slugs[uuid])}
        forms = [{"grant_type": "authorization_code", "code": wallet.code}]
        forms += [{"grant_type": "refresh_token", "refresh_token": each} for each in [wallet.refresh_token] if each]
        asked = [world.ask("POST", "/oauth/token", form=form | secret) for form in forms]
        found = [world.ask("GET", f"/addons/{uuid}", token=each) for each in [wallet.access_token] if each]
        world.broken += no_token_outlives_its_add_on(uuid, asked, found)

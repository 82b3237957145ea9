"""What the partner calls back: with good tokens, and with such as end under its hands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from platform_sim.conformance.calls import BACK, TOKEN, api, of_new_tokens, refreshes, succeeded, swaps
from platform_sim.conformance.home import Instance
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import Heard, NotSeen
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

SCRIPT = Script()
scene = SCRIPT.scene
EXPIRED, ROTATED, REFUSED, EARLY, BUSY, HASTY = "expired", "rotated", "refused", "early", "busy", "hasty"
"""Facts: what the partner called in the scene of that name, as far as it belongs to it."""
LATE, SECRET = "late end", "client secret"
HOURS_9 = 9 * 3600
UNHURRIED = 2.0
"""Wall seconds that one who has answered with 200 is given to begin with its grant."""
QUIET = 0.1
"""Wall seconds without a call after which no more are waited for."""
MOST = 1000
"""Calls, after which nobody waits for silence any more."""
LOOP = 0.3
"""Wall seconds for which one is watched who might ask for ever."""
ENDED = ("provisioned", "deprovisioned")


@scene("calls back", f"{BACK}, {SECRET}", after="second")
def _back(stage: Stage) -> None:
    order, heard = stage.seen.good("provision"), stage.home.overheard
    if order.status != 202:
        heard.wait(lambda calls: bool(swaps(calls)), min(stage.patience, UNHURRIED))
    _quiet(stage)
    stage.seen.facts[SECRET] = stage.home.client_secret
    stage.seen.facts[BACK] = tuple(heard.calls)


@scene("expired token", f"expired provision, expired deprovision, {EXPIRED}", mode=Mode.DEFAULT, needs="back")
def _expired(stage: Stage) -> None:
    with _after_each(stage, _first(_is_swap), lambda: stage.home.advance(HOURS_9)):
        _lived(stage, EXPIRED, _recovered)


@scene("rotation", f"rotated provision, rotated deprovision, {ROTATED}", mode=Mode.DEFAULT, needs="back")
def _rotated(stage: Stage) -> None:
    home = stage.home
    home.set_rules(refresh_token_rotates=True)
    try:
        with _after_each(stage, _first(_is_swap, _is_api), home.end_access_tokens):
            _lived(stage, ROTATED, lambda calls: len(refreshes(calls)) > 1)
    finally:
        home.set_rules(refresh_token_rotates=False)


@scene("short life", f"early provision, early deprovision, {EARLY}", mode=Mode.DEFAULT, needs="back")
def _early(stage: Stage) -> None:
    usual = stage.home.platform.database.rules.access_token_life
    stage.home.set_rules(access_token_life=1)
    try:
        _lived(stage, EARLY, lambda calls: bool(of_new_tokens(calls)))
    finally:
        stage.home.set_rules(access_token_life=usual)


@scene("refused refresh", f"refused provision, refused deprovision, {REFUSED}", mode=Mode.DEFAULT, needs="back")
def _refused(stage: Stage) -> None:
    secret = stage.home.client_secret

    def watched(calls: list[Heard]) -> bool:
        return any(call.status == 401 for call in refreshes(calls))

    try:
        with _after_each(stage, _first(_is_swap), lambda: stage.home.set_client_secret("another")):
            _lived(stage, REFUSED, watched, LOOP)
    finally:
        stage.home.set_client_secret(secret)


@scene("busy platform", f"busy provision, busy deprovision, {BUSY}", mode=Mode.DEEP, needs="back async")
def _busy(stage: Stage) -> None:
    refused: list[str] = []

    def once(method: str, path: str) -> int | None:
        if path == TOKEN or path in refused or not path.startswith("/addons/"):
            return None
        refused.append(path)
        return 503

    stage.home.overheard.instead = once
    try:
        _lived(stage, BUSY, _finished)
    finally:
        stage.home.overheard.instead = lambda _method, _path: None


@scene("slow answer", f"hasty provision, hasty deprovision, {HASTY}", mode=Mode.DEEP, needs="back async")
def _hasty(stage: Stage) -> None:
    """The 202 is under way until the partner has reported, or for as long as it is waited for."""
    heard, usual = stage.home.overheard, stage.home.way
    begun = len(heard.calls)

    def held_up(request: PartnerRequest, on: Send) -> PartnerAnswer:
        answer = usual(request, on)
        if request.method == "POST":
            heard.wait(lambda calls: any(map(_reports, calls[begun:])), min(stage.patience, UNHURRIED))
        return answer

    stage.home.way = held_up
    try:
        _lived(stage, HASTY, _finished)
    finally:
        stage.home.way = usual


@scene("late end", f"late provision, {LATE} deprovision, {LATE}", mode=Mode.DEFAULT, after="second")
def _late(stage: Stage) -> None:
    stage.home.allow("async_deprovisioning")
    try:
        found = stage.install("late provision")
        found = stage.home.wait_for_state(found.uuid, ENDED, stage.patience)
        if found.state != "provisioned":
            raise NotSeen(f"the add-on never was provisioned: it is {found.state}")
        stage.destroy(f"{LATE} deprovision", found.uuid)
        if stage.seen.one(f"{LATE} deprovision").status == 202:
            found = stage.home.wait_for_state(found.uuid, ("deprovisioned",), stage.patience)
            stage.seen.facts[LATE] = found
    finally:
        stage.home.allow()


def _lived(stage: Stage, name: str, enough: Callable[[list[Heard]], bool], watch: float = 0.0) -> None:
    """One add-on comes and goes; its calls, until `enough` is true of them, are the fact `name`.

    `watch`: wall seconds more.
    """
    heard = stage.home.overheard
    begun = len(heard.calls)
    found = stage.install(f"{name} provision")
    stage.seen.good(f"{name} provision")
    heard.wait(lambda calls: enough(calls[begun:]), stage.patience)
    if watch:
        heard.wait(lambda _: False, watch)
    elif found.state == "provisioning":
        found = _settled(stage, found, heard.calls[begun:])
    _quiet(stage)
    stage.seen.facts[name] = tuple(heard.calls[begun:])
    stage.let_go(f"{name} deprovision", found.uuid)


def _settled(stage: Stage, found: Instance, calls: list[Heard]) -> Instance:
    """Wait for the end of an order, if it is to be hoped for."""
    hopeful = any(map(_is_api, calls)) or any(map(succeeded, refreshes(calls)))
    return stage.home.wait_for_state(found.uuid, ENDED, stage.patience if hopeful else 0.0)


def _quiet(stage: Stage) -> None:
    """Until nothing has been called for a moment."""
    heard, known = stage.home.overheard, -1
    while known < len(heard.calls) < MOST:
        known = len(heard.calls)
        heard.wait(partial(_more_than, known), QUIET)


def _more_than(known: int, calls: list[Heard]) -> bool:
    return len(calls) > known


def _recovered(calls: list[Heard]) -> bool:
    refused = next((n for n, call in enumerate(calls) if call in api(calls) and call.status == 401), None)
    return refused is not None and any(map(_is_api, calls[refused:]))


def _finished(calls: list[Heard]) -> bool:
    return any(_reports(call) and succeeded(call) for call in calls)


def _reports(call: Heard) -> bool:
    return call.place.endswith("/actions/provision")


def _is_swap(call: Heard) -> bool:
    return succeeded(call) and bool(swaps([call]))


def _is_api(call: Heard) -> bool:
    return succeeded(call) and bool(api([call]))


def _first(*kinds: Callable[[Heard], bool]) -> Callable[[Heard], bool]:
    """Whether a call is the first one of one of these kinds."""
    left = list(kinds)

    def fits(call: Heard) -> bool:
        kind = next((each for each in left if each(call)), None)
        if kind is not None:
            left.remove(kind)
        return kind is not None

    return fits


@contextmanager
def _after_each(stage: Stage, fits: Callable[[Heard], bool], act: Callable[[], None]) -> Iterator[None]:
    """Meanwhile `act` comes after each call that fits, before the partner reads the answer."""
    stage.home.overheard.told = lambda call: act() if fits(call) else None
    try:
        yield
    finally:
        stage.home.overheard.told = lambda _: None

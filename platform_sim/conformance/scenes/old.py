"""What only partners of version 1 are asked for: orders without a uuid, second ones of an app, logins by their id."""

from platform_sim.conformance.scenes.life import FIRST, provisioned
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.scenes.sign_in import Gateway
from platform_sim.core.model.sso import OF_A_GET

SCRIPT = Script()
scene = SCRIPT.scene
BARE, END_OF_BARE, AFTER_BARE = "bare order", "end of a bare order", "plan change after a bare order"
SIBLING = "second order of an app"
LOGIN, FORGED, STALE = "login by id", "login by id with a wrong token", "login by id that is late"
LATE = 360
"""Seconds."""


@scene("bare orders", f"{BARE}, {AFTER_BARE}, {END_OF_BARE}", needs="version-1", after="install")
def _bare(stage: Stage) -> None:
    """As it was in 2014: neither uuid nor grant, and a token that is null."""
    order = stage.order(uuid=..., oauth_grant=..., logplex_token=None)
    stage.send(BARE, stage.request("POST", "", order))
    stage.seen.good(BARE)
    called = order["heroku_id"]
    stage.send(AFTER_BARE, stage.request("PUT", called, {"heroku_id": called, "plan": stage.plans[0]}))
    stage.send(END_OF_BARE, stage.request("DELETE", called))


@scene("siblings", SIBLING, needs="version-1 many", mode=Mode.DEFAULT, after="install")
def _sibling(stage: Stage) -> None:
    first = stage.seen.good("provision").sent
    same = {name: first[name] for name in ("heroku_id", "callback_url")}
    stage.send(SIBLING, stage.request("POST", "", stage.order(**same)))


@scene("old logins", f"{LOGIN}, {FORGED}, {STALE}", needs="version-1 sso", mode=Mode.DEFAULT, after="install")
def _logins(stage: Stage) -> None:
    first = provisioned(stage, FIRST)
    for moment, age, token in ((LOGIN, 60, None), (FORGED, 90, "0" * 40), (STALE, LATE, None)):
        gateway = Gateway(stage, first)
        form = gateway.entry.signed(gateway.salt, str(stage.home.wall_seconds() - age))
        old = {name: form[name] for name in ("id", *OF_A_GET)}
        gateway.send(moment, old | ({"token": token} if token else {}))

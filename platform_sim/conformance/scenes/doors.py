"""Who is let in: requests without the credentials of the manifest, or with others, about an add-on that may be lost."""

import base64

from platform_sim.conformance.scenes.life import SECOND
from platform_sim.conformance.scenes.scene import Mode, Script, Stage, basic
from platform_sim.conformance.seen import NotSeen
from platform_sim.partners.manifest import credentials

SCRIPT = Script()
scene = SCRIPT.scene
WRONG = ("without credentials", "with a wrong password", "as somebody else", "with a token")
CALLS = ("provision", "plan change", "deprovision")
MOMENTS = tuple(f"{call} {how}" for call in CALLS for how in WRONG)
AFTER = "plan change after strangers"
CAPITALS, NO_PASSWORD, LONGER, SHORTER, LOWER, GARBAGE = (
    "plan change as the same name in capitals",
    "plan change with an empty password",
    "plan change with a longer password",
    "plan change with the beginning of the password",
    "plan change with the scheme in small letters",
    "odd credentials",
)
"""Of what never was: whoever is let in finds nothing."""


@scene("strangers", ", ".join((*MOMENTS, AFTER, "second deprovision")), after="second")
def _strangers(stage: Stage) -> None:
    user, password = credentials(stage.home.manifest)
    given = (
        "",
        basic(user, password[:-1] + ("x" if password[-1:] != "x" else "y")),
        basic("somebody", password),
        f"Bearer {password}",
    )
    uuid = stage.seen.good("second provision").sent["uuid"]
    if stage.seen.fact(SECOND).state == "deprovisioned":
        raise NotSeen("the second add-on is gone: the platform did not take the answer")
    for how, authorization in zip(WRONG, given, strict=True):
        header = {"Authorization": authorization}
        stage.send(f"provision {how}", stage.request("POST", "", stage.order(), header))
        stage.send(f"plan change {how}", stage.request("PUT", uuid, {"plan": stage.plans[0]}, header))
        stage.send(f"deprovision {how}", stage.request("DELETE", uuid, None, header))
    stage.send(AFTER, stage.request("PUT", uuid, {"plan": stage.plans[0]}))
    stage.destroy("second deprovision", uuid)


@scene(
    "more strangers",
    ", ".join((CAPITALS, NO_PASSWORD, LONGER, SHORTER, LOWER, GARBAGE)),
    mode=Mode.DEFAULT,
    after="install",
)
def _more_strangers(stage: Stage) -> None:
    user, password = credentials(stage.home.manifest)
    right = basic(user, password)
    bare = base64.b64encode(f"{user}{password}".encode()).decode()
    given = (
        (CAPITALS, basic(user.upper(), password)),
        (NO_PASSWORD, basic(user, "")),
        (LONGER, basic(user, password + "x")),
        (SHORTER, basic(user, password[:-1])),
        (LOWER, right.replace("Basic", "basic")),
        *((GARBAGE, f"Basic {value}".strip()) for value in ("", bare, "!!!", "/w==", "QUFB" * 2000)),
    )
    for moment, authorization in given:
        header = {"Authorization": authorization}
        stage.send(moment, stage.request("PUT", stage.fresh_uuid(), {"plan": stage.plans[0]}, header))

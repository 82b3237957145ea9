"""Who is let in: requests without the credentials of the manifest, or with others, about an add-on that may be lost."""

from platform_sim.conformance.scenes.scene import Script, Stage, basic
from platform_sim.partners.manifest import credentials

SCRIPT = Script()
scene = SCRIPT.scene
WRONG = ("without credentials", "with a wrong password", "as somebody else", "with a token")
CALLS = ("provision", "plan change", "deprovision")
MOMENTS = tuple(f"{call} {how}" for call in CALLS for how in WRONG)
AFTER = "plan change after strangers"


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
    for how, authorization in zip(WRONG, given, strict=True):
        header = {"Authorization": authorization}
        stage.send(f"provision {how}", stage.request("POST", "", stage.order(), header))
        stage.send(f"plan change {how}", stage.request("PUT", uuid, {"plan": stage.plans[0]}, header))
        stage.send(f"deprovision {how}", stage.request("DELETE", uuid, None, header))
    stage.send(AFTER, stage.request("PUT", uuid, {"plan": stage.plans[0]}))
    stage.destroy("second deprovision", uuid)

"""The life of one add-on as a customer leads it: installed, asked for again, destroyed, and asked for after its end."""

from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import NotSeen

SCRIPT = Script()
scene = SCRIPT.scene
FIRST = "first"
SECOND = "second"
"""The facts that hold the instances, as they were when they had settled."""


@scene("install", f"provision, {FIRST}")
def _install(stage: Stage) -> None:
    found = stage.install("provision")
    if found.state == "provisioning":
        found = stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    stage.seen.facts[FIRST] = found


@scene("repeat", "provision again", after="install")
def _repeat(stage: Stage) -> None:
    stage.repeat("provision again", stage.seen.good("provision"))


@scene("second", f"second provision, {SECOND}", after="install")
def _second(stage: Stage) -> None:
    stage.seen.good("provision")
    found = stage.install("second provision")
    stage.seen.facts[SECOND] = stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)


@scene("end", "deprovision, deprovision again, plan change after the end, provision after the end", after="install")
def _end(stage: Stage) -> None:
    first = stage.seen.fact(FIRST)
    if first.state != "provisioned":
        raise NotSeen(f"the add-on never was provisioned: it is {first.state}")
    stage.destroy("deprovision", first.uuid)
    order, end = stage.seen.one("provision"), stage.seen.good("deprovision")
    stage.send("deprovision again", end.request)
    stage.send("plan change after the end", stage.request("PUT", first.uuid, {"plan": stage.plans[-1]}))
    stage.repeat("provision after the end", order)


@scene("unknown", "deprovision of an unknown uuid, plan change of an unknown uuid", mode=Mode.QUICK)
def _unknown(stage: Stage) -> None:
    uuid = stage.fresh_uuid()
    stage.send("plan change of an unknown uuid", stage.request("PUT", uuid, {"plan": stage.plans[0]}))
    stage.send("deprovision of an unknown uuid", stage.request("DELETE", uuid))

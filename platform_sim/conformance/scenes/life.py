"""The life of one add-on as a customer leads it: installed, asked for again, destroyed, and asked for after its end."""

from platform_sim.conformance.home import Instance
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import NotSeen

SCRIPT = Script()
scene = SCRIPT.scene
FIRST = "first"
SECOND = "second"
"""The facts that hold the instances, as they were when they had settled."""


CALLED = "called"
"""The fact that holds what the partner has called until both had settled."""


def provisioned(stage: Stage, name: str) -> Instance:
    """The first or the second, NotSeen if it never came to be."""
    found: Instance = stage.seen.fact(name)
    if found.state != "provisioned":
        raise NotSeen(f"the {name} add-on never was provisioned: it is {found.state}")
    return found


@scene("install", f"provision, {FIRST}, {CALLED}")
def _install(stage: Stage) -> None:
    found = stage.install("provision")
    if found.state == "provisioning":
        found = stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    stage.seen.facts[FIRST] = found
    stage.seen.facts[CALLED] = tuple(stage.home.overheard.calls)
    stage.seen.good("provision")
    if found.state == "deprovisioned":
        raise NotSeen("the customer did not get the add-on, though the partner said yes")


@scene("repeat", "provision again", after="install")
def _repeat(stage: Stage) -> None:
    stage.repeat("provision again", stage.seen.good("provision"))


@scene("second", f"second provision, {SECOND}", after="install")
def _second(stage: Stage) -> None:
    found = stage.install("second provision")
    found = stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    stage.seen.facts[SECOND] = found
    stage.seen.facts[CALLED] = tuple(stage.home.overheard.calls)


@scene("end", "deprovision, deprovision again, plan change after the end, provision after the end", after="install")
def _end(stage: Stage) -> None:
    first = provisioned(stage, FIRST)
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

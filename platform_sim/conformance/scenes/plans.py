"""Plan changes of the second add-on: between all plans, again, and to what is no plan."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from platform_sim.conformance.scenes.life import SECOND, provisioned
from platform_sim.conformance.scenes.orders import NO_FIELD, NO_PLAN
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.partners.client import Call

SCRIPT = Script()
scene = SCRIPT.scene
CHANGE, AGAIN = "plan change", "plan change again"
ORDER_AFTER = "provision after a plan change"
AT_ONCE, TIMES = "plan change at once", 5
UNKNOWN, MISSING = "plan change to an unknown plan", "plan change without a plan"
AFTER_REFUSAL = "plan change after a refusal"
STRANGE = "plan change with an unknown field"


def tour(plans: Sequence[str]) -> Iterator[str]:
    """From the first to each other and back, so that every step from one to another comes once."""
    first, *others = plans
    for other in others[1:]:
        yield other
        yield first
    if others:
        yield others[0]
        yield from tour(others)
        yield first


@scene("plan changes", f"{CHANGE}, {AGAIN}, {ORDER_AFTER}", needs="plans", after="second")
def _changes(stage: Stage) -> None:
    uuid, now = provisioned(stage, SECOND).uuid, stage.plans[0]
    for plan in tour(stage.plans):
        if plan == now:
            continue
        stage.change_plan(CHANGE, uuid, plan)
        if stage.seen.all(CHANGE)[-1].succeeded:
            now = plan
            if ORDER_AFTER not in stage.seen.exchanges:
                stage.repeat(ORDER_AFTER, stage.seen.good("second provision"))
    good = [found for found in stage.seen.all(CHANGE) if found.succeeded] or [stage.seen.good(CHANGE)]
    stage.repeat(AGAIN, good[-1])


@scene("plan refusals", f"{UNKNOWN}, {MISSING}, {AFTER_REFUSAL}, {STRANGE}", after="second")
def _refusals(stage: Stage) -> None:
    uuid, plan = provisioned(stage, SECOND).uuid, {"plan": stage.plans[0]}
    stage.send(UNKNOWN, stage.request("PUT", uuid, {"plan": NO_PLAN}))
    stage.send(AFTER_REFUSAL, stage.request("PUT", uuid, plan))
    stage.send(MISSING, stage.request("PUT", uuid, {}))
    stage.send(STRANGE, stage.request("PUT", uuid, plan | NO_FIELD))


@scene("plan changes at once", AT_ONCE, mode=Mode.DEFAULT, needs="plans", after="plan changes")
def _at_once(stage: Stage) -> None:
    change = next(found for found in stage.seen.all(CHANGE) if found.succeeded).request
    with ThreadPoolExecutor(TIMES) as threads:
        answers = list(threads.map(stage.home.deliver, [change] * TIMES))
    for answer in answers:
        stage.called(AT_ONCE, Call(change, answer))

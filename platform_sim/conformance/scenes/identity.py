"""One uuid is one resource: asked for twenty times at once, again after a lost answer, with other words, or by name."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from platform_sim.conformance.scenes.orders import delivered
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.partners.client import Call
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

SCRIPT = Script()
scene = SCRIPT.scene
TIMES = 20
SHORTLY = 0.5
"""Wall seconds for which a partner is given to go on with what is gone already."""
AT_ONCE = "provision at once"
LOST, AFTER_LOSS = "provision whose answer is lost", "provision after a lost answer"
MEETING, END_AFTER, ORDER_AFTER = "provision and deprovision at once", "deprovision once more", "provision once more"
OTHER_PLAN = "provision again with another plan"
OTHER_WORDS = "provision again in other words"
CAPITALS = "provision again in capitals"


@scene("at once", AT_ONCE, mode=Mode.DEFAULT, after="strange orders")
def _at_once(stage: Stage) -> None:
    calls: list[Call] = []

    def way(request: PartnerRequest, on: Send) -> PartnerAnswer:
        with ThreadPoolExecutor(TIMES) as threads:
            calls.extend(Call(request, answer) for answer in threads.map(on, [request] * TIMES))
        return calls[0].answer

    delivered(stage, way)
    for call in calls:
        stage.called(AT_ONCE, call)


@scene("lost answer", f"{LOST}, {AFTER_LOSS}", mode=Mode.DEFAULT, after="strange orders")
def _lost(stage: Stage) -> None:
    calls: list[Call] = []

    def way(request: PartnerRequest, on: Send) -> PartnerAnswer:
        calls.extend(Call(request, on(request)) for _ in (LOST, AFTER_LOSS))
        return calls[-1].answer

    delivered(stage, way)
    for moment, call in zip((LOST, AFTER_LOSS), calls, strict=True):
        stage.called(moment, call)


@scene("the same otherwise", f"{CAPITALS}, {OTHER_WORDS}, {OTHER_PLAN}", mode=Mode.DEFAULT, after="install")
def _otherwise(stage: Stage) -> None:
    order = stage.seen.good("provision")
    spaced = json.dumps(dict(reversed(order.sent.items())), indent=1).encode()
    stage.send(OTHER_WORDS, replace(order.request, body=spaced))
    stage.repeat(CAPITALS, order, uuid=str(order.sent["uuid"]).upper())
    if len(stage.plans) > 1:
        stage.repeat(OTHER_PLAN, order, plan=stage.plans[1])


@scene("meeting", f"{MEETING}, {END_AFTER}, {ORDER_AFTER}", mode=Mode.DEEP, after="strange orders")
def _meeting(stage: Stage) -> None:
    calls: list[Call] = []

    def way(request: PartnerRequest, on: Send) -> PartnerAnswer:
        both = [request, stage.request("DELETE", str(json.loads(request.body or b"{}").get("uuid")))]
        with ThreadPoolExecutor(2) as threads:
            calls.extend(Call(each, answer) for each, answer in zip(both, threads.map(on, both), strict=True))
        return calls[0].answer

    delivered(stage, way, SHORTLY)
    order, end = (stage.called(MEETING, call).request for call in calls)
    stage.send(END_AFTER, end)
    stage.send(ORDER_AFTER, order)

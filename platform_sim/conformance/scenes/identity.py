"""One uuid is one resource: asked for twenty times at once, again after a lost answer, with other words, or by name."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from platform_sim.conformance.scenes.life import FIRST
from platform_sim.conformance.scenes.orders import altered, delivered
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.partners.client import Call
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

SCRIPT = Script()
scene = SCRIPT.scene
TIMES = 20
AT_ONCE = "provision at once"
LOST, AFTER_LOSS = "provision whose answer is lost", "provision after a lost answer"
SAME_NAME = "provision of the same name"
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


@scene(
    "the same otherwise", f"{CAPITALS}, {OTHER_WORDS}, {OTHER_PLAN}, {SAME_NAME}", mode=Mode.DEFAULT, after="install"
)
def _otherwise(stage: Stage) -> None:
    order = stage.seen.good("provision")
    spaced = json.dumps(dict(reversed(order.sent.items())), indent=1).encode()
    stage.send(OTHER_WORDS, replace(order.request, body=spaced))
    stage.repeat(CAPITALS, order, uuid=str(order.sent["uuid"]).upper())
    altered(stage, SAME_NAME, name=stage.seen.fact(FIRST).name)
    if len(stage.plans) > 1:
        stage.repeat(OTHER_PLAN, order, plan=stage.plans[1])

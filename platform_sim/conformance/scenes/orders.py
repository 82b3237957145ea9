"""Orders that are not like the first: with things that the partner does not know, and with a plan that it must refuse.

Each is a customer's order that is changed on its way, so that it has a grant and a callback URL that work.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from platform_sim.conformance.home import Instance
from platform_sim.conformance.scenes.life import FIRST, provisioned
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.partners.client import Call
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send

SCRIPT = Script()
scene = SCRIPT.scene
NO_PLAN, NO_REGION = "no-such-plan", "amazon-web-services::no-such-region"
NO_FIELD: dict[str, Any] = {"no_such_field": {"of": ["platform-sim"]}}
NO_OPTION = {"no-such-option": "true"}
UNKNOWN_PLAN = "provision of an unknown plan"
STRANGE = "provision with unknown things and a name that is taken"
"""All at once: what goes well together goes well alone, and costs one resource instead of many."""
ALONE: dict[str, dict[str, Any]] = {
    "provision in an unknown region": {"region": NO_REGION},
    "provision with an unknown option": {"options": NO_OPTION},
    "provision with an unknown field": NO_FIELD,
}
SAME_NAME = "provision of the same name"
NO_GRANT = "provision without a grant"


def delivered(
    stage: Stage, way: Callable[[PartnerRequest, Send], PartnerAnswer], patience: float | None = None
) -> Instance:
    """A customer's order that comes to the partner in this way; back when the partner has done its work, or has lost
    the `patience`: wall seconds, of the stage if not given."""
    usual = stage.home.way
    stage.home.way = lambda request, on: way(request, on) if request.method == "POST" else usual(request, on)
    try:
        found = stage.home.install(stage.plans[0])
    finally:
        stage.home.way = usual
    seconds = stage.patience if patience is None else patience
    return stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), seconds)


def altered(stage: Stage, moment: str, **changes: Any) -> None:
    """A customer's order, with other fields when it comes to the partner."""
    sent: list[Call] = []

    def way(request: PartnerRequest, on: Send) -> PartnerAnswer:
        body = json.dumps(json.loads(request.body or b"{}") | changes, separators=(",", ":")).encode()
        request = replace(request, body=body)
        sent.append(Call(request, on(request)))
        return sent[-1].answer

    delivered(stage, way)
    for call in sent:
        stage.called(moment, call)


@scene("refused orders", UNKNOWN_PLAN, after="install")
def _refused(stage: Stage) -> None:
    altered(stage, UNKNOWN_PLAN, plan=NO_PLAN)


@scene("strange orders", ", ".join((STRANGE, *ALONE, SAME_NAME, NO_GRANT)), mode=Mode.DEFAULT, after="second")
def _strange(stage: Stage) -> None:
    name = provisioned(stage, FIRST).name
    stage.send(NO_GRANT, stage.request("POST", "", stage.order()))
    altered(stage, STRANGE, name=name, region=NO_REGION, options=NO_OPTION, **NO_FIELD)
    if not stage.seen.one(STRANGE).succeeded:
        for moment, changes in ALONE.items():
            altered(stage, moment, **changes)
        altered(stage, SAME_NAME, name=name)

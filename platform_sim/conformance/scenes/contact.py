"""The first question: is anybody there, who takes the manifest's credentials? Without that nothing else means much."""

from platform_sim.conformance.scenes.scene import Script, Stage
from platform_sim.conformance.seen import NotSeen
from platform_sim.partners.contract import Problem

SCRIPT = Script()
scene = SCRIPT.scene
CONTACT = "first contact"
NOBODY: dict[Problem | None, str] = {
    "bad address": "its address cannot be used",
    "unknown host": "its host is not known",
    "refused connection": "nobody listens at its address",
    "no connection": "nobody answers at its address",
}
"""Why there is no partner at all."""


@scene("contact", CONTACT)
def _contact(stage: Stage) -> None:
    request = stage.request("PUT", stage.fresh_uuid(), {"plan": stage.plans[0]})
    answer = stage.home.deliver(request)
    if answer.problem in NOBODY:
        stage.absent = f"the partner cannot be reached: {NOBODY[answer.problem]}"
        raise NotSeen(stage.absent, ends=True)
    found = stage.keep(CONTACT, request, answer)
    if found.answer.problem:
        raise NotSeen(f"the very first request got {found.said}, so nothing else was asked", ends=True)
    if found.status == 401:
        raise NotSeen("the partner does not take the credentials of its manifest, so nothing else was asked", ends=True)
    if 300 <= (found.status or 0) < 400:
        raise NotSeen("the partner sends Heroku elsewhere, so nothing else was asked", ends=True)

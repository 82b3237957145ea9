"""The end of an add-on (partner-api §2.11)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.seen import Seen

RULES = RuleBook("deprovision", "partner-api §2.11")
rule = RULES.rule
GONE = (404, 410)


@rule("D01", MUST, "A deprovisioning request is answered with a success.",
      why="Else the customer cannot get rid of the add-on.",
      fix="Answer DELETE with 204 once the resource is gone, or will be.")  # fmt: skip
def _success(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision")
    if not found.succeeded and found.status != 410:
        yield f"The DELETE was answered with {found.said}.", found


@rule("D02", SHOULD, "The success is 204.", needs="version-3",
      why="204 is version 3's answer; 200 is the legacy form, still common.",
      fix="Answer 204 without a body.")  # fmt: skip
def _no_content(seen: Seen) -> Iterator[Found]:
    found = seen.good("deprovision")
    if found.status != 204:
        yield f"The DELETE was answered with {found.said}.", found


@rule("D03", MUST, "A DELETE that is repeated is harmless.",
      why="Delivery is at least once: Heroku may ask again although you have answered.",
      fix="Answer 410, or 204 again, for a resource that is gone.", source="partner-api §2.1, §2.12")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision again")
    if not found.succeeded and found.status not in GONE:
        yield f"The second DELETE was answered with {found.said}.", found


@rule("D04", SHOULD, "A DELETE that is repeated is answered with 410.",
      why="410 says that the resource was there and is gone; 404 is not promised to count as gone.",
      fix="Keep the uuids of deleted resources and answer 410 for them.",
      source="partner-api §2.6, §2.12, §12", mark="DC")  # fmt: skip
def _again_410(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision again")
    if found.status in (404, *range(200, 300)):
        yield f"The second DELETE was answered with {found.said}.", found


@rule("D05", MUST, "A uuid that was deleted is not provisioned again.", needs="version-3",
      why="A late repeat of the first request would bring back a resource that nobody pays for or deletes.",
      fix="Answer POST for a deleted uuid with 410.", source="partner-api §2.6")  # fmt: skip
def _no_return(seen: Seen) -> Iterator[Found]:
    found = seen.one("provision after the end")
    if found.succeeded:
        yield f"The same uuid was provisioned again: {found.said}.", found


@rule("D06", SHOULD, "Provisioning a deleted uuid is answered with 410.", needs="version-3",
      why="410 is what tells Heroku that this resource has been and is gone.",
      fix="Answer 410.", source="partner-api §2.6")  # fmt: skip
def _no_return_410(seen: Seen) -> Iterator[Found]:
    found = seen.one("provision after the end")
    if not found.succeeded and found.status != 410:
        yield f"It was answered with {found.said}.", found


@rule("D07", MUST, "A plan change of a deleted resource is refused.",
      why="There is nothing to change, and a success would say that there is.",
      fix="Answer PUT for a deleted uuid with 410.", source="partner-api §2.10")  # fmt: skip
def _no_change(seen: Seen) -> Iterator[Found]:
    found = seen.one("plan change after the end")
    if found.status not in GONE and found.status != 422:
        yield f"It was answered with {found.said}.", found


@rule("D08", MUST, "A DELETE for a uuid that never was ends cleanly.",
      why="Heroku may send a DELETE for a request whose answer it never saw, and that you may never have seen.",
      fix="Answer 410 (or 404) for what you do not know.", source="partner-api §2.12", mark="INF")  # fmt: skip
def _unknown(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision of an unknown uuid")
    if not found.succeeded and found.status not in GONE:
        yield f"It was answered with {found.said}.", found


@rule("D09", MUST, "A plan change for a uuid that never was is refused.",
      why="A success would say that the customer is on a plan that does not exist.",
      fix="Answer 404 or 410 for what you do not know.", source="partner-api §2.10", mark="3P")  # fmt: skip
def _unknown_change(seen: Seen) -> Iterator[Found]:
    found = seen.one("plan change of an unknown uuid")
    if found.status not in GONE and found.status != 422:
        yield f"It was answered with {found.said}.", found

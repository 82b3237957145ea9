"""What is true in whatever order things happen: the shortest script that breaks it is the finding."""

from collections.abc import Iterator

from platform_sim.conformance.lifetime import ONE, OTHERS, OVER, STANDS
from platform_sim.conformance.rule import MUST, Found, RuleBook
from platform_sim.conformance.scenes.lives import LIVES
from platform_sim.conformance.seen import NotSeen, Seen

RULES = RuleBook("life cycles", "partner-api §2.6, §2.12", needs="version-3")
rule = RULES.rule


@rule(ONE, MUST, "Whatever comes in whatever order, a uuid is one resource.",
      why="Repeats come late and after other things; one that is answered with something else leaves the app without.",
      fix="Keep id and credentials with the uuid; answer an order for a known uuid from there, whatever came since.",
      mark="INF")  # fmt: skip
def _one(seen: Seen) -> Iterator[Found]:
    first, again = seen.readable("provision"), seen.readable("provision again")
    asked = ("id", "config") if first.status != 202 else ("id",)
    if any(again.object.get(name) != first.object.get(name) for name in asked):
        raise NotSeen("it needs a partner for whom a simple repeat is the same resource")
    return _shortest(seen, ONE)


@rule(OVER, MUST, "After its end a resource never lives again, whatever comes then.",
      why="It would live for ever, at your cost: nobody knows of it who could delete it.",
      fix="Keep the uuids of deleted resources for good; look there first in every request.", mark="INF")  # fmt: skip
def _over(seen: Seen) -> Iterator[Found]:
    if seen.one("provision after the end").succeeded or seen.one("plan change after the end").succeeded:
        raise NotSeen("it needs a partner for whom what was deleted is gone")
    return _shortest(seen, OVER)


@rule(OTHERS, MUST, "What happens to one add-on changes no other.",
      why="Else one customer's plan change or end takes another customer's data.",
      fix="Find resources by their uuid only, never by what came last or by a place in a list.",
      source="partner-api §2.4", mark="INF")  # fmt: skip
def _others(seen: Seen) -> Iterator[Found]:
    return _shortest(seen, OTHERS)


@rule(STANDS, MUST, "No order of requests makes the service fail.",
      why="After a 5xx Heroku asks again for a day, and the customer waits; it will fail each time.",
      fix="Answer each request in each state of the resource: with what is there, or with 410 or 422.",
      source="partner-api §2.12", mark="INF")  # fmt: skip
def _stands(seen: Seen) -> Iterator[Found]:
    return _shortest(seen, STANDS)


def _shortest(seen: Seen, number: str) -> Iterator[Found]:
    found = seen.fact(LIVES).get(number)
    if found is not None:
        yield found

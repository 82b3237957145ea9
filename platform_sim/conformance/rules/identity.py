"""One uuid is one resource, however often and in whatever words it is asked for (partner-api §2.6)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.identity import (
    AFTER_LOSS,
    AT_ONCE,
    CAPITALS,
    LOST,
    MEETING,
    ORDER_AFTER,
    OTHER_PLAN,
    OTHER_WORDS,
)
from platform_sim.conformance.scenes.orders import NO_GRANT, SAME_NAME, STRANGE
from platform_sim.conformance.scenes.plans import ORDER_AFTER as AFTER_CHANGE
from platform_sim.conformance.seen import Exchange, NotSeen, Seen

RULES = RuleBook("idempotency and identity", "partner-api §2.6")
rule = RULES.rule
AGAIN = "provision again"
GONE = "second deprovision"
NOT_NOW = 503
"""Says that it is to be asked again, which is no failure."""


@rule("I01", MUST, "A provisioning request that is repeated is answered with a success.",
      why="Delivery is at least once; the answer to the repeat may be the only one that Heroku sees.",
      fix="Look up the uuid first, and answer for what is there as you did when you made it.")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    found = seen.one(AGAIN)
    if not found.succeeded:
        yield f"The same request was answered with {found.said}.", found


@rule("I02", MUST, "The repeat has the same id.",
      why="Another id is another resource: one of them is never deleted.",
      fix="Put a unique constraint on the uuid.")  # fmt: skip
def _same_id(seen: Seen) -> Iterator[Found]:
    return _another_id(seen.readable("provision"), seen.readable(AGAIN))


@rule("I03", MUST, "The repeat has the same config.", needs="sync",
      why="If Heroku takes the second answer, the app has credentials that no longer work, or the first ones leak.",
      fix="Keep the credentials with the resource, and answer with these.")  # fmt: skip
def _same_config(seen: Seen) -> Iterator[Found]:
    return _another_config(seen.readable("provision"), seen.readable(AGAIN))


@rule("I04", ADVICE, "The repeat is answered with the same status.",
      why="Heroku waits for a report after 202 and for nothing after 200: a change of mind may leave it waiting.",
      fix="Answer the repeat as the first.", mark="INF")  # fmt: skip
def _same_status(seen: Seen) -> Iterator[Found]:
    first, found = seen.good("provision"), seen.good(AGAIN)
    if found.status != first.status:
        yield f"The first was answered with {first.said}, the repeat with {found.said}.", found


@rule("I05", MUST, "Two requests with different uuids make two resources, with two ids.",
      why="Else one customer's end deletes the other's data.", source="partner-api §2.4",
      fix="Make the resource's key from the uuid.")  # fmt: skip
def _two_ids(seen: Seen) -> Iterator[Found]:
    return _the_same_id(seen.readable("provision"), seen.readable("second provision"), "Two resources have one id.")


@rule("I06", MUST, "Twenty equal requests at once are all answered with a success.",
      why="Repeats overlap when an answer is slow; one that fails may be the one that counts.",
      fix="Let the loser of a race on the uuid's unique constraint read what the winner has made.")  # fmt: skip
def _at_once(seen: Seen) -> Iterator[Found]:
    for found in _different([each for each in seen.all(AT_ONCE) if not each.succeeded]):
        yield f"One of twenty equal requests was answered with {found.said}.", found


@rule("I07", MUST, "Twenty equal requests at once make one resource, with one id.",
      why="Each further resource costs you, and nobody will ever delete it.",
      fix="Put a unique constraint on the uuid: a look before the insert is no protection.")  # fmt: skip
def _one_resource(seen: Seen) -> Iterator[Found]:
    first, *others = [each for each in seen.all(AT_ONCE) if each.succeeded] or [seen.good(AT_ONCE)]
    for found in others:
        if found.object.get("id") != first.object.get("id"):
            yield "Twenty equal requests were answered with more than one `id`.", found
            return


@rule("I08", MUST, "Twenty equal requests at once are answered with one config.", needs="sync",
      why="Only one of the answers reaches the app: the credentials of the others must not be those that work.",
      fix="Make the credentials in the same transaction as the resource.")  # fmt: skip
def _one_config(seen: Seen) -> Iterator[Found]:
    first, *others = [each for each in seen.all(AT_ONCE) if each.succeeded] or [seen.good(AT_ONCE)]
    for found in others:
        if found.object.get("config") != first.object.get("config"):
            yield "Twenty equal requests were answered with more than one config.", found
            return


@rule("I09", MUST, "A repeat that follows at once, because the answer was lost, is answered like the first.",
      why="Heroku does not know what you have done; a refusal now ends in a resource that nobody wants.",
      fix="Answer a repeat as the first, also while the work is under way.", source="partner-api §2.12")  # fmt: skip
def _lost(seen: Seen) -> Iterator[Found]:
    lost, found = seen.readable(LOST), seen.one(AFTER_LOSS)
    if not found.succeeded:
        yield f"After a lost answer the same request was answered with {found.said}.", found
    else:
        yield from _another_id(lost, found)


@rule("I10", MUST, "The same uuid with another plan neither makes another resource nor changes the plan.",
      why="Plans change by PUT only; a second resource for one uuid is never deleted.", needs="plans",
      fix="Look up by uuid alone; answer for what is there, or refuse with 422.", mark="INF")  # fmt: skip
def _other_plan(seen: Seen) -> Iterator[Found]:
    first, found = seen.readable("provision"), seen.one(OTHER_PLAN)
    if found.succeeded:
        yield from _another_id(first, found)
        if "config" in first.object and "config" in found.object:
            yield from _another_config(first, found)


@rule("I11", MUST, "The same request in other words is the same: another order of its fields, other spaces.",
      why="A repeat need not be made of the same bytes; the uuid is what counts.",
      fix="Look up by uuid, not by a digest of the body.", mark="INF")  # fmt: skip
def _other_words(seen: Seen) -> Iterator[Found]:
    first, found = seen.readable("provision"), seen.one(OTHER_WORDS)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found
    else:
        yield from _another_id(first, found)


@rule("I12", ADVICE, "A uuid in capital letters is the same uuid.",
      why="Both spell one number; what takes them for two has two resources.",
      fix="Bring uuids into one form before you compare them, or let the database's uuid type do so.",
      source="-", mark="INF")  # fmt: skip
def _capitals(seen: Seen) -> Iterator[Found]:
    first, found = seen.readable("provision"), seen.one(CAPITALS)
    if found.succeeded:
        yield from _another_id(first, found)


@rule("I13", MUST, "Two requests with one name and different uuids make two resources.",
      why="Names are given again, when the first is gone or renamed; the uuid is the identity.",
      fix="Keep the name as a label only.", source="partner-api §2.6, §2.8", mark="INF")  # fmt: skip
def _same_name(seen: Seen) -> Iterator[Found]:
    found = seen.one(STRANGE)
    if not found.succeeded:
        found = seen.one(SAME_NAME)
    if not found.succeeded:
        yield f"Another uuid with the name of the first was answered with {found.said}.", found
    else:
        yield from _the_same_id(seen.readable("provision"), found, "Another uuid got the resource of the same name.")


@rule("I14", MUST, "An id is not given again after its resource was deleted.",
      why="Late requests about the deleted one would meet another customer's resource.",
      fix="Use the uuid, or ids that only grow.", source="partner-api §2.4", mark="INF")  # fmt: skip
def _not_again(seen: Seen) -> Iterator[Found]:
    seen.good(GONE)
    made = [each for moment in (STRANGE, NO_GRANT) for each in seen.all(moment) if each.succeeded]
    if not made:
        raise NotSeen("nothing was provisioned after the second add-on was deleted")
    for found in made:
        yield from _the_same_id(seen.readable("second provision"), found, "A new resource got the id of a deleted one.")


@rule("I15", SHOULD, "A provisioning request that is repeated after a plan change still finds the resource.",
      why="A repeat may be late; it is about the same uuid, whatever its plan is now.", needs="plans",
      fix="Do not compare the repeat with the plan of today.", mark="INF")  # fmt: skip
def _after_change(seen: Seen) -> Iterator[Found]:
    first, found = seen.readable("second provision"), seen.one(AFTER_CHANGE)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found
    else:
        yield from _another_id(first, found)


@rule("I16", MUST, "A DELETE that meets its POST is no server error.",
      why="A customer may change their mind while you work; an error leaves a resource that nobody wants.",
      fix="Let the two wait for each other, by a lock or a transaction for each uuid.", mark="INF")  # fmt: skip
def _meeting(seen: Seen) -> Iterator[Found]:
    seen.good("deprovision")
    for found in seen.all(MEETING):
        if found.status is None or (found.status >= 500 and found.status != NOT_NOW):
            yield f"Of POST and DELETE at once, {found.request.method} was answered with {found.said}.", found


@rule("I17", MUST, "After a DELETE that has met its POST, and one more, nothing lives.",
      why="It would live for ever, at your cost: Heroku knows it as gone.",
      fix="Remember each uuid that was deleted, also where there was nothing to delete yet.", mark="INF")  # fmt: skip
def _nothing_lives(seen: Seen) -> Iterator[Found]:
    if seen.one("provision after the end").succeeded:
        raise NotSeen("it needs a partner for whom what was deleted is gone")
    found = seen.one(ORDER_AFTER)
    if found.succeeded:
        yield f"After two DELETEs the POST was answered with {found.said}.", found


def _another_id(first: Exchange, found: Exchange) -> Iterator[Found]:
    if found.object.get("id") != first.object.get("id"):
        yield "The answer has another `id` than the first.", found


def _another_config(first: Exchange, found: Exchange) -> Iterator[Found]:
    if found.object.get("config") != first.object.get("config"):
        yield "The answer has another `config` than the first.", found


def _the_same_id(first: Exchange, found: Exchange, sentence: str) -> Iterator[Found]:
    given = found.object.get("id")
    if given is not None and given == first.object.get("id"):
        yield sentence, found


def _different(exchanges: list[Exchange]) -> list[Exchange]:
    """One for each way in which they were answered, in order of that."""
    return [found for _, found in sorted({each.said: each for each in reversed(exchanges)}.items())]

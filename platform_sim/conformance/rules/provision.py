"""A customer orders an add-on: the partner's answer, and what follows from it (partner-api §2.3 to §2.5)."""

import re
from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.answers import is_clear_refusal, refusal_message
from platform_sim.conformance.rules.given import shown
from platform_sim.conformance.scenes.orders import ALONE, NO_GRANT, STRANGE, UNKNOWN_PLAN
from platform_sim.conformance.seen import Exchange, Seen

RULES = RuleBook("provision", "partner-api §2.4")
rule = RULES.rule
LONGEST_MESSAGE = 500
"""Characters: a few sentences. What Heroku cuts off is not known (partner-api §14)."""
MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|[\x00-\x08\x0b-\x1f\x7f]")


@rule("P01", MUST, "A provisioning request is answered with a success.",
      why="Any other answer ends the installation for the customer.",
      fix="Answer POST with 200, or with 202 where the work takes longer than 3 seconds.")  # fmt: skip
def _success(seen: Seen) -> Iterator[Found]:
    found = seen.one("provision")
    if not found.succeeded:
        yield f"The POST was answered with {found.said}.", found


@rule("P02", SHOULD, "The success is 200 or 202.", needs="version-3",
      why="201 and other successes are not promised to work.", mark="3P",
      fix="Answer 200 when the resource is ready, 202 when it will be.")  # fmt: skip
def _status(seen: Seen) -> Iterator[Found]:
    found = seen.good("provision")
    if found.status not in (200, 202):
        yield f"The POST was answered with {found.said}.", found


@rule("P03", MUST, "The answer is a JSON object.",
      why="What Heroku cannot read fails the installation, although the resource was made.",
      fix="Answer with `{\"id\": ..., \"config\": {...}}`.")  # fmt: skip
def _object(seen: Seen) -> Iterator[Found]:
    found = seen.good("provision")
    if not isinstance(found.json, dict):
        yield "The answer's body is no JSON object.", found


@rule("P04", MUST, "The answer has an id: a string that is not blank, or a whole number.",
      why="Without an id the installation fails.",
      fix="Answer with an `id`; the uuid of the request is the best one.")  # fmt: skip
def _id(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    given = found.object.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        yield "The answer has no `id`, or one that is neither a string nor a whole number.", found


@rule("P05", ADVICE, "The id is the uuid of the request.", needs="version-3",
      why="One name for one thing: version 3 speaks of the resource by its uuid only.",
      fix="Answer with the uuid as `id`.")  # fmt: skip
def _uuid(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    given = found.object.get("id")
    if given is not None and str(given).lower() != str(found.sent.get("uuid")):
        yield "The answer's `id` is another than the request's uuid.", found


@rule("P06", SHOULD, "The message is a string.",
      why="Customers are not shown anything else.",
      fix="Answer with a `message` that is a sentence, or leave it out.")  # fmt: skip
def _message(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    if not isinstance(found.object.get("message"), str | None):
        yield "The answer's `message` is no string.", found


@rule("P07", ADVICE, f"The message is short: at most {LONGEST_MESSAGE} characters.",
      why="It is shown in a terminal, between other lines; how much of it is shown is not known.", mark="?",
      fix="Say what the customer needs first, and point to your documentation.")  # fmt: skip
def _short(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    if len(_text(found)) > LONGEST_MESSAGE:
        yield f"The answer's `message` is longer than {LONGEST_MESSAGE} characters.", found


@rule("P08", ADVICE, "The message is plain text.",
      why="A terminal shows markup as it is, and obeys control characters.", mark="INF",
      fix="Leave out HTML tags and control characters.")  # fmt: skip
def _plain(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    if MARKUP.search(_text(found)):
        yield "The answer's `message` holds markup or control characters.", found


@rule("P09", MUST, "The message holds no value of the config.", needs="sync",
      why="Messages are shown on screens and kept in logs; config is secret.", mark="INF",
      fix="Say in the message which config vars there are, not what they hold.")  # fmt: skip
def _no_secret(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    config = found.object.get("config")
    for name, value in sorted(config.items()) if isinstance(config, dict) else ():
        if isinstance(value, str) and len(value) > 7 and value in _text(found):
            yield f"The answer's `message` holds the value of {shown(name)}.", found


@rule("P10", MUST, "An answer of 202 holds no config.", needs="async",
      why="Heroku does not take it: the app would start without its config vars.",
      fix="Set config with PATCH /addons/UUID/config, then report with actions/provision.")  # fmt: skip
def _no_config(seen: Seen) -> Iterator[Found]:
    found = _read(seen)
    if found.object.get("config"):
        yield "The 202 answer holds `config`.", found


@rule("P11", MUST, "A plan that is not sold is refused.",
      why="The customer would pay for a plan that you do not know.",
      fix="Check the plan before you make anything.")  # fmt: skip
def _unknown_plan(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN_PLAN)
    if found.succeeded:
        yield f"A plan that does not exist was provisioned: {found.said}.", found


@rule("P12", MUST, "A plan that is not sold is refused with 422.",
      why="422 is final and its message is shown; other errors look like a failure of yours, and are tried again.",
      fix="Answer 422 for a plan that you do not know.")  # fmt: skip
def _unknown_plan_422(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN_PLAN)
    if not found.succeeded and found.status != 422:
        yield f"A plan that does not exist was answered with {found.said}.", found


@rule("P13", SHOULD, "A refusal tells the customer why, in a `message`.",
      why="Without it the customer is told nothing but that it did not work.",
      fix="Answer 422 with `{\"message\": \"...\"}`.")  # fmt: skip
def _refusal_message(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN_PLAN)
    if found.status == 422 and not refusal_message(found):
        yield "The refusal of an unknown plan has no `message` that is a sentence.", found


@rule("P14", MUST, "A region that is not served is ignored, or refused with 422.",
      why="Heroku has regions of which you have not heard; an error looks like a failure of yours.",
      fix="Treat `region` as a wish, or refuse it with 422 and a message.", source="partner-api §2.3")  # fmt: skip
def _region(seen: Seen) -> Iterator[Found]:
    return _tolerated(seen, "provision in an unknown region", "An unknown region")


@rule("P15", SHOULD, "Options that are not known are ignored.",
      why="Heroku checks nothing: a typing error of the customer's should not end the installation.",
      fix="Read only the options that you know.", source="partner-api §2.2")  # fmt: skip
def _option(seen: Seen) -> Iterator[Found]:
    return _tolerated(seen, "provision with an unknown option", "An unknown option", refusal=False)


@rule("P16", MUST, "Fields of the request that are not known are ignored.",
      why="Heroku may add fields at any time; who refuses them stops selling that day.",
      fix="Read only the fields that you know.", source="partner-api §2.1")  # fmt: skip
def _field(seen: Seen) -> Iterator[Found]:
    return _tolerated(seen, "provision with an unknown field", "An unknown field", refusal=False)


@rule("P17", MUST, "A request whose oauth_grant is null is answered as usual, or refused with 422.",
      why="The field may be null; what fails then is tried again for a day.",
      fix="Look whether there is a grant before you use it.", source="partner-api §2.3")  # fmt: skip
def _no_grant(seen: Seen) -> Iterator[Found]:
    found = seen.one(NO_GRANT)
    if not found.succeeded and not is_clear_refusal(found):
        yield f"A request with `oauth_grant: null` was answered with {found.said}.", found


def _read(seen: Seen) -> Exchange:
    """The first success, if it can be read at all."""
    return seen.readable("provision")


def _text(found: Exchange) -> str:
    message = found.object.get("message")
    return message if isinstance(message, str) else ""


def _tolerated(seen: Seen, alone: str, what: str, *, refusal: bool = True) -> Iterator[Found]:
    """One of the things that a partner may not know: if all together went well, nothing came alone."""
    assert alone in ALONE
    if seen.one(STRANGE).succeeded:
        return
    found = seen.one(alone)
    if not found.succeeded and not (refusal and is_clear_refusal(found)):
        yield f"{what} was answered with {found.said}.", found

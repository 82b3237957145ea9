"""A customer changes the plan (partner-api §2.10)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.answers import refusal_message
from platform_sim.conformance.rules.given import shown
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.plans import AFTER_REFUSAL, AGAIN, AT_ONCE, CHANGE, MISSING, STRANGE, UNKNOWN
from platform_sim.conformance.seen import Exchange, Seen
from platform_sim.partners.manifest import declared

RULES = RuleBook("plan change", "partner-api §2.10")
rule = RULES.rule


@rule("L01", MUST, "A plan change is answered with a success, or refused with 422 or 503 and a message.", needs="plans",
      why="Any other answer leaves the customer without a word, on the old plan.",
      fix="Answer PUT with 200; where it cannot be, with 422 and a `message` that says why.")  # fmt: skip
def _success(seen: Seen) -> Iterator[Found]:
    for found in seen.all(CHANGE):
        refused = found.status in (422, 503) and refusal_message(found)
        if not found.succeeded and not refused:
            yield f"The PUT was answered with {found.said}" + _wordless(found), found


@rule("L02", SHOULD, "The success is 200.", needs="plans",
      why="Nothing else is documented; 202 above all, since there is no way to report later.",
      fix="Answer 200 at once and move the data behind it, or refuse.")  # fmt: skip
def _status(seen: Seen) -> Iterator[Found]:
    for found in _changed(seen):
        if found.status != 200:
            yield f"The PUT was answered with {found.said}.", found


@rule("L03", MUST, "What the answer holds is a JSON object.", needs="plans",
      why="An answer that cannot be read fails the plan change, although it was made.",
      fix="Answer `{}` at least.")  # fmt: skip
def _object(seen: Seen) -> Iterator[Found]:
    for found in _changed(seen):
        if found.text.strip() and not isinstance(found.json, dict):
            yield "The answer's body is no JSON object.", found


@rule("L04", SHOULD, "The answer has a body.", needs="plans",
      why="Answers are to be valid JSON, and nothing at all is none.", source="partner-api §2.1, §2.10",
      fix="Answer `{}` at least.")  # fmt: skip
def _body(seen: Seen) -> Iterator[Found]:
    for found in _changed(seen):
        if not found.text.strip():
            yield "The answer has no body.", found


@rule("L05", MUST, "The answer's config holds only vars that the manifest declares.", needs="plans",
      why="Heroku refuses the answer: the customer stays on the old plan, you have changed it.",
      fix="Add the names to config_vars and push the manifest first.")  # fmt: skip
def _declared(seen: Seen) -> Iterator[Found]:
    known = set(declared(seen.fact(FACT)))
    for found in _changed(seen):
        for name in sorted(set(_config(found)) - known):
            yield f"The answer's config holds {shown(name)}, which the manifest does not declare.", found


@rule("L06", MUST, "The answer's config is an object of strings.", needs="plans",
      why="Config vars are strings; anything else fails the plan change.",
      fix="Turn numbers and booleans into strings; leave out what has no value.")  # fmt: skip
def _strings(seen: Seen) -> Iterator[Found]:
    for found in _changed(seen):
        if not isinstance(found.object.get("config"), dict | None):
            yield "The answer's `config` is no object.", found
        for name, value in sorted(_config(found).items()):
            if not isinstance(value, str):
                yield f"The answer's config has a value for {shown(name)} that is no string.", found


@rule("L07", MUST, "The id stays as it is.", needs="plans",
      why="An id is forever: support, invoices and logs go by it.", source="partner-api §2.4, §2.10",
      fix="Leave `id` out of the answer, or answer with the same.")  # fmt: skip
def _same_id(seen: Seen) -> Iterator[Found]:
    first = seen.readable("second provision").object.get("id")
    for found in _changed(seen):
        if found.object.get("id", first) != first:
            yield "The answer has another `id` than the provisioning.", found


@rule("L08", ADVICE, "The message is a string.", needs="plans",
      why="Customers are not shown anything else.",
      fix="Answer with a `message` that is a sentence, or leave it out.")  # fmt: skip
def _message(seen: Seen) -> Iterator[Found]:
    for found in _changed(seen):
        if not isinstance(found.object.get("message"), str | None):
            yield "The answer's `message` is no string.", found


@rule("L09", MUST, "A change to the plan that it has is a success.", needs="plans",
      why="It is what a repeat looks like, when the first answer was lost.",
      fix="Answer 200 and do nothing.")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    _last_success(seen)
    found = seen.one(AGAIN)
    if not found.succeeded:
        yield f"The same PUT again was answered with {found.said}.", found


@rule("L10", MUST, "A change to the plan that it has changes no config.", needs="plans",
      why="Changed config restarts every dyno of every app that is attached.", mark="INF",
      fix="Make new credentials only when the plan really changes.")  # fmt: skip
def _again_same(seen: Seen) -> Iterator[Found]:
    first, found = _last_success(seen), seen.good(AGAIN)
    if found.object.get("config", first.object.get("config")) != first.object.get("config"):
        yield "The same PUT again was answered with another config.", found


@rule("L11", MUST, "A change to a plan that is not sold is refused.",
      why="The customer would pay for a plan that you do not know.",
      fix="Check the plan before you change anything.")  # fmt: skip
def _unknown(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN)
    if found.succeeded:
        yield f"A plan that does not exist was answered with {found.said}.", found


@rule("L12", MUST, "A change to a plan that is not sold is refused with 422 or 503.",
      why="With these two the old plan stays and your message is shown; others look like a failure.",
      fix="Answer 422 for a plan that you do not know.")  # fmt: skip
def _unknown_422(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN)
    if not found.succeeded and found.status not in (422, 503):
        yield f"A plan that does not exist was answered with {found.said}.", found


@rule("L13", SHOULD, "The refusal of a plan tells the customer why, in a `message`.",
      why="A plan that is too small for the data, say, is a thing that the customer can mend.",
      fix="Answer 422 with `{\"message\": \"...\"}`.")  # fmt: skip
def _unknown_message(seen: Seen) -> Iterator[Found]:
    found = seen.one(UNKNOWN)
    if found.status in (422, 503) and not refusal_message(found):
        yield "The refusal of an unknown plan has no `message` that is a sentence.", found


@rule("L14", MUST, "After a refused plan change the resource is as it was.",
      why="The customer stays on the old plan, and pays for it.",
      fix="Check first, change then; or change in one transaction.")  # fmt: skip
def _stays(seen: Seen) -> Iterator[Found]:
    found = seen.one(AFTER_REFUSAL)
    if not seen.one(UNKNOWN).succeeded and not found.succeeded:
        yield f"After a refusal, a change to a good plan was answered with {found.said}.", found


@rule("L15", SHOULD, "A plan change that names no plan is refused.",
      why="It is no plan change: whatever you do then, nobody has asked for it.", mark="INF",
      fix="Answer 422 for a PUT without `plan`.")  # fmt: skip
def _missing(seen: Seen) -> Iterator[Found]:
    found = seen.one(MISSING)
    if found.status is None or not 400 <= found.status < 500:
        yield f"A PUT without a plan was answered with {found.said}.", found


@rule("L16", MUST, "Fields of a plan change that are not known are ignored.",
      why="Heroku may add fields at any time.", source="partner-api §2.1",
      fix="Read only the fields that you know.")  # fmt: skip
def _strange(seen: Seen) -> Iterator[Found]:
    if not seen.one(AFTER_REFUSAL).succeeded:
        seen.good(AFTER_REFUSAL)
    found = seen.one(STRANGE)
    if not found.succeeded:
        yield f"A PUT with an unknown field was answered with {found.said}.", found


@rule("L17", MUST, "Equal plan changes at once are all answered with a success.", needs="plans",
      why="Repeats overlap when an answer is slow; one that fails may be the one that counts.",
      fix="Let a second change wait for the first, and find nothing to do.", source="partner-api §2.1")  # fmt: skip
def _at_once(seen: Seen) -> Iterator[Found]:
    wrong = {each.said: each for each in reversed(seen.all(AT_ONCE)) if not each.succeeded}
    for said, found in sorted(wrong.items()):
        yield f"One of five equal PUTs was answered with {said}.", found


def _changed(seen: Seen) -> list[Exchange]:
    """The plan changes that went well; at least one."""
    return [found for found in seen.all(CHANGE) if found.succeeded] or [seen.good(CHANGE)]


def _last_success(seen: Seen) -> Exchange:
    return _changed(seen)[-1]


def _config(found: Exchange) -> dict[str, object]:
    config = found.object.get("config")
    return config if isinstance(config, dict) else {}


def _wordless(found: Exchange) -> str:
    return " and no `message`." if found.status in (422, 503) else "."

"""Webhooks: whom the receiver believes, and that nothing which Heroku sends upsets it (partner-api §6)."""

from collections.abc import Iterator

from platform_sim.conformance.calls import BACK, about, api, succeeded
from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.hooks import AFTER, EVENTS
from platform_sim.conformance.seen import Heard, NotSeen, Seen

RULES = RuleBook("webhooks", "partner-api §6.3", needs="webhooks")
rule = RULES.rule
(ONE, AGAIN, LAYOUT, OLDER, UNKNOWN, BIG, UNSIGNED, WRONG, CHANGED) = EVENTS


def _taken(seen: Seen, moment: str) -> Iterator[Found]:
    if moment != ONE:
        seen.good(ONE)
    found = seen.one(moment)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found


def _refused(seen: Seen, moment: str) -> Iterator[Found]:
    seen.good(ONE)
    found = seen.one(moment)
    if found.status is None or not 400 <= found.status < 500:
        yield f"It was answered with {found.said}.", found


def _asked(seen: Seen) -> list[Heard]:
    return [call for call in api(seen.fact(BACK)) if call.method == "POST" and call.place.endswith("/webhooks")]


@rule("W01", MUST, "A subscription is one that the platform takes.", source="partner-api §6.1, §6.2",
      why="What is refused brings no event, ever.",
      fix="POST include, level (notify or sync) and url to /addons/:uuid/webhooks, with the add-on's own token.",
      )  # fmt: skip
def _subscribes(seen: Seen) -> Iterator[Found]:
    made = {about(call) for call in _asked(seen) if succeeded(call)}
    if any(about(call) not in made for call in _asked(seen)):
        yield "A webhook was refused, and not asked for again in another way."


@rule("W02", SHOULD, "One webhook is enough for an add-on.", source="partner-api §6.1", mark="INF",
      why="With two each event comes twice.",
      fix="Look with GET /addons/:uuid/webhooks, or keep the id, before you make another.")  # fmt: skip
def _once(seen: Seen) -> Iterator[Found]:
    made = [(about(call), str((call.json or {}).get("url"))) for call in _asked(seen) if succeeded(call)]
    if not made:
        raise NotSeen("no webhook was made")
    if len(set(made)) < len(made):
        yield "The same webhook was made twice."


@rule("W03", MUST, "A good event is taken with 2xx.",
      why="Anything else has it sent again, for up to 72 hours, while all later ones wait.",
      fix="Check the signature, put the event aside, answer 204.")  # fmt: skip
def _takes(seen: Seen) -> Iterator[Found]:
    return _taken(seen, ONE)


@rule("W04", MUST, "An event is answered in time.", source="partner-api §6.4", mark="?",
      why="What is answered too late counts as failed, and is sent again.",
      fix="Answer first, work then.")  # fmt: skip
def _in_time(seen: Seen) -> Iterator[Found]:
    for found in seen.all(ONE, BIG):
        if found.answer.problem == "timeout" or found.answer.milliseconds > 1000 * found.request.timeout:
            yield f"The answer at the moment `{found.moment}` came too late, or not at all.", found
            return


@rule("W05", MUST, "An event without a signature is refused.",
      why="Anybody who finds the URL could tell you what never happened.",
      fix="Answer 403 where Heroku-Webhook-Hmac-SHA256 is missing.")  # fmt: skip
def _unsigned(seen: Seen) -> Iterator[Found]:
    return _refused(seen, UNSIGNED)


@rule("W06", MUST, "An event that was signed with another secret is refused.",
      why="Then it does not come from Heroku.",
      fix="Compare the header with base64 of HMAC-SHA256 of the body, in constant time.")  # fmt: skip
def _wrong(seen: Seen) -> Iterator[Found]:
    return _refused(seen, WRONG)


@rule("W07", MUST, "An event that was changed after it was signed is refused.",
      why="A signature that was seen once could be put on anything.",
      fix="Sign the whole body that came, not a part of it such as the id.")  # fmt: skip
def _changed(seen: Seen) -> Iterator[Found]:
    return _refused(seen, CHANGED)


@rule("W08", MUST, "The signature is that of the bytes as they came.",
      why="Spaces and the order of fields are not promised: JSON that is read and written again is another text.",
      fix="Take the raw body for the HMAC, before anything parses it.")  # fmt: skip
def _raw(seen: Seen) -> Iterator[Found]:
    return _taken(seen, LAYOUT)


@rule("W09", MUST, "An event that comes twice is taken twice.", source="partner-api §6.4",
      why="Delivery is at least once: an answer can be lost.",
      fix="Answer 2xx to what you know already; tell repeats by the event's id.")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    return _taken(seen, AGAIN)


@rule("W10", MUST, "An older event that comes later is taken.", source="partner-api §6.4", mark="INF",
      why="Events that failed come late, and `notify` promises no order.",
      fix="Take it; compare its time with what you know, or ask the API how things are now.")  # fmt: skip
def _older(seen: Seen) -> Iterator[Found]:
    return _taken(seen, OLDER)


@rule("W11", MUST, "An event of an unknown kind is taken.", source="partner-api §6.2", mark="INF",
      why="New kinds and actions come without notice; a refusal holds up all that follow.",
      fix="Answer 2xx and ignore it.")  # fmt: skip
def _unknown(seen: Seen) -> Iterator[Found]:
    return _taken(seen, UNKNOWN)


@rule("W12", SHOULD, "A big event is taken.", mark="INF",
      why="Events hold whole objects: an app with many attachments makes long ones.",
      fix="Allow bodies of at least 100 kB.")  # fmt: skip
def _big(seen: Seen) -> Iterator[Found]:
    return _taken(seen, BIG)


@rule("W13", SHOULD, "An event after the end is no server error.", mark="INF",
      why="The last events come when the add-on is gone; 5xx has them sent again for days.",
      fix="Answer 2xx, or 410.")  # fmt: skip
def _late(seen: Seen) -> Iterator[Found]:
    seen.good(ONE)
    found = seen.one(AFTER)
    if found.status is None or found.status >= 500:
        yield f"It was answered with {found.said}.", found

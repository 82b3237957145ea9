"""How long a partner takes (partner-api §2.1). No sentence holds a number that was measured: reports stay the same."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.hygiene import calls, logins
from platform_sim.conformance.scenes.odd import ODD, SLOW, SLOW_FACT
from platform_sim.conformance.seen import Exchange, Seen

RULES = RuleBook("speed", "partner-api §2.1")
rule = RULES.rule
LONGEST, LONG = 25_000, 3_000
"""Milliseconds."""


def _slower(exchanges: list[Exchange], limit: int) -> Iterator[Found]:
    for each in exchanges:
        if each.answer.milliseconds > limit or each.answer.problem == "timeout":
            yield f"The {each.moment} took longer than {limit // 1000} s.", each


@rule("V01", MUST, "Each request is answered within 25 seconds.",
      why="Then the request has failed, whatever you do afterwards.",
      fix="Answer 202 and finish in the background.")  # fmt: skip
def _longest(seen: Seen) -> Iterator[Found]:
    return _slower(calls(seen), LONGEST)


@rule("V02", SHOULD, "Each request is answered within 3 seconds.",
      why="The customer waits; and the longest time may be lowered.",
      fix="Answer 202 and finish in the background, or prepare resources before they are ordered.")  # fmt: skip
def _long(seen: Seen) -> Iterator[Found]:
    usual = [each for each in calls(seen) if not each.moment.startswith((ODD, SLOW))]
    return _slower([each for each in usual if each.answer.milliseconds <= LONGEST and not each.answer.problem], LONG)


@rule("V03", SHOULD, "A platform that is slow fails no order.",
      why="The token endpoint may take its time; the grant is good for five minutes.",
      fix="Wait longer for Heroku than two seconds, and answer 202 if you cannot wait.", mark="INF")  # fmt: skip
def _slow_platform(seen: Seen) -> Iterator[Found]:
    seen.good("provision")
    found = seen.one(SLOW)
    if not found.succeeded:
        yield f"The order was answered with {found.said}.", found
    elif (state := seen.fact(SLOW_FACT)) != "provisioned":
        yield f"It is {state} in the end.", found


@rule("V04", ADVICE, "Each page of the login comes within 3 seconds.", needs="sso",
      why="A person waits before an empty window.", source="-", mark="INF",
      fix="Open the session first, and ask others when the page is shown.")  # fmt: skip
def _pages(seen: Seen) -> Iterator[Found]:
    seen.one("login")
    return _slower(logins(seen), LONG)

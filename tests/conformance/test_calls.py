"""What calls mean, where the zoo cannot show it: it is quick, and calls for one add-on after the other."""

import json

from platform_sim.conformance.calls import TOKEN, of_new_tokens
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.rules import grants
from platform_sim.conformance.scenes.back import EARLY
from platform_sim.conformance.seen import Heard, Seen

[EARLY_RULE] = [rule for rule in grants.RULES if rule.id == "G16"]


def token(kind: str, access: str) -> Heard:
    return Heard("POST", TOKEN, {}, f"grant_type={kind}".encode(), 200, json.dumps({"access_token": access}).encode())


def call(access: str) -> Heard:
    return Heard("GET", "/addons/a", {"authorization": f"Bearer {access}"}, b"", 200, b"{}")


OLD, SWAP, REFRESH = call("old"), token("authorization_code", "one"), token("refresh_token", "two")


def test_calls_for_an_older_addon_are_told_from_the_new_ones() -> None:
    assert of_new_tokens([OLD, SWAP, call("one")]) == [call("one")]


def test_a_late_call_for_another_addon_is_no_call_with_a_token_that_ends() -> None:
    seen = Seen(facts={EARLY: (SWAP, OLD, REFRESH, call("two"))})
    assert EARLY_RULE.judged(seen, frozenset({"back"})).kind is Kind.PASS
    assert EARLY_RULE.judged(Seen(facts={EARLY: (SWAP, OLD)}), frozenset({"back"})).kind is Kind.NOT_EVALUABLE
    assert EARLY_RULE.judged(Seen(facts={EARLY: (SWAP, call("one"))}), frozenset({"back"})).kind is Kind.WARN

"""What is told of a rule."""

from platform_sim.conformance.catalogue import RULES, rule_named
from platform_sim.conformance.pages import MARKS, explained


def test_a_rule_is_found_in_any_spelling() -> None:
    found = rule_named("d05")
    assert found is not None
    assert found.id == "D05"
    assert rule_named("D99") is None


def test_everything_of_it_is_told() -> None:
    rule = rule_named("D05")
    assert rule is not None
    text = "\n".join(explained(rule))
    assert all(each in text for each in (rule.sentence, rule.why, rule.fix, rule.source, "documented by Heroku"))


def test_every_rule_is_whole() -> None:
    assert len(RULES) >= 120
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.mark in MARKS, rule.id
        assert all(each.endswith((".", "?")) for each in (rule.sentence, rule.why, rule.fix)), rule.id
        assert rule.source.startswith(("partner-api §", "platform-api §", "-")), rule.id

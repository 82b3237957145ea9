"""What a rule tells of what it has found."""

from collections.abc import Iterator

from platform_sim.conformance.rule import MOST, MUST, Found, Kind, RuleBook
from platform_sim.conformance.seen import Seen


def told(*sentences: str) -> list[str]:
    """The sentences of a rule that finds all these."""
    book = RuleBook("test", "-")

    @book.rule("X01", MUST, "All is well.", why="-", fix="-")
    def _looks(_: Seen) -> Iterator[Found]:
        yield from sentences

    result = book[0].judged(Seen(), frozenset())
    assert result.kind is Kind.FAIL
    return [problem.sentence for problem in result.problems]


def test_what_is_seen_often_is_told_once() -> None:
    assert told("One.", "Two.", "One.") == ["One.", "Two."]


def test_of_very_much_some_is_told() -> None:
    many = [f"Number {number}." for number in range(50)]
    assert told(*many) == [*many[:MOST], "There is more of that kind."]

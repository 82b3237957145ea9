"""The catalogue as text: what `platform-sim explain` says, and docs/rules.md.

`python -m platform_sim.conformance.pages` prints that page.
"""

import sys
from collections.abc import Iterator
from itertools import groupby

from platform_sim.conformance.capabilities import ABILITIES
from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.rule import Rule

MARKS = {
    "DC": "documented by Heroku",
    "DC-old": "documented by Heroku years ago",
    "SRC": "seen in Heroku's own code",
    "SCH": "of the published schema",
    "3P": "seen in other partners' code",
    "INF": "concluded from other facts",
    "?": "not verified",
}
"""What the evidence marks mean."""


def explained(rule: Rule) -> list[str]:
    """All about one rule, in lines."""
    lines = [f"{rule.id}  {rule.sentence}", "", f"Level:     {rule.level}", f"Moment:    {rule.moment}"]
    lines.append(f"Source:    {rule.source}, {MARKS.get(rule.mark, rule.mark)} ({rule.mark})")
    if rule.needs:
        lines.append(f"Applies:   to partners with {_needs(rule)}")
    return [*lines, "", f"Why: {rule.why}", f"Fix: {rule.fix}"]


def as_markdown() -> str:
    """The page docs/rules.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The rules of `platform-sim check`"
    yield ""
    yield f"{len(RULES)} rules, each with its number, which is never given twice. How they are checked:"
    yield "[check.md](check.md)."
    yield "Sources are cited as in [settings.md](settings.md); `-` is a rule of our own."
    yield ""
    yield "| evidence | |"
    yield "|---|---|"
    yield from (f"| {mark} | {meaning} |" for mark, meaning in MARKS.items())
    for moment, rules in groupby(RULES, key=lambda rule: rule.moment):
        yield ""
        yield f"## {moment[:1].upper()}{moment[1:]}"
        for rule in rules:
            yield ""
            yield f"### {rule.id}"
            yield ""
            yield f"**{rule.sentence}** {rule.level}, {rule.source}, {rule.mark}."
            yield ""
            yield f"{rule.why} *Fix:* {rule.fix}" + (f" (Partners with {_needs(rule)}.)" if rule.needs else "")


def _needs(rule: Rule) -> str:
    return " and ".join(ABILITIES.get(name, name) for name in sorted(rule.needs))


if __name__ == "__main__":
    sys.stdout.write(as_markdown())

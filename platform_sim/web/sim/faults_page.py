"""docs/fault-kinds.md from the table of kinds (`python -m platform_sim.web.sim.faults_page`); a test holds them
together."""

import sys

from platform_sim.core.model.fault_kind import MATCH_KEYS, FaultKind
from platform_sim.core.model.fault_kinds import KINDS, PROFILES, chance_of

HEAD = """# Kinds of faults

What can go wrong on purpose; how to ask for it: [faults.md](faults.md). This page is written by `make docs`.
"""
SIDES = {"partner": "On the way to a partner and back", "platform": "In the platform itself"}


def as_markdown() -> str:
    """The page: a table a side."""
    lines = [HEAD]
    for side, heading in SIDES.items():
        lines += [f"## {heading}", "", "| | what happens | amount | narrowed to |", "|---|---|---|---|"]
        lines += [*(_line(kind) for kind in KINDS.values() if kind.side == side), ""]
    lines += ["## What they are narrowed to", "", "Values may hold `*` for any text and `?` for one character.", ""]
    lines += ["| | |", "|---|---|", *(f"| `{name}` | {words} |" for name, words in MATCH_KEYS.items()), ""]
    lines += ["## Profiles", "", "How likely a kind is at each of its moments.", ""]
    lines += [f"- `{name}`: {words}" for name, words in PROFILES.items()]
    lines += ["", f"| | {' | '.join(f'`{name}`' for name in PROFILES)} |", "|---|" + "---|" * len(PROFILES)]
    lines += [_chances(kind) for kind in KINDS.values() if any(chance_of(kind, name) for name in PROFILES)]
    return "\n".join(lines) + "\n"


def _line(kind: FaultKind) -> str:
    amount = kind.amount
    counted = f"{amount.unit}: {amount.usual:g} ({amount.lowest:g} to {amount.highest:g})" if amount else ""
    return f"| `{kind.name}` | {kind.sentence} | {counted} | {', '.join(f'`{name}`' for name in kind.match)} |"


def _chances(kind: FaultKind) -> str:
    shown = [f"{chance_of(kind, name):g}" for name in PROFILES]
    narrowed = "".join(f" `{key}={value}`" for key, value in kind.in_profile.items())
    return f"| `{kind.name}`{narrowed} | {' | '.join(shown)} |"


if __name__ == "__main__":
    sys.stdout.write(as_markdown())

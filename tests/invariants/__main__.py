"""`python -m tests.invariants`: round after round with new seeds, until stopped (`make soak`)."""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Iterator, Sequence

from hypothesis import Phase

from .play import EXAMPLES, PHASES, play


def seeds(first: int | None, rounds: int | None) -> Iterator[int]:
    """A random one, or the given one, and those that follow it."""
    start = random.SystemRandom().randrange(1_000_000) if first is None else first
    number = 0
    while rounds is None or number < rounds:
        yield start + number
        number += 1


def soak(
    first: int | None, rounds: int | None, minutes: float | None, examples: int, phases: Sequence[Phase] = PHASES
) -> int:
    """Play until something is found (1), the time or the rounds are over (0), or Ctrl-C (130)."""
    began, played, total = time.monotonic(), 0, 0
    try:
        for number in seeds(first, rounds):
            if minutes is not None and time.monotonic() - began >= minutes * 60:
                break
            print(f"round {played + 1}, seed {number}: ", end="", flush=True)
            total += play(number, examples, phases)
            played += 1
            print(f"{total} examples in {time.monotonic() - began:.0f} s, all invariants hold", flush=True)
    except KeyboardInterrupt:
        print(f"stopped after {played} rounds, {total} examples: nothing found", flush=True)
        return 130
    except Exception:
        print("found something", flush=True)
        traceback.print_exc(limit=-3, file=sys.stdout)
        return 1
    print(f"{played} rounds, {total} examples: nothing found", flush=True)
    return 0


def main() -> int:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.invariants", description=__doc__)
    parser.add_argument("--seed", type=int, help="of the first round; the next ones count on from it (default: random)")
    parser.add_argument("--rounds", type=int, help="how many (default: no end)")
    parser.add_argument("--minutes", type=float, help="no new round after so many minutes (default: no end)")
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="of a round (default: %(default)s)")
    options = parser.parse_args()
    return soak(options.seed, options.rounds, options.minutes, options.examples)


if __name__ == "__main__":
    sys.exit(main())

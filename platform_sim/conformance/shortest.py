"""Scripts by chance, and the shortest that fails. The only file that needs Hypothesis: loaded only where that is."""

from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.strategies import booleans, tuples

Bits = tuple[bool, ...]
ACTS, BITS = 20, 10
"""Of a script, and of an act. Only booleans are drawn: other values Hypothesis also takes from the code that happens to
be loaded. The number of acts is fixed, and all False means none, for that is what is made small quickest."""


class _Fails(Exception):
    """The script does what is looked for."""


class _Enough(BaseException):
    """Nothing more is to be asked. Hypothesis takes any other exception for what is looked for."""


def search(number: int, scripts: int, fails: Callable[[Sequence[Bits]], bool | None]) -> None:
    """Ask whether scripts fail, of so many at most until one does; then of shorter ones, until the answer is None.
    The same `number` asks the same of whatever answers the same."""
    acts = [tuples(*[booleans()] * BITS)] * ACTS

    @settings(
        max_examples=scripts,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @seed(number)
    @given(tuples(*acts))
    def one(script: Sequence[Bits]) -> None:
        found = fails(script)
        if found is None:
            raise _Enough
        if found:
            raise _Fails

    try:
        one()
    except (_Fails, _Enough, Flaky):
        # Whoever asks keeps what has failed: a partner may not answer twice alike.
        return

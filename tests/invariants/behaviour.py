"""What the outside does with one request: plain values that Hypothesis chooses and a failing example prints."""

from dataclasses import dataclass

RIGHT = "right"
LATER = "202"
REFUSALS = ("no 422", "no 403", "no 401", "no 410", "no 503 told")
"""The partner says clearly that it will not, and has done nothing."""
HONEST = (RIGHT, LATER, *REFUSALS)
BROKEN = ("bad json", "undeclared", "no id", "not text", "201", "redirect")
"""Done (but for the redirect), and said in a way that cannot be used, or should not be."""
FAILING = ("500", "500 after acting", "429", "500 echo")
SAYINGS = (*HONEST, *BROKEN, *FAILING)

ARRIVES = "arrives"
ROADS = (ARRIVES, "twice", "lost", "cut", "late", "unreachable")
"""What becomes of request and answer: `twice` the request is delivered twice; `lost` and `cut` the answer does not
arrive (whole); `late` the partner acts after the time-out; `unreachable` nobody listens."""
KILLS = ("killed before", "killed after", "killed, acted late", "killed writing")
"""The platform dies while it asks: before the partner acts, after, before it acts all the same, or in the middle of the
transaction that writes the outcome."""

MEANWHILE = (
    "exchange",
    "set config",
    "say provisioned",
    "give up",
    "customer destroys",
    "customer detaches",
    "customer sets var",
    "other worker",
    "an hour passes",
)
"""What somebody else does while the request is open, most of it the partner itself."""


@dataclass(frozen=True)
class Behaviour:
    """Of one call. `before` happens before the partner acts, `after` when it has acted and not answered yet.

    `prompt`: it exchanges the grant at once, in the middle of the provisioning request.
    """

    says: str = RIGHT
    road: str = ARRIVES
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    prompt: bool = True


CORRECT = Behaviour()


class Killed(BaseException):
    """The platform dies here."""


class Violation(AssertionError):
    """An invariant does not hold; the text begins with its number and name."""

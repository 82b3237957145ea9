"""What a test lets go wrong on purpose (docs/faults.md), and whether it has."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal

from platform_sim.stand_ins.questions import Questions, Refused, route

__tracebackhide__ = True
Json = dict[str, Any]
Times = int | Literal["forever"] | None
"""How often; `forever` and None: until it is removed."""


FOREVER = "forever"
"""As CLI and page have it, for: until it is removed."""


class FaultNeverActed(UserWarning):
    """A test has asked for a fault, and nothing has gone wrong by it: a name may be mistyped (docs/faults.md)."""


class Fault:
    """One that was asked for. Each look asks the platform anew."""

    def __init__(self, questions: Questions, made: Json) -> None:
        self._questions = questions
        self.id, self.kind = str(made["id"]), str(made["kind"])
        self.match = {str(key): str(value) for key, value in made["match"].items()}

    def __repr__(self) -> str:
        """With `acted` and `left` while the platform knows it."""
        named = " ".join([self.kind, *(f"{key}={value}" for key, value in sorted(self.match.items()))])
        try:
            now = self._now()
        except Exception:
            # Its platform may have ended, and whoever shows it shows another problem.
            return f"<Fault {named}>"
        return f"<Fault {named}, acted {now['acted']}, left {FOREVER if now['left'] is None else now['left']}>"

    @property
    def acted(self) -> int:
        """How often it has."""
        return int(self._now()["acted"])

    @property
    def left(self) -> int | None:
        """How often it still will; None: until it is removed."""
        left = self._now()["left"]
        return None if left is None else int(left)

    def remove(self) -> None:
        """It acts no more; safe to call twice."""
        try:
            self._questions.ask("DELETE", route("sim", "faults", self.id))
        except Refused as refusal:
            if refusal.status != 404:
                raise

    def _now(self) -> Json:
        found: Json = self._questions.ask("GET", route("sim", "faults", self.id))
        return found


@dataclass(frozen=True)
class Profile:
    """Faults by chance. `seed`: with it the same calls go wrong again."""

    name: str
    seed: int
    faults: list[Fault]

    @property
    def acted(self) -> dict[str, int]:
        """How often each kind has, of those that have."""
        return {fault.kind: count for fault in self.faults if (count := fault.acted)}


class Faults:
    """All of one platform."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._profiles: list[Profile] = []
        self._asked: list[Fault] = []

    @property
    def repeats(self) -> str:
        """How the profiles that were asked for here are made once more, a line each; empty without one."""
        return "".join(
            f'faults: {each.name}, seed {each.seed}; repeat with heroku.faults.profile("{each.name}", {each.seed})\n'
            for each in self._profiles
        )

    @property
    def never_acted(self) -> list[Fault]:
        """Those of `Heroku.fail` that are there and have not acted; one that was removed is not told of."""
        if not self._asked:
            return []
        now = {each["id"]: each["acted"] for each in self._questions.ask("GET", route("sim", "faults"))}
        return [each for each in self._asked if now.get(each.id) == 0]

    def add(self, kind: str, times: Times, amount: float | None, match: dict[str, str]) -> Fault:
        """See `Heroku.fail`."""
        wish: Json = {"kind": kind, "times": None if times == FOREVER else times, "match": match}
        given = wish if amount is None else wish | {"amount": amount}
        made = Fault(self._questions, self._questions.ask("POST", route("sim", "faults"), given))
        self._asked.append(made)
        return made

    def profile(self, name: str, seed: int | None = None) -> Profile:
        """Things go wrong by chance from now on, as `gentle` or `rough` has it; without a seed one is drawn."""
        wish: Json = {"name": name} if seed is None else {"name": name, "seed": seed}
        made = self._questions.ask("POST", route("sim", "faults", "profile"), wish)
        profile = Profile(name, int(made["seed"]), [Fault(self._questions, each) for each in made["faults"]])
        self._profiles.append(profile)
        return profile

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._questions.ask("DELETE", route("sim", "faults"))

    def warn(self) -> None:
        """FaultNeverActed of those that have not acted, as a warning."""
        if never := self.never_acted:
            told = ", ".join(" ".join([each.kind, *(f"{k}={v}" for k, v in each.match.items())]) for each in never)
            warnings.warn(
                f"nothing has gone wrong by: {told} (a mistyped name? If it need not act: `remove()` it)",
                FaultNeverActed,
                stacklevel=2,
            )

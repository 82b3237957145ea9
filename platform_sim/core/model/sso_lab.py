"""Experiments with a partner's single sign-on: a row each, what it changes in a good login and what the contract
expects of the partner then (partner-api §5.4). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from platform_sim.core.model.sso import TOKENS, WINDOW, Entry, SsoTarget, fields_of

Verdict = Literal["right", "nearly", "open", "wrong", "none"]
"""As expected; refused, but with another status; let in where the contract leaves that open; not as expected; no
answer to judge."""

ENTERS = (302, 303, 200)
"""Statuses with which a partner lets a user in: a session, and on to the dashboard, or the page itself."""
NOBODYS = "00000000-0000-4000-8000-000000000000"
"""The id of no resource, for a partner that has only one."""
_ALL_TOKENS = tuple(rule.name for rule in TOKENS)


@dataclass(frozen=True)
class Experiment:
    """One row. `expected`: statuses, the first is the contract's own. `left_open`: why the contract does not demand
    this; then only a careful partner refuses."""

    name: str
    label: str
    change: str
    expected: tuple[int, ...]
    section: str
    left_open: str = ""
    ahead: int = 0
    """Seconds by which the timestamp lies in the future; the form is signed with it."""
    spoiled: tuple[str, ...] = ()
    """Fields whose last character is another one."""
    left_out: tuple[str, ...] = ()
    email: str = ""
    """In place of the user's, after signing."""
    resource: Literal["", "other", "deleted"] = ""
    """Of `other` the ids alone are named; a `deleted` one is signed for as it has to be."""
    times: int = 1
    """How often the very same form is sent; the last answer is judged."""
    by_get: bool = True
    """Whether it can be done with the few fields that the oldest partners are sent."""

    @property
    def is_to_enter(self) -> bool:
        """Whether the partner should let the user in."""
        return self.expected == ENTERS


EXPERIMENTS = (
    Experiment("valid", "Valid login", "Nothing: the form that the gateway sends.", ENTERS, "5.4"),
    Experiment("stale", "Stale", "Signed six minutes ago: older than the window.", (403,), "5.4", ahead=-WINDOW - 60),
    Experiment(
        "future", "From the future", "Signed for in an hour.", (403,), "5.4",
        left_open="nothing is said of the future, a small skew of clocks apart", ahead=3600,
    ),
    Experiment(
        "token", "Tampered token", "The last digit of each token is another one.", (403,), "5.4", spoiled=_ALL_TOKENS
    ),
    Experiment(
        "user", "Tampered user", "Somebody else's e-mail: the token that covers the user no longer fits.", (403,),
        "5.3", left_open="the older tokens do not cover the user; who checks only those cannot see it",
        email="mallory@example.com", by_get=False,
    ),
    Experiment(
        "replay", "Replayed", "The very same form, sent twice.", (403,), "5.4",
        left_open="a form may be used again inside its window; strict partners keep a list", times=2,
    ),
    Experiment(
        "resource", "Wrong resource", "The id of another resource, or of none, with the tokens of this one.",
        (403, 404, 410), "5.4", resource="other",
    ),
    Experiment(
        "deleted", "Deleted resource", "Rightly signed, for a resource that has been deprovisioned.",
        (410, 404), "5.4", resource="deleted",
    ),
    Experiment("no-token", "No token", "All tokens are missing.", (403, 400), "5.4", left_out=_ALL_TOKENS),
    Experiment("no-time", "No timestamp", "The timestamp is missing.", (403, 400), "5.4", left_out=("timestamp",)),
)  # fmt: skip


def offered(target: SsoTarget, *, has_deleted: bool) -> list[Experiment]:
    """Those that can be done with a partner: `has_deleted`, if it has a resource that is gone."""
    return [
        each
        for each in EXPERIMENTS
        if (target.method == "post" or each.by_get) and (has_deleted or each.resource != "deleted")
    ]


def subject_of(experiment: Experiment, entry: Entry, other: Entry | None) -> Entry:
    """Whose ids are sent: those of the add-on itself, of `other`, or of nothing."""
    if not experiment.resource:
        return entry
    return other or replace(entry, resource_id=NOBODYS, partners_id=NOBODYS)


def fields(
    experiment: Experiment, target: SsoTarget, entry: Entry, other: Entry | None, salt: str, now: int
) -> dict[str, str]:
    """The login that an experiment sends. `now`: Unix seconds. `other`: another resource, or the deleted one."""
    named = subject_of(experiment, entry, other)
    signed = named if experiment.resource == "deleted" else entry
    form = signed.signed(salt, str(now + experiment.ahead))
    form |= {"resource_id": named.resource_id, "id": named.partners_id}
    if experiment.email:
        form["email"] = experiment.email if form["email"] != experiment.email else f"other-{experiment.email}"
    for name in experiment.spoiled:
        form[name] = form[name][:-1] + ("0" if form[name][-1] != "0" else "1")
    for name in experiment.left_out:
        del form[name]
    return fields_of(target, form)


def expectation(experiment: Experiment) -> str:
    """What the contract wants, in words that follow "expects"."""
    numbers = _one_of(experiment.expected)
    return f"a session, and {numbers}" if experiment.is_to_enter else f"a refusal with {numbers}"


def judge(experiment: Experiment, statuses: Sequence[int | None], landed: int | None = None) -> tuple[Verdict, str]:
    """Whether the partner did as it should, and the sentence that says so. `statuses`: of each sending, None for no
    answer. `landed`: of the page to which it has led, if that was looked at."""
    status = statuses[-1]
    if status is None or len(statuses) < experiment.times:
        return "none", "There is no whole answer to judge."
    if any(each is None or not 200 <= each < 400 for each in statuses[:-1]):
        return "none", f"The form was refused ({statuses[0]}) when it was new, so its repeat says nothing."
    section = f"(§{experiment.section})"
    said = f"The contract expects {expectation(experiment)} {section}. "
    if experiment.left_open:
        said = f"The contract leaves this open {section}: {experiment.left_open}. A careful partner refuses with 403. "
    verdict, what = _judged(experiment, status, landed)
    return verdict, f"{said}This one answered {status}: {what}."


def _judged(experiment: Experiment, status: int, landed: int | None) -> tuple[Verdict, str]:
    if status >= 500:
        return "wrong", "it failed"
    if experiment.is_to_enter:
        return _entered(status, landed)
    if status >= 400:
        if status in experiment.expected:
            return "right", "it refuses, as it should"
        return "nearly", "it refuses, but with another status"
    lets_in = "it lets the user in" if status != 200 else "a program must take that for a yes, whatever the page says"
    if experiment.left_open:
        return "open", lets_in
    return "wrong", f"{lets_in}; anybody could do that"


def _entered(status: int, landed: int | None) -> tuple[Verdict, str]:
    if status >= 400:
        return "wrong", "it refuses a good login"
    if landed is not None and landed >= 400:
        return "wrong", f"it leads to a page that answers {landed}, so no session has been opened"
    if status not in ENTERS:
        return "nearly", "it seems to let the user in, but with another status"
    return "right", "it lets the user in, as it should"


def _one_of(numbers: Sequence[int]) -> str:
    *rest, last = [str(each) for each in numbers]
    return f"{', '.join(rest)} or {last}" if rest else last

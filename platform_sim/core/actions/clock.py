"""The platform's clock in an operator's hand: it stands, runs on, is moved. Each is an event and a row, then it is so.

And what waits for a time, as far as rows tell: jobs, dynos that cool off, one-off dynos that have to end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from platform_sim.core.actions.jobs import next_job
from platform_sim.core.actions.releases import current_release
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Dyno, Formation
from platform_sim.core.model.records import SCENARIO, ClockState, Job
from platform_sim.core.model.setups import AppSetup
from platform_sim.core.store import Database, Snapshot, Transaction

CLOCK = "clock"
"""Kind of the events, and the id of what they are about."""
FARTHEST = timedelta(days=366)
"""Of one move."""
LAST = datetime(3000, 1, 1, tzinfo=UTC)
MEANT = {"provision_deadline": "provisioning", "deprovision_deadline": "deprovisioning"}
"""In which state an add-on's deadline is meant for it; in others nothing comes of it."""
TOLD = 20
"""Of the things that come due with a move, how many its event names."""


@dataclass(frozen=True)
class Due:
    """What will be done at a time. A `bound` is there for what may not happen: a deadline, a one-off dyno's end."""

    at: datetime
    kind: str
    subject_id: str
    bound: bool


def freeze(tx: Transaction, operator: Account, at: datetime | None = None) -> list[Due]:
    """Stop the clock, here or at a later time; returns what comes due with that. InvalidParams as `check_move`."""
    if at is None and tx.clock.is_frozen:
        return []
    after = tx.clock.copy()
    check_move(after.now(), at or after.now())
    after.freeze(at)
    return _move(tx, operator, "freeze", after.now() if after.is_frozen else None, after.offset())


def resume(tx: Transaction, operator: Account) -> list[Due]:
    """Let it run on from where it stands."""
    if not tx.clock.is_frozen:
        return []
    after = tx.clock.copy()
    after.resume()
    return _move(tx, operator, "resume", after.now() if after.is_frozen else None, after.offset())


def advance(tx: Transaction, operator: Account, by: timedelta) -> list[Due]:
    """Move it forward at once; returns what comes due with that. InvalidParams as `check_move`."""
    after = tx.clock.copy()
    check_move(after.now(), after.now() + min(by, 2 * FARTHEST))
    after.advance(by)
    return _move(tx, operator, "advance", after.now() if after.is_frozen else None, after.offset())


def check_move(now: datetime, to: datetime) -> None:
    """InvalidParams for a way that the clock cannot go."""
    if to < now:
        raise InvalidParams(
            f"It is {now.isoformat()} already, and time only goes forward: {to.isoformat()} is over. "
            "A platform in a new data folder begins anew."
        )
    if to - now > FARTHEST:
        raise InvalidParams(f"That is too far: move the clock by {FARTHEST.days} days at most, and then again.")
    if to >= LAST:
        raise InvalidParams(f"The clock ends with the year {LAST.year - 1}.")


def restore(database: Database) -> None:
    """At start: put the clock where it was."""
    with database.snapshot() as rows:
        kept = rows.find(ClockState, id=CLOCK)
    if kept is not None:
        database.clock.put(kept.frozen_at, timedelta(seconds=kept.offset))


def waiting(rows: Snapshot) -> list[Due]:
    """All that has a time, the nearest first; a deadline that was met is none any more."""
    jobs = [job for job in rows.all(Job, state="todo") if job.kind != SCENARIO]
    ids = [job.subject_id for job in jobs if job.kind in MEANT]
    states = {addon.id: addon.state for addon in rows.all(Addon, id=ids)}
    found = [_of_job(job) for job in jobs if job.kind not in MEANT or MEANT[job.kind] == states.get(job.subject_id)]
    for dyno in rows.all(Dyno, wanted=True):
        if dyno.state == "crashed" and dyno.retry_at is not None:
            found.append(Due(dyno.retry_at, "dyno_restart", dyno.id, bound=False))
        elif dyno.expires_at is not None:
            found.append(Due(dyno.expires_at, "dyno_time_to_live", dyno.id, bound=True))
    return sorted(found, key=lambda due: (due.at, due.kind, due.subject_id))


def unfinished(rows: Snapshot) -> list[str]:
    """What is being done or to be done now, in words. Of partners it is not known what they are about to do."""
    found = sorted({f"{job.kind} is being done" for job in rows.all(Job, state="doing") if job.kind != SCENARIO})
    kinds = {job.kind for job in rows.all(Job, state="todo")} - {SCENARIO}
    first = next_job(rows, kinds) if kinds else None
    if first is not None and first.run_at <= rows.now():
        found.append(f"{first.kind} is due")
    names = {app.id: app.name for app in rows.all(App)}
    dynos = rows.all(Dyno)
    setups = {each.postdeploy_dyno_id for each in rows.all(AppSetup, status="pending")}
    for dyno in dynos:
        if what := _doing(dyno, rows.now(), setups):
            found.append(f"{dyno.name} of {names.get(dyno.app_id, 'an app that is gone')} {what}")
    return found + _missing(rows, names, dynos)


def _missing(rows: Snapshot, names: dict[str, str], dynos: Iterable[Dyno]) -> list[str]:
    """Dynos that should run the release of now and that nobody has made a row for yet."""
    found = []
    for row in rows.all(Formation):
        release = current_release(rows, row.app_id) if row.quantity and row.app_id in names else None
        if release is None or release.slug_id is None:
            continue
        there = [d for d in dynos if d.kind == "formation" and d.type == row.type and d.release_id == release.id]
        if len([d for d in there if d.wanted]) != row.quantity:
            found.append(f"{row.type} of {names[row.app_id]} is about to change")
    return found


def _doing(dyno: Dyno, now: datetime, setups: set[str | None]) -> str | None:
    """What a dyno is about that ends by itself."""
    if not dyno.wanted:
        return "is stopping"
    if dyno.state == "starting":
        return "is starting"
    if dyno.state == "crashed":
        return "is about to start again" if dyno.retry_at is not None and dyno.retry_at <= now else None
    if dyno.expires_at is not None and dyno.expires_at <= now:
        return "is about to end"
    return "runs a command" if dyno.kind == "release" or dyno.id in setups else None


def _of_job(job: Job) -> Due:
    return Due(job.run_at, job.kind, job.subject_id, bound=job.kind.endswith("_deadline"))


def _move(tx: Transaction, operator: Account, act: str, frozen_at: datetime | None, offset: timedelta) -> list[Due]:
    """Write down what the clock is to show; it does so when that is committed. Returns what comes due with it."""
    now = tx.now()
    to = frozen_at or (now if tx.clock.is_frozen else now + (offset - tx.clock.offset()))
    came = [due for due in waiting(tx) if now < due.at <= to]
    named = [{"kind": due.kind, "subject": due.subject_id} for due in came[:TOLD]]
    told = {"act": act, "from": now.isoformat(), "to": to.isoformat(), "due": named}
    tx.record(CLOCK, "update", CLOCK, operator, told)
    row = ClockState(CLOCK, frozen_at, 0.0 if frozen_at else offset.total_seconds())
    before = tx.find(ClockState, id=CLOCK)
    if before is None:
        tx.insert(row)
    else:
        tx.update(before, frozen_at=row.frozen_at, offset=row.offset)
    tx.move_clock(frozen_at, offset)
    return came

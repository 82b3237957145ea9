"""Why a dyno starts or stops, as ids of events: recorded when it is decided, so that nobody has to guess it."""

from platform_sim.core.model.apps import Dyno, Formation, Release
from platform_sim.core.model.records import Event
from platform_sim.core.store import Snapshot


def first_event(rows: Snapshot, kind: str, subject_id: str) -> str | None:
    """The event with which something began."""
    found = rows.find(Event, kind=kind, subject_id=subject_id, order_by="seq")
    return found.id if found else None


def newest_event(rows: Snapshot, kind: str, subject_id: str) -> str | None:
    """The last thing that happened to something."""
    return _latest(_newest(rows, kind, subject_id))


def cause_of_wish(rows: Snapshot, release: Release, process_type: Formation | None) -> str | None:
    """Why the dynos that are there are not the right ones: a release became the current one, or somebody scaled.

    Whichever was later: before it they were right.
    """
    return _latest(*_wishes(rows, release, process_type))


def cause_of_start(rows: Snapshot, release: Release, process_type: Formation, name: str) -> str | None:
    """Why a dyno of this name starts: as `cause_of_wish`, or somebody has restarted the one before it."""
    restarted = [
        event
        for dyno in rows.all(Dyno, app_id=release.app_id, name=name, wanted=False)
        if (event := _newest(rows, "dyno", dyno.id)) and "wish" in event.data
    ]
    return _latest(*_wishes(rows, release, process_type), *restarted)


def _wishes(rows: Snapshot, release: Release, process_type: Formation | None) -> tuple[Event | None, ...]:
    scaled = _newest(rows, "formation", process_type.id) if process_type else None
    return _newest(rows, "release", release.id), scaled


def _newest(rows: Snapshot, kind: str, subject_id: str) -> Event | None:
    return rows.find(Event, kind=kind, subject_id=subject_id, order_by="seq", desc=True)


def _latest(*events: Event | None) -> str | None:
    found = max((event for event in events if event), key=lambda event: event.number, default=None)
    return found.id if found else None


def cause_of_change(rows: Snapshot, dyno: Dyno) -> str | None:
    """Why the state of a dyno changes: of one that has to go the reason for that, else that it was started."""
    if not dyno.wanted and dyno.cause_id is not None:
        return dyno.cause_id
    return first_event(rows, "dyno", dyno.id) or dyno.cause_id

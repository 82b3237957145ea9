"""Dynos: what customers ask for, and what the supervisor reports. The rows say what is wanted and what runs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.actions.causes import cause_of_change, newest_event
from platform_sim.core.actions.dyno_rows import new_dyno, one_off_name
from platform_sim.core.actions.releases import current_release, finish_release_phase, start_release_phase
from platform_sim.core.errors import InvalidParams, NotFound
from platform_sim.core.model.apps import App, Dyno, DynoState, Formation, Release, Slug
from platform_sim.core.model.places import dyno_size
from platform_sim.core.model.records import Event
from platform_sim.core.model.values import CONFIG_VAR, PROCESS_TYPE, is_uuid
from platform_sim.core.store import Snapshot, Transaction

FIRST_REQUEST = "first-request"
"""Kind of the event that a release has answered for the first time; its subject is the release."""
LONGEST_LIFE = 86_400
"""Seconds that a one-off dyno may be given (the published schema of the API)."""


def dyno_named(rows: Snapshot, app: App, identity: str) -> Dyno:
    """A dyno of the app by id or name (`web.1`)."""
    if is_uuid(identity):
        found = rows.find(Dyno, app_id=app.id, id=identity)
    else:
        found = rows.find(Dyno, app_id=app.id, name=identity, wanted=True)
    if found is None:
        raise NotFound("dyno")
    return found


def run_dyno(
    tx: Transaction,
    actor: Actor,
    app: App,
    command: str,
    *,
    size: str | None = None,
    env: Mapping[str, str] | None = None,
    kind: str = "run",
    attach: Literal["tty", "pipe"] | None = None,
    time_to_live: int | None = None,
) -> Dyno:
    """A one-off dyno with the current release; a command that begins with a process type runs that type's command.

    `attach`: its output goes to the customer who connects to its secret URL, and not into the log (heroku-cli §5).
    `time_to_live`: after so many seconds it is stopped (the published schema of the API).
    """
    customers_only(actor, "run a dyno")
    _check_one_off(command, kind, env or {})
    if time_to_live is not None and not 1 <= time_to_live <= LONGEST_LIFE:
        raise InvalidParams(f"time_to_live is {time_to_live}: give it 1 to {LONGEST_LIFE} seconds (24 hours).")
    release = current_release(tx, app.id)
    if release.slug_id is None:
        raise InvalidParams(f"{app.name} has no slug yet: deploy it (git push) before running a command.")
    slug = tx.get(Slug, release.slug_id)
    found = dyno_size(size) if size else None
    if size and found is None:
        raise InvalidParams(f"No such dyno size: {size[:64]}. See the list of dyno sizes.")
    dyno = new_dyno(
        tx,
        release,
        "run",
        one_off_name(tx, app.id, kind),
        _substituted(command, slug),
        size=found.name if found else "Basic",
        env=env,
        attach=attach,
        expires_at=None if time_to_live is None else tx.now() + timedelta(seconds=time_to_live),
    )
    tx.record("dyno", "create", dyno.id, actor.account, told(dyno), app_id=app.id)
    return dyno


def run_inside(
    tx: Transaction,
    actor: Actor,
    app: App,
    host: Dyno,
    command: str,
    *,
    env: Mapping[str, str] | None = None,
    attach: Literal["tty", "pipe"] = "tty",
) -> Dyno:
    """A command inside a dyno that is up: with its files, release, name and port, and until it ends (heroku-cli §5)."""
    customers_only(actor, "run a command inside a dyno")
    _check_one_off(command, "run", env or {})
    if host.state != "up" or not host.wanted:
        state = host.state if host.wanted else "being stopped"
        raise InvalidParams(f"{host.name} is {state}: a command runs only inside a dyno that is up.")
    release = tx.get(Release, host.release_id)
    slug = tx.find(Slug, id=release.slug_id)
    dyno = new_dyno(
        tx,
        release,
        "run",
        one_off_name(tx, app.id, "run"),
        _substituted(command, slug) if slug else command,
        size=host.size,
        env=env,
        attach=attach,
        inside_id=host.inside_id or host.id,
    )
    tx.record("dyno", "create", dyno.id, actor.account, told(dyno), app_id=app.id)
    return dyno


def _substituted(command: str, slug: Slug) -> str:
    """A process type stands for its command, and what follows are further arguments (D: One-Off Dynos)."""
    first, space, rest = command.partition(" ")
    return slug.process_types.get(first, first) + space + rest


def _check_one_off(command: str, kind: str, env: Mapping[str, str]) -> None:
    if not command.strip():
        raise InvalidParams("command is empty: say what the dyno should run.")
    if PROCESS_TYPE.fullmatch(kind) is None:
        raise InvalidParams(f"{kind[:128]!r} is not a process type: use letters, digits, - and _.")
    bad = next((name for name in env if CONFIG_VAR.fullmatch(name) is None), None)
    if bad is not None:
        raise InvalidParams(f"{bad[:128]!r} in env is not a variable's name: use letters, digits and underscores.")


def told(dyno: Dyno) -> dict[str, object]:
    """What a dyno event tells: no environment, since values are secrets."""
    return {"name": dyno.name, "type": dyno.type, "state": dyno.state, "command": dyno.command}


def restart_dynos(tx: Transaction, actor: Actor, app: App, *, dyno: Dyno | None = None, kind: str | None = None) -> int:
    """Ask the supervisor to replace dynos: one, all of a process type, or all of the app. Returns how many.

    A one-off dyno is stopped, not restarted (platform-api §6).
    """
    customers_only(actor, "restart dynos")
    chosen = [dyno] if dyno else _running(tx, app, kind)
    for each in chosen:
        data = told(each) | {"wish": "restart"}
        asked = tx.record("dyno", "update", each.id, actor.account, data, app_id=app.id)
        tx.update(each, wanted=False, cause_id=asked.id)
    return len(chosen)


def stop_dynos(tx: Transaction, actor: Actor, app: App, *, dyno: Dyno | None = None, kind: str | None = None) -> int:
    """`ps:stop`: the same as a restart for scaled process types, the end for one-off dynos (platform-api §6)."""
    return restart_dynos(tx, actor, app, dyno=dyno, kind=kind)


def _running(rows: Snapshot, app: App, kind: str | None) -> list[Dyno]:
    chosen = [d for d in rows.all(Dyno, app_id=app.id, wanted=True) if kind is None or d.type == kind]
    if kind is not None and not chosen and rows.find(Formation, app_id=app.id, type=kind) is None:
        raise NotFound("dyno", f"Couldn't find dynos of that process type ({kind[:128]}).")
    return [d for d in chosen if d.kind == "formation" or kind is not None]


def add_formation_dyno(
    tx: Transaction, release: Release, name: str, command: str, size: str, cause_id: str | None = None
) -> Dyno:
    """The supervisor starts `web.1` for a release. `cause_id`: the event that asks for it."""
    dyno = new_dyno(tx, release, "formation", name, command, size=size, cause_id=cause_id)
    tx.record("dyno", "create", dyno.id, None, told(dyno), app_id=release.app_id, cause_id=cause_id)
    return dyno


def let_go(tx: Transaction, dyno: Dyno, cause_id: str | None = None) -> Dyno:
    """The supervisor ends this dyno, or puts another in its place: its name is free, its process gets its signal.

    `cause_id`: why; without one the dyno ends for the reason for which it was started.
    """
    return tx.update(dyno, wanted=False, cause_id=cause_id or dyno.cause_id)


def report_started(
    tx: Transaction, dyno: Dyno, *, pid: int, pid_started: float, port: int | None, boot_id: str
) -> Dyno:
    """A process runs for this row; web dynos are `starting` until they bind their port, others are `up`."""
    if dyno.kind == "release":
        release = tx.find(Release, id=dyno.release_id)
        if release is not None:
            start_release_phase(tx, release)
    return tx.update(
        dyno, state="starting", pid=pid, pid_started=pid_started, port=port, boot_id=boot_id, retry_at=None
    )


def report_state(
    tx: Transaction,
    dyno: Dyno,
    state: DynoState,
    *,
    exit_status: int | None = None,
    crashes: int | None = None,
    retry_at: datetime | None = None,
) -> Dyno:
    """A dyno's state changed: a row and an event. A process that ended has no pid and port any more."""
    before = dyno.state
    changes: dict[str, object] = {"state": state, "retry_at": retry_at}
    if crashes is not None:
        changes["crashes"] = crashes
    if state in ("crashed", "down"):
        _end_inside(tx, dyno)
        changes |= {"pid": None, "pid_started": None, "port": None, "exit_status": exit_status}
    dyno = tx.update(dyno, **changes)
    if before != state:
        tx.record(
            "dyno",
            "update",
            dyno.id,
            None,
            told(dyno),
            app_id=dyno.app_id,
            previous={"state": before},
            cause_id=cause_of_change(tx, dyno),
        )
    return dyno


def report_first_request(tx: Transaction, dyno_id: str, method: str, status: int) -> None:
    """A dyno has answered a request: an event, the first time for each release. Nothing if the dyno is gone already."""
    dyno = tx.find(Dyno, id=dyno_id)
    release = tx.find(Release, id=dyno.release_id) if dyno else None
    if dyno is None or release is None or tx.find(Event, kind=FIRST_REQUEST, subject_id=release.id) is not None:
        return
    data: dict[str, object] = {"version": release.version, "method": method, "status": status}
    cause_id = newest_event(tx, "dyno", dyno.id)
    tx.record(FIRST_REQUEST, "create", release.id, None, data, app_id=dyno.app_id, cause_id=cause_id)


def report_gone(tx: Transaction, dyno: Dyno, exit_status: int | None) -> None:
    """The process of a dyno that is wanted no more (or ran once) has ended: its row goes.

    The end of a release-phase dyno decides its release.
    """
    if dyno.kind == "release":
        release = tx.find(Release, id=dyno.release_id)
        if release is not None:
            finish_release_phase(tx, release, succeeded=exit_status == 0)
    _end_inside(tx, dyno)
    data = told(dyno) | {"state": "down", "exit_status": exit_status}
    tx.record(
        "dyno",
        "destroy",
        dyno.id,
        None,
        data,
        app_id=dyno.app_id,
        previous={"state": dyno.state},
        cause_id=cause_of_change(tx, dyno),
    )
    tx.delete(dyno)


def _end_inside(tx: Transaction, host: Dyno) -> None:
    """What runs inside a dyno ends with it. What has not begun yet will not: where it should is nothing any more."""
    for dyno in tx.all(Dyno, app_id=host.app_id, inside_id=host.id, wanted=True):
        if dyno.pid is not None:
            tx.update(dyno, wanted=False)

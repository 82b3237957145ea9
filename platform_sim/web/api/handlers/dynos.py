"""Formation, dynos and log sessions."""

from platform_sim.core.access import app_named, customers_only
from platform_sim.core.actions import dynos, formation, log_sessions
from platform_sim.core.actions.formation import Scaling
from platform_sim.core.errors import InvalidParams
from platform_sim.core.model.apps import App, Dyno, Formation
from platform_sim.core.public import apps as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import amount, flag, identity, list_of, part, string_map, text, whole
from platform_sim.web.api.call import Answer, Call, Json

SCALE = {"quantity": amount, "size": text, "dyno_size": identity, "type": text, "process": text}
BATCH = {"updates": list_of(part(SCALE))}
RUN = {
    "command": text,
    "attach": flag,
    "env": string_map,
    "size": text,
    "type": text,
    "force_no_tty": flag,
    "time_to_live": whole,
}
INSIDE = {"command": text, "env": string_map, "force_no_tty": flag}
LOGS = {"lines": whole, "tail": flag, "dyno": text, "dyno_name": text, "source": text, "type": text}


def _app(call: Call, rows: Snapshot) -> App:
    customers_only(call.actor, "see or change dynos", unless="app_operations")
    return app_named(rows, call.actor, call.path["app"])


def list_formation(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/formation."""
    app = _app(call, rows)
    return [public.formation(each, app) for each in rows.all(Formation, app_id=app.id, order_by="type")]


def formation_info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/formation/:formation."""
    app = _app(call, rows)
    return public.formation(formation.process_type(rows, app, call.path["formation"]), app)


def scale_batch(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/formation: all updates or none."""
    app = _app(call, tx)
    wishes = []
    for update in call.body["updates"]:
        kind = update.get("type") or update.get("process")
        if kind is None:
            raise InvalidParams("Missing parameter: type of an update (the process type, such as web).")
        wishes.append(_wish(kind, update))
    return [public.formation(each, app) for each in formation.scale(tx, call.actor, app, wishes)]


def _wish(kind: str, update: dict[str, str]) -> Scaling:
    return Scaling(kind, update.get("quantity"), update.get("dyno_size") or update.get("size"))


def scale(call: Call, tx: Transaction) -> Json:
    """PATCH /apps/:app/formation/:formation."""
    app = _app(call, tx)
    wish = _wish(call.path["formation"], dict(call.body))
    return public.formation(formation.scale(tx, call.actor, app, [wish])[0], app)


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/dynos: those that are wanted."""
    app = _app(call, rows)
    found = rows.all(Dyno, app_id=app.id, wanted=True, order_by="name")
    return [public.dyno(rows, each, app) for each in found]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/dynos/:dyno."""
    app = _app(call, rows)
    return public.dyno(rows, dynos.dyno_named(rows, app, call.path["dyno"]), app)


def run(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/dynos: a one-off dyno, attached to the customer's terminal or not."""
    app = _app(call, tx)
    wish = call.body
    made = dynos.run_dyno(
        tx,
        call.actor,
        app,
        wish["command"],
        size=wish.get("size"),
        env=wish.get("env"),
        kind=wish.get("type") or "run",
        attach=("pipe" if wish.get("force_no_tty") else "tty") if wish.get("attach") else None,
        time_to_live=wish.get("time_to_live"),
    )
    where = call.at.rendezvous(made.attach_secret) if made.attach_secret else None
    return public.dyno(tx, made, app) | {"attach_url": where}


def run_inside(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/dynos/:dyno: a command inside a dyno that runs, always attached (heroku-cli §5)."""
    app = _app(call, tx)
    made = dynos.run_inside(
        tx,
        call.actor,
        app,
        dynos.dyno_named(tx, app, call.path["dyno"]),
        call.body["command"],
        env=call.body.get("env"),
        attach="pipe" if call.body.get("force_no_tty") else "tty",
    )
    return public.dyno(tx, made, app) | {"attach_url": call.at.rendezvous(made.attach_secret or "")}


def restart(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/dynos/:dyno."""
    app = _app(call, tx)
    dynos.restart_dynos(tx, call.actor, app, dyno=dynos.dyno_named(tx, app, call.path["dyno"]))
    return {}


def restart_all(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/dynos."""
    dynos.restart_dynos(tx, call.actor, _app(call, tx))
    return {}


def restart_type(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/formations/:type."""
    dynos.restart_dynos(tx, call.actor, _app(call, tx), kind=call.path["dyno.formation_type"])
    return {}


def stop(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/dynos/:dyno/actions/stop."""
    app = _app(call, tx)
    dynos.stop_dynos(tx, call.actor, app, dyno=dynos.dyno_named(tx, app, call.path["dyno"]))
    return {}


def stop_type(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/formations/:type/actions/stop."""
    dynos.stop_dynos(tx, call.actor, _app(call, tx), kind=call.path["dyno.formation_type"])
    return {}


def create_log_session(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/log-sessions; `dyno` and `dyno_name` mean the same (platform-api §1 quirk 15)."""
    app = app_named(tx, call.actor, call.path["app"])
    wish = call.body
    made = log_sessions.create_log_session(
        tx,
        call.actor,
        app,
        lines=wish.get("lines", 100),
        tail=wish.get("tail", False),
        dyno=wish.get("dyno") or wish.get("dyno_name") or wish.get("type"),
        source=wish.get("source"),
    )
    return Answer(public.log_session(made, call.at), 201)

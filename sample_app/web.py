"""The web dyno: a page that shows which add-ons the app found, and writes and reads through them. Reads no config
var."""

import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import waitress
from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

if TYPE_CHECKING or __package__:
    from sample_app.database import QUERY, Notes
    from sample_app.resource import Account, BadConfig, Config, Exceptions, ResourceFailed, fingerprint, read_config
else:  # pushed: the app's folder is the first on the import path
    from resource import Account, BadConfig, Config, Exceptions, ResourceFailed, fingerprint, read_config

    from database import QUERY, Notes

SHOWN = 10
LAST_REQUESTS = 0.3  # seconds in which requests are still taken after SIGTERM
_LONGEST_MESSAGE = 1_000
_LOGGED = 200  # characters of a message that the log repeats, so that one finds there what the add-on shows

# What the page says after a form was sent; the address names one of these, never the words themselves.
_PROBLEMS = {
    "none": "Nothing was written: the app has no add-on yet.",
    "away": "Nothing is known to be written: the add-on could not be reached.",
    "retired": "Nothing was written: the add-on no longer takes the app's credential.",
    "full": "Nothing was written: the add-on's plan is full.",
    "missing": "Nothing was written: the table is not there yet.",
    "odd": "Nothing is known to be written: the add-on's answer made no sense.",
    "empty": f"Nothing was written: a message has 1 to {_LONGEST_MESSAGE} characters.",
}
_STATUS = {"none": 409, "away": 503, "retired": 503, "full": 402, "missing": 503, "odd": 502, "empty": 400}


@dataclass(frozen=True)
class Found:
    """What is known about an add-on right now. `state`: none, ok, or a kind of ResourceFailed."""

    state: str
    note: str = ""
    account: Account | None = None
    latest: tuple[dict[str, Any], ...] = ()


def create_app(config: Config) -> Flask:
    """The app; nothing is connected to before a request needs it."""
    app = Flask(__name__)
    exceptions = Exceptions(config.exceptions_url) if config.exceptions_url else None
    notes = Notes(config.database_url) if config.database_url else None

    @app.get("/")
    def page() -> str:
        return render_template(
            "index.html",
            found=look(exceptions),
            rows=look_at_rows(notes),
            query=QUERY,
            config=config,
            command=provision_command("exceptions", request.host),
            database_command=provision_command("database", request.host),
            problem=_PROBLEMS.get(request.args.get("problem", "")),
            written={what: request.args.get(what, "")[:64] for what in ("exception", "row")},
        )

    @app.get("/status.json")
    def status() -> Response:
        return jsonify(status_of(look(exceptions), look_at_rows(notes), config, request.host))

    @app.post("/exceptions")
    def write() -> ResponseReturnValue:
        def add(kind: str, text: str) -> dict[str, Any]:
            if exceptions is None:
                raise nothing_there("exceptions")
            return exceptions.add(kind, text, app=config.dyno)

        return written("exception", "message", add)

    @app.post("/notes")
    def insert() -> ResponseReturnValue:
        def add(_: str, text: str) -> dict[str, Any]:
            if notes is None:
                raise nothing_there("database")
            return {"id": notes.add(config.dyno, text), "text": text}

        return written("row", "text", add)

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return "ok\n", 200, {"Content-Type": "text/plain"}

    return app


def written(what: str, field: str, add: Callable[[str, str], dict[str, Any]]) -> ResponseReturnValue:
    """Write what was sent, and answer as the client likes it: with JSON, or by going back to the page."""
    kind, text = sent(field)
    try:
        if not 1 <= len(text) <= _LONGEST_MESSAGE:
            raise ResourceFailed("empty", _PROBLEMS["empty"])
        stored = add(kind, text)
    except ResourceFailed as error:
        print(f"write failed: {error}", flush=True)
        if wants_json():
            return jsonify({"id": error.kind, "message": str(error)}), _STATUS[error.kind]
        return redirect(url_for("page", problem=error.kind), 303)
    print(f"wrote {what} {stored['id']}: {' '.join(text.split())[:_LOGGED]}", flush=True)
    if wants_json():
        return jsonify(stored), 201
    return redirect(url_for("page", **{what: stored["id"]}), 303)


def nothing_there(addon: str) -> ResourceFailed:
    """There is no such add-on yet, and how to get one."""
    return ResourceFailed("none", f"{_PROBLEMS['none']} {provision_command(addon, request.host)}")


def look(exceptions: Exceptions | None) -> Found:
    """Ask the add-on how it is, and for its newest exceptions."""
    if exceptions is None:
        return Found("none")
    try:
        return Found("ok", account=exceptions.account(), latest=tuple(exceptions.latest(SHOWN)))
    except ResourceFailed as error:
        return Found(error.kind, note=str(error))


def look_at_rows(notes: Notes | None) -> Found:
    """Run the query."""
    if notes is None:
        return Found("none")
    try:
        return Found("ok", latest=tuple(notes.latest(SHOWN)))
    except ResourceFailed as error:
        return Found(error.kind, note=str(error))


def status_of(found: Found, rows: Found, config: Config, host: str) -> dict[str, Any]:
    """The page for machines. The add-ons' URLs are credentials: only their fingerprints are shown."""
    return {
        "addons": {"exceptions": state_of("exceptions", found, host), "database": state_of("database", rows, host)},
        "dyno": config.dyno,
        "release": config.release,
        "url_fingerprint": fingerprint(config.exceptions_url) if config.exceptions_url else None,
        "database_fingerprint": fingerprint(config.database_url) if config.database_url else None,
        "last_exceptions": list(found.latest),
        "last_rows": list(rows.latest),
    }


def state_of(name: str, found: Found, host: str) -> dict[str, Any]:
    """One add-on: its state, and what helps."""
    addon: dict[str, Any] = {"state": found.state, **(asdict(found.account) if found.account else {})}
    if found.state == "none":
        addon["command"] = provision_command(name, host)
    if found.note:
        addon["message"] = found.note
    return addon


def provision_command(addon: str, host: str) -> str:
    """The command that provisions a missing add-on; the app's name is the first part of its host name."""
    name, _, domain = host.partition(":")[0].partition(".")
    app = name if domain in ("localhost", "herokuapp.com") else "APP"
    return f"heroku addons:create {addon} -a {app}"


def sent(field: str) -> tuple[str, str]:
    """Type and text of a form or a JSON object; `field` holds the text."""
    if request.is_json:
        body = request.get_json(silent=True)
        fields = body if isinstance(body, dict) else {}
    else:
        fields = request.form.to_dict()
    kind, message = fields.get("type"), fields.get(field)
    return (kind if isinstance(kind, str) and kind else "Page"), (message.strip() if isinstance(message, str) else "")


def wants_json() -> bool:
    """Whether the client prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"


def main() -> None:
    """Serve until SIGTERM, and a moment longer."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(str(error))
    signal.signal(signal.SIGTERM, _soon)
    signal.signal(signal.SIGALRM, _stop)
    found, rows = ("found" if url else "no add-on yet" for url in (config.exceptions_url, config.database_url))
    print(f"web starts on {config.host}:{config.port}, exceptions: {found}, database: {rows}", flush=True)
    waitress.serve(create_app(config), host=config.host, port=config.port)  # ends, after open requests, with _stop


def _soon(number: int, frame: object) -> None:
    """The router sends nothing new to a dyno that is being stopped, but what it has sent before may not be read yet."""
    signal.setitimer(signal.ITIMER_REAL, LAST_REQUESTS)


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()

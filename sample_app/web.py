"""The web dyno: a page that shows which add-on the app found, and writes and reads through it. Reads no config var."""

import signal
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import waitress
from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

if TYPE_CHECKING or __package__:
    from sample_app.resource import Account, BadConfig, Config, Exceptions, ResourceFailed, fingerprint, read_config
else:  # pushed: the app's folder is the first on the import path
    from resource import Account, BadConfig, Config, Exceptions, ResourceFailed, fingerprint, read_config

SHOWN = 10
_LONGEST_MESSAGE = 1_000

# What the page says after a form was sent; the address names one of these, never the words themselves.
_PROBLEMS = {
    "none": "Nothing was written: the app has no add-on yet.",
    "away": "Nothing is known to be written: the add-on could not be reached.",
    "retired": "Nothing was written: the add-on no longer takes the app's credential.",
    "full": "Nothing was written: the add-on's plan is full.",
    "odd": "Nothing is known to be written: the add-on's answer made no sense.",
    "empty": f"Nothing was written: a message has 1 to {_LONGEST_MESSAGE} characters.",
}
_STATUS = {"none": 409, "away": 503, "retired": 503, "full": 402, "odd": 502, "empty": 400}


@dataclass(frozen=True)
class Found:
    """What is known about the add-on right now. `state`: none, ok, or a kind of ResourceFailed."""

    state: str
    note: str = ""
    account: Account | None = None
    latest: tuple[dict[str, Any], ...] = ()


def create_app(config: Config) -> Flask:
    """The app; nothing is connected to before a request needs it."""
    app = Flask(__name__)
    exceptions = Exceptions(config.exceptions_url) if config.exceptions_url else None

    @app.get("/")
    def page() -> str:
        found = look(exceptions)
        return render_template(
            "index.html",
            found=found,
            config=config,
            command=provision_command(request.host),
            problem=_PROBLEMS.get(request.args.get("problem", "")),
            written=request.args.get("written", "")[:64],
        )

    @app.get("/status.json")
    def status() -> Response:
        return jsonify(status_of(look(exceptions), config, request.host))

    @app.post("/exceptions")
    def write() -> ResponseReturnValue:
        kind, message = sent()
        try:
            if not 1 <= len(message) <= _LONGEST_MESSAGE:
                raise ResourceFailed("empty", _PROBLEMS["empty"])
            if exceptions is None:
                raise ResourceFailed("none", f"{_PROBLEMS['none']} {provision_command(request.host)}")
            stored = exceptions.add(kind, message, app=config.dyno)
        except ResourceFailed as error:
            print(f"write failed: {error}", flush=True)
            if wants_json():
                return jsonify({"id": error.kind, "message": str(error)}), _STATUS[error.kind]
            return redirect(url_for("page", problem=error.kind), 303)
        print(f"wrote exception {stored['id']}", flush=True)
        if wants_json():
            return jsonify(stored), 201
        return redirect(url_for("page", written=stored["id"]), 303)

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return "ok\n", 200, {"Content-Type": "text/plain"}

    return app


def look(exceptions: Exceptions | None) -> Found:
    """Ask the add-on how it is, and for its newest exceptions."""
    if exceptions is None:
        return Found("none")
    try:
        return Found("ok", account=exceptions.account(), latest=tuple(exceptions.latest(SHOWN)))
    except ResourceFailed as error:
        return Found(error.kind, note=str(error))


def status_of(found: Found, config: Config, host: str) -> dict[str, Any]:
    """The page for machines. The add-on's URL is a credential: only its fingerprint is shown."""
    addon: dict[str, Any] = {"state": found.state, **(asdict(found.account) if found.account else {})}
    if found.state == "none":
        addon["command"] = provision_command(host)
    if found.note:
        addon["message"] = found.note
    return {
        "addons": {"exceptions": addon},
        "dyno": config.dyno,
        "release": config.release,
        "url_fingerprint": fingerprint(config.exceptions_url) if config.exceptions_url else None,
        "last_exceptions": list(found.latest),
    }


def provision_command(host: str) -> str:
    """The command that provisions the missing add-on; the app's name is the first part of its host name."""
    name, _, domain = host.partition(":")[0].partition(".")
    app = name if domain in ("localhost", "herokuapp.com") else "APP"
    return f"heroku addons:create exceptions -a {app}"


def sent() -> tuple[str, str]:
    """Type and message of a form or a JSON object."""
    if request.is_json:
        body = request.get_json(silent=True)
        fields = body if isinstance(body, dict) else {}
    else:
        fields = request.form.to_dict()
    kind, message = fields.get("type"), fields.get("message")
    return (kind if isinstance(kind, str) and kind else "Page"), (message.strip() if isinstance(message, str) else "")


def wants_json() -> bool:
    """Whether the client prefers JSON to a page."""
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"


def main() -> None:
    """Serve until SIGTERM."""
    try:
        config = read_config()
    except BadConfig as error:
        sys.exit(str(error))
    signal.signal(signal.SIGTERM, _stop)
    found = "found" if config.exceptions_url else "no add-on yet"
    print(f"web starts on {config.host}:{config.port}, exceptions: {found}", flush=True)
    waitress.serve(create_app(config), host=config.host, port=config.port)  # ends, after open requests, with _stop


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(0)


if __name__ == "__main__":
    main()

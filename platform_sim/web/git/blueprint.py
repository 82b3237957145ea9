"""`/NAME.git/...`: smart HTTP for push, fetch and clone (heroku-cli §6)."""

from functools import partial

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.access import Actor, app_named, check_permitted, check_standing, customers_only
from platform_sim.core.actions.accounts import actor_for_token
from platform_sim.core.actions.apps import note_repository_size
from platform_sim.core.model import scopes
from platform_sim.core.model.apps import App
from platform_sim.web.answers import errors_as, token_of
from platform_sim.web.context import Doors
from platform_sim.web.git.repositories import HOOK, http_backend, repository, repository_size
from platform_sim.web.here import doors_here

SERVICES = ("git-receive-pack", "git-upload-pack")


def git_blueprint(doors: Doors) -> Blueprint:
    """The three addresses that git asks for."""
    blueprint = Blueprint("git", __name__)
    errors_as(blueprint, _text)

    @blueprint.get("/<app>.git/info/refs")
    def refs(app: str) -> Response:
        return _serve(doors, app, "/info/refs", request.args.get("service", ""))

    @blueprint.post("/<app>.git/<service>")
    def exchange(app: str, service: str) -> Response:
        return _serve(doors, app, "/" + service, service)

    return blueprint


def _text(problem: errors.PlatformError) -> Response:
    """git shows the text of an error answer to its user, so it is plain text."""
    challenge = {"WWW-Authenticate": 'Basic realm="Heroku"'} if isinstance(problem, errors.Unauthorized) else None
    return Response(problem.message + "\n", problem.status, challenge, content_type="text/plain; charset=utf-8")


def _serve(doors: Doors, name: str, tail: str, service: str) -> Response:
    token = token_of(request.headers.get("Authorization"))
    with doors.database.snapshot() as rows:
        actor = actor_for_token(rows, token)
        customers_only(actor, "use git")
        check_standing(actor.account)
        if not scopes.allows(actor.scope, "POST", "/apps/{app}/releases"):
            raise errors.Forbidden("This token's scope is too narrow for git: it takes global or write-protected.")
        app = app_named(rows, actor, name)
        check_permitted(rows, actor, app, "deploy")
    if service not in SERVICES:
        raise errors.NotFound("service", "Not a git service: push, fetch and clone over smart HTTP are all there is.")
    try:
        reply = http_backend(_cgi(doors, actor, app, token, tail), request.stream)
    except (FileNotFoundError, PermissionError):
        raise errors.Internal("The platform finds no git that it can run: install git there and try again.") from None
    if request.method == "POST" and service == "git-receive-pack":
        reply.body.closed = partial(_weigh, doors_here(), app.id)
    return Response(reply.body, reply.status, reply.headers, direct_passthrough=True)


def _weigh(doors: Doors, app_id: str) -> None:
    """After a push: what `heroku info` shows as Repo Size."""
    size = repository_size(doors.layout.git, app_id)
    with doors.database.transaction() as tx:
        note_repository_size(tx, app_id, size)


def _cgi(doors: Doors, actor: Actor, app: App, token: str, tail: str) -> dict[str, str]:
    path = repository(doors.layout.git, app.id, doors.git_environment)
    environment = dict(doors.git_environment) | {
        "GIT_PROJECT_ROOT": str(path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{path.name}{tail}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "REMOTE_USER": actor.account.email,
        "REMOTE_ADDR": "127.0.0.1",
        "PLATFORM_SIM_PYTHON": doors.python,
        "PLATFORM_SIM_HOOK": str(HOOK),
        "PLATFORM_SIM_URL": doors.addresses.base,
        "PLATFORM_SIM_APP": app.id,
        "PLATFORM_SIM_APP_NAME": app.name,
        "PLATFORM_SIM_TOKEN": token,
    }
    for header, variable in (("Content-Encoding", "HTTP_CONTENT_ENCODING"), ("Git-Protocol", "GIT_PROTOCOL")):
        if header in request.headers:
            environment[variable] = request.headers[header]
    if request.content_length is not None:
        environment["CONTENT_LENGTH"] = str(request.content_length)
    return environment

"""`POST /oauth/token`: form body or query, secret as a parameter or as Basic password (partner-api §3.1)."""

from typing import Any

from flask import Blueprint, Response, request

from platform_sim.core import errors
from platform_sim.core.actions import oauth
from platform_sim.core.actions.exchanges import keep_token_exchange
from platform_sim.core.actions.oauth_faults import meet_exchange, meet_refresh
from platform_sim.core.model.rules import Rules
from platform_sim.core.public.accounts import id_host_tokens
from platform_sim.web.answers import basic, error_response, errors_as, json_response, read_body
from platform_sim.web.api.bodies import read_json, text
from platform_sim.web.context import Doors
from platform_sim.web.stopwatch import stopwatch


def identity_blueprint(doors: Doors) -> Blueprint:
    """The routes of the id host."""
    blueprint = Blueprint("identity", __name__)
    errors_as(blueprint, lambda problem: error_response(_as_set(doors.database.rules, problem)))

    @blueprint.post("/oauth/token")
    def token() -> Response:
        return json_response(_exchange(doors))

    return blueprint


def _as_set(rules: Rules, problem: errors.PlatformError) -> errors.PlatformError:
    """The status that a setting names, where it is not certain which one Heroku's is (partner-api §3.1)."""
    chosen = {errors.Unauthorized: rules.oauth_refusal_status, errors.InvalidParams: rules.oauth_missing_status}
    return errors.BadRequest(problem.message) if chosen.get(type(problem)) == 400 else problem


def _parameters(limit: int) -> dict[str, str]:
    """Of the query, the form and a JSON body; what is no text is as good as missing."""
    body: dict[str, Any] = read_json(read_body(request, limit), limit) if request.is_json else request.form.to_dict()
    given = request.args.to_dict() | body
    return {name: text(name, value) for name, value in given.items() if isinstance(value, str)}


def _secret(parameters: dict[str, str]) -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if parameters.get("client_secret"):
        return parameters["client_secret"]
    return basic(value.strip())[1] if kind.lower() == "basic" else ""


def _exchange(doors: Doors) -> dict[str, object]:
    parameters = _parameters(doors.database.rules.body_size_limit)
    kind = parameters.get("grant_type") or "authorization_code"
    secret = _secret(parameters)
    if kind == "authorization_code":
        wanted = "code"
    elif kind == "refresh_token":
        wanted = "refresh_token"
    else:
        raise errors.BadRequest(f"grant_type {kind[:40]!r} is not known: use authorization_code or refresh_token.")
    if not parameters.get(wanted):
        raise errors.InvalidParams(f"Missing parameter: {wanted} (for grant_type={kind}).")
    elapsed = stopwatch()
    meet = meet_exchange if wanted == "code" else meet_refresh
    meet(doors.database, parameters[wanted], secret)
    with doors.database.transaction() as tx:
        act = oauth.exchange_grant if wanted == "code" else oauth.refresh
        tokens = act(tx, parameters[wanted], secret)
        url = f"{doors.addresses.base}/oauth/token"
        keep_token_exchange(tx, tokens, url, kind, elapsed(), parameters[wanted], secret)
        return id_host_tokens(tokens)

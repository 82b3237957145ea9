"""The Flask application of a server of many platforms: it makes them, shows them, ends them."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, Flask, Response, request

from platform_sim.core import errors
from platform_sim.core.model.moments import read_start
from platform_sim.core.model.values import iso
from platform_sim.web.answers import error_response, errors_as, json_response, read_body, token_of
from platform_sim.web.api.bodies import check, read_json, text, whole
from platform_sim.web.sim import openapi
from platform_sim.web.tenants import table

FIELDS = ("name", "seed", "frozen_at", "settings")


@dataclass(frozen=True)
class Wish:
    """How a platform is to be. None: a name that is made up, no seed, a clock that runs."""

    name: str | None = None
    seed: int | None = None
    frozen_at: datetime | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


class TenantRow(Protocol):
    """What is told of a platform. `url`: its own address; `host_url`: the same behind the shared port."""

    name: str
    host_url: str
    token: str
    seed: int | None
    created_at: datetime

    @property
    def url(self) -> str:
        """An address without a trailing slash."""
        ...

    def idle_for(self) -> float:
        """Wall seconds since it was last asked something, or something has happened in it."""
        ...


class Landlord(Protocol):
    """Who makes and ends platforms. Errors of core for what cannot be."""

    token: str
    version: str
    body_size_limit: int

    @property
    def url(self) -> str:
        """An address without a trailing slash."""
        ...

    def create(self, wish: Wish) -> TenantRow:
        """One that runs. Conflict for a name that is taken and beyond the limit; InvalidParams."""
        ...

    def end(self, name: str) -> TenantRow:
        """It is gone, with its processes and files. NotFound."""
        ...

    def find(self, name: str) -> TenantRow:
        """NotFound if there is none."""
        ...

    def all(self) -> Sequence[TenantRow]:
        """In the order in which they were made."""
        ...


def create_tenants_web(landlord: Landlord) -> Flask:
    """Knows the server's own token alone: no platform's opens anything here."""
    app = Flask("platform_sim.tenants", static_folder=None)
    blueprint = Blueprint("tenants", __name__, url_prefix="/sim")
    errors_as(app, error_response)

    @blueprint.before_request
    def operator_only() -> None:
        if request.path != openapi.PATH:
            given = token_of(request.headers.get("Authorization"))
            if not hmac.compare_digest(given.encode(), landlord.token.encode()):
                raise errors.Unauthorized("This takes the token of the server, which it has told when it started.")

    @blueprint.get("/openapi.json")
    def document() -> Response:
        subjects = {"tenants": table.ROWS}
        return json_response(openapi.document(landlord.url, landlord.version, subjects, table.SCHEMAS))

    @blueprint.get("/tenants")
    def tenants() -> Response:
        return json_response([_shown(each) for each in landlord.all()])

    @blueprint.get("/tenants/<tenant>")
    def one(tenant: str) -> Response:
        return json_response(_shown(landlord.find(tenant)))

    @blueprint.post("/tenants")
    def create() -> Response:
        made = landlord.create(_wish(landlord.body_size_limit))
        return json_response(_shown(made) | {"token": made.token}, 201)

    @blueprint.delete("/tenants/<tenant>")
    def end(tenant: str) -> Response:
        return json_response(_shown(landlord.end(tenant)))

    app.register_blueprint(blueprint)
    return app


def _shown(row: TenantRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "url": row.url,
        "host_url": row.host_url,
        "seed": row.seed,
        "created_at": iso(row.created_at),
        "idle_for": round(row.idle_for()),
    }


def _wish(limit: int) -> Wish:
    body = read_json(read_body(request, limit), limit)
    if unknown := sorted(body.keys() - set(FIELDS)):
        raise errors.InvalidParams(f"{unknown[0][:40]!r} is not known here: the body takes {', '.join(FIELDS)}.")
    return Wish(**check(body, {"name": text, "seed": whole, "frozen_at": _moment, "settings": _settings}))


def _moment(name: str, value: Any) -> datetime:
    try:
        return read_start(text(name, value))
    except ValueError as problem:
        raise errors.InvalidParams(f"{name}: {problem}.") from None


def _settings(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str | int | float) for each in value.values()):
        raise errors.InvalidParams(f"{name} must be an object of names (docs/settings.md) and values.")
    return {key: str(each).lower() if isinstance(each, bool) else str(each) for key, each in value.items()}

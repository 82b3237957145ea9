"""The rows of the table as parameters of tests, bodies that they accept, the published schema beside the project."""

from pathlib import Path
from typing import Any

import pytest

from platform_sim.web.api.routes import Route, table

from ...certificates import issue
from ..world import KEY, Populated

SHARED = Path(__file__).parents[4] / "shared"
SCHEMA = SHARED / "reference" / "platform-api-schema.json"
ROWS = table()
SIMULATED = [row for row in ROWS if row.simulated]

needs_shared = pytest.mark.skipif(not SCHEMA.exists(), reason="the published schema is not beside this project")


def name(row: Route) -> str:
    return f"{row.method} {row.path}"


PARTNERS = {
    "PATCH /addons/{add-on}/config",
    "PATCH /addons/{add-on}/config/{namespace}",
    "POST /addons/{add-on}/actions/provision",
    "POST /addons/{add-on}/actions/deprovision",
    "PUT /addons/{add-on}/log-drains/{log-drain.query_identity}",
}
"""Rows for partners only."""


def token_for(row: Route, full: Populated) -> str:
    """Of who may use a row: the customer's ("") or the partner's."""
    own = name(row) in PARTNERS or row.path.startswith("/addons/{add-on}/webhook")
    return full.partner if own else ""


every_row = pytest.mark.parametrize("row", ROWS, ids=name)
every_simulated_row = pytest.mark.parametrize("row", SIMULATED, ids=name)

ISSUED = issue("sample.example.com", number=5)

SAMPLES: dict[str, dict[str, Any]] = {
    "POST /oauth/tokens": {"client": {"secret": "s"}, "grant": {"code": "c", "type": "authorization_code"}},
    "PATCH /account": {"name": "Me"},
    "PATCH /users/{account}": {"beta": True},
    "POST /oauth/authorizations": {"description": "mine", "scope": ["read"], "expires_in": 60},
    "PATCH /oauth/authorizations/{oauth-authorization}": {"description": "other"},
    "POST /oauth/clients": {"name": "bot", "redirect_uri": "https://bot.example.com/"},
    "PATCH /oauth/clients/{oauth-client}": {"name": "bot"},
    "POST /apps/{app}/collaborators": {"user": "stranger@example.com"},
    "POST /account/app-transfers": {"app": "acme", "recipient": "friend@example.com"},
    "PATCH /account/app-transfers/{app-transfer}": {"state": "accepted"},
    "POST /teams": {"name": "another"},
    "PATCH /teams/{team}": {"name": "crew-two"},
    "POST /teams/{team}/members": {"email": "stranger@example.com", "role": "member"},
    "PUT /teams/{team}/members": {"email": "stranger@example.com", "role": "admin"},
    "PATCH /teams/{team}/members": {"email": "friend@example.com", "role": "admin"},
    "POST /teams/apps/{app}/collaborators": {"user": "stranger@example.com", "permissions": ["deploy"]},
    "PATCH /teams/apps/{team-app}/collaborators/{team-app-collaborator}": {"permissions": ["view", "deploy"]},
    "PUT /teams/{team}/invitations": {"email": "stranger@example.com", "role": "member"},
    "PATCH /teams/{team-preferences}/preferences": {"addons-controls": False},
    "POST /teams/apps": {"name": "third", "team": "crew"},
    "PATCH /teams/apps/{team-app}": {"owner": "user@example.com"},
    "PATCH /user/notifications/{notification}": {"read": True},
    "POST /favorites": {"resource_id": "other", "type": "app"},
    "POST /filters/apps": {"in": {"id": []}},
    "POST /apps": {"name": "third"},
    "PATCH /apps/{app}": {"maintenance": True},
    "POST /apps/{app}/releases": {"release": "3"},
    "POST /apps/{app}/slugs": {"process_types": {"web": "x"}},
    "POST /apps/{app}/builds": {"source_blob": {"url": "http://localhost/x.tgz"}},
    "PUT /apps/{app}/buildpack-installations": {"updates": [{"buildpack": "heroku/nodejs"}]},
    "PATCH /apps/{app}/formation": {"updates": [{"type": "web", "quantity": 2}]},
    "PATCH /apps/{app}/formation/{formation}": {"quantity": 2},
    "POST /apps/{app}/dynos": {"command": "ls"},
    "POST /apps/{app}/dynos/{dyno}": {"command": "ls"},
    "POST /apps/{app}/log-sessions": {"tail": True},
    "POST /apps/{app}/log-drains": {"url": "https://logs.example.com/new"},
    "PUT /addons/{add-on}/log-drains/{log-drain.query_identity}": {"url": "https://logs.example.com/moved"},
    "POST /apps/{app}/webhooks": {"include": ["api:app"], "level": "notify", "url": "http://localhost:9/new"},
    "PATCH /apps/{app}/webhooks/{app-webhook}": {"include": ["api:app"]},
    "POST /addons/{add-on}/webhooks": {"include": ["api:app"], "level": "notify", "url": "http://localhost:9/new"},
    "PATCH /addons/{add-on}/webhooks/{app-webhook}": {"level": "sync"},
    "POST /apps/{app}/domains": {"hostname": "new.example.com", "sni_endpoint": None},
    "PATCH /apps/{app}/domains/{domain}": {"sni_endpoint": None},
    "POST /apps/{app}/sni-endpoints": {"certificate_chain": ISSUED.certificate, "private_key": ISSUED.key},
    "PATCH /apps/{app}/sni-endpoints/{sni-endpoint}": {
        "certificate_chain": ISSUED.certificate,
        "private_key": ISSUED.key,
    },
    "PATCH /apps/{app}/features/{app-feature}": {"enabled": True},
    "PATCH /account/features/{account-feature}": {"enabled": True},
    "POST /account/keys": {"public_key": KEY.replace("HR4f", "HR4g")},
    "POST /pipelines": {"name": "second"},
    "PATCH /pipelines/{pipeline.id}": {"name": "renamed"},
    "POST /pipeline-transfers": {"pipeline": "flow", "new_owner": {"id": "stranger@example.com", "type": "user"}},
    "POST /pipeline-couplings": {"app": "other", "pipeline": "flow", "stage": "development"},
    "PATCH /pipeline-couplings/{pipeline-coupling}": {"stage": "production"},
    "POST /pipeline-promotions": {
        "pipeline": {"name": "flow"},
        "source": {"app": {"name": "acme"}},
        "targets": [{"app": {"name": "live"}}],
    },
    "POST /pipelines/{pipeline.id}/review-app-config": {"stale_days": 3, "base_name": "sharp"},
    "PATCH /pipelines/{pipeline.id}/review-app-config": {"stale_days": 3},
    "POST /review-apps": {
        "branch": "topic",
        "pipeline": "flow",
        "source_blob": {"url": "http://localhost/x.tgz", "version": None},
    },
    "POST /app-setups": {
        "source_blob": {"url": "http://localhost/x.tgz"},
        "app": {"name": "third"},
        "overrides": {"env": {"A": "b"}},
    },
    "POST /apps/{app}/addons": {"plan": "second:test"},
    "PATCH /apps/{app}/addons/{add-on}": {"plan": "exceptions:test"},
    "DELETE /apps/{app}/addons/{add-on}": {"force": True},
    "POST /actions/addons/resolve": {"addon": "exceptions"},
    "POST /addon-attachments": {"addon": "exceptions-first", "app": "acme", "name": "AGAIN"},
    "POST /actions/addon-attachments/resolve": {"addon_attachment": "EXCEPTIONS"},
    "PATCH /addons/{add-on}/config": {"config": [{"name": "EXCEPTIONS_URL", "value": "x"}]},
    "PATCH /addons/{add-on}/config/{namespace}": {"config": [{"name": "EXCEPTIONS_URL", "value": "x"}]},
}
"""A body that a row accepts in the full world, for rows that declare fields."""

"""What App Info shows (partner-api §4.5, §8.3). Config and addresses are the partner's own: by manifest names."""

from platform_sim.core.actions.addon_logs import input_token_of
from platform_sim.core.actions.app_info import Install, back_channel_name
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.apps import heroku_id
from platform_sim.core.model.domains import Domain
from platform_sim.core.store import Snapshot

Json = dict[str, object]


def listed(install: Install, at: Addresses) -> Json:
    """A row of `GET /vendor/apps`."""
    return {
        "callback_url": _callback_url(install, at),
        "heroku_id": heroku_id(install.app),
        "plan": install.plan.name,
        "provider_id": install.addon.provider_id,
        "resource": _resource(install),
    }


def installed(install: Install) -> Json:
    """A row of `GET /api/v3/apps`. Its shape is published nowhere: the older list with the app (partner-api §14)."""
    return {
        "app": {"id": install.app.id, "name": install.app.name},
        "plan": install.plan.name,
        "provider_id": install.addon.provider_id,
        "resource": _resource(install),
    }


def info(rows: Snapshot, install: Install, at: Addresses) -> Json:
    """`GET /vendor/apps/:id`; how to write into the app's log only where the manifest asks for that."""
    app, addon = install.app, install.addon
    body: Json = {
        "callback_url": _callback_url(install, at),
        "config": addon.config,
        "domains": [domain.hostname for domain in rows.all(Domain, app_id=app.id)],
        "id": heroku_id(app),
        "name": app.name,
        "owner_email": rows.get(Account, app.owner_id).email,
        "region": addon.region,
        "resource": _resource(install),
    }
    token = input_token_of(rows, addon.id, app.id)
    if token is not None:
        body |= {"log_input_url": at.log_input(token), "logplex_token": token}
    return body


def _callback_url(install: Install, at: Addresses) -> str:
    return at.legacy_callback(back_channel_name(install.service, install.addon, install.app))


def _resource(install: Install) -> Json:
    return {"uuid": install.addon.id, "name": install.addon.name}

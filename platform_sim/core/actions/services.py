"""What an operator does with a service that is registered: what the Partner Portal and Heroku's staff do."""

from collections.abc import Sequence

from platform_sim.core.actions.catalog import register_manifest, set_abilities, without_stamp
from platform_sim.core.actions.plans import set_plans
from platform_sim.core.model.accounts import AccessToken, Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.catalog import ServiceSeed, ServiceSpec
from platform_sim.core.store import Transaction

TOLD = ("abilities", "local_url", "state")
"""What an event says of a change, beside the service's name."""


def change_service(tx: Transaction, actor: Account, service: AddonService, spec: ServiceSpec) -> AddonService:
    """Bring a service and its plans to what is said; what is as it should be is not written again."""
    before = service
    if spec.client_secret is not None:
        service = set_client_secret(tx, actor, service, spec.client_secret)
    if spec.abilities is not None:
        service = set_abilities(tx, service, spec.abilities)
    if spec.state not in (None, service.state):
        service = tx.update(service, state=spec.state)
    if spec.local is not None and spec.local.rstrip("/") != service.local_url:
        service = tx.update(service, local_url=spec.local.rstrip("/"))
    was, told = ({name: getattr(each, name) for name in TOLD} for each in (before, service))
    if was != told:
        previous = {name: value for name, value in was.items() if told[name] != value}
        tx.record("addon-service", "update", service.id, actor, {"name": service.name, **told}, previous=previous)
    set_plans(tx, service, spec.plans, actor)
    return service


def set_client_secret(
    tx: Transaction, actor: Account, service: AddonService, secret: str | None = None
) -> AddonService:
    """A new OAuth client secret, made if none is given: it ends every access token at once, and refreshing works
    with the new one (partner-api §0). The same one again changes nothing."""
    if secret == service.client_secret:
        return service
    addons = [addon.id for addon in tx.all(Addon, service_id=service.id)]
    granted = [each.id for each in tx.all(Authorization, addon_id=addons)]
    tx.delete_where(AccessToken, authorization_id=granted)
    tx.record("addon-service", "update", service.id, actor, {"name": service.name, "client_secret": "reset"})
    return tx.update(service, client_secret=secret or tx.secret("client-secret", service.name))


def apply_seeds(tx: Transaction, actor: Account, seeds: Sequence[ServiceSeed]) -> list[AddonService]:
    """Bring services to what a file says of them. Applied again it writes nothing; services it does not name stay."""
    return [_apply(tx, actor, seed) for seed in seeds]


def _apply(tx: Transaction, actor: Account, seed: ServiceSeed) -> AddonService:
    service = tx.find(AddonService, name=str(seed.manifest["id"]))
    if service is None or without_stamp(service.manifest) != without_stamp(seed.manifest):
        service = register_manifest(tx, actor, seed.manifest)
    return change_service(tx, actor, service, seed.spec)

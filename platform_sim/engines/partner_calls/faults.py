"""What goes wrong on purpose between the platform and a partner (docs/faults.md). Without faults: one look at a set."""

from platform_sim.core.actions.faults import take
from platform_sim.core.model.addons import Addon, AddonService
from platform_sim.core.model.apps import App
from platform_sim.core.model.faults import Facts
from platform_sim.core.store import Database
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.faulty import ALTERED, altered


def sent_with_faults(
    database: Database, send: Send, request: PartnerRequest, addon_id: str, exchange_id: str
) -> PartnerAnswer:
    """The answer as it arrives. `addon_id`: what the request is about; `exchange_id`: what a fault that acts follows
    from."""
    if database.faults.isdisjoint(ALTERED):
        return send(request)
    fault = take(database, ALTERED, facts_of(database, request, addon_id), exchange_id)
    answer = send(request)
    return altered(fault.kind, fault.amount, answer) if fault else answer


def facts_of(database: Database, request: PartnerRequest, addon_id: str) -> Facts:
    """What is known of a call to a partner."""
    with database.snapshot() as rows:
        addon = rows.get(Addon, addon_id)
        app = rows.find(App, id=addon.app_id)
        service = rows.get(AddonService, addon.service_id)
    return {
        "service": service.name,
        "addon": (addon.name, addon.id),
        "app": (app.name, app.id) if app else (),
        "method": request.method,
        "path": request.path,
    }

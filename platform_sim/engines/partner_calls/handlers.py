"""Which kind of job is done by which function: what `assemble` gives to the job runner."""

from collections.abc import Callable
from functools import partial

from platform_sim.core.actions.data_calls import DATA_CALL
from platform_sim.core.actions.sso_lab import SSO_EXPERIMENT
from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database
from platform_sim.engines.partner_calls.change_plan import change_plan
from platform_sim.engines.partner_calls.data_call import data_call
from platform_sim.engines.partner_calls.deadlines import deprovision_deadline, provision_deadline
from platform_sim.engines.partner_calls.deprovision import deprovision
from platform_sim.engines.partner_calls.office import Office
from platform_sim.engines.partner_calls.provision import provision
from platform_sim.engines.partner_calls.sso_login import sso_login
from platform_sim.partners.client import PartnerClient

HANDLERS: dict[str, Callable[[Office, Job], None]] = {
    "provision": provision,
    "change_plan": change_plan,
    "deprovision": deprovision,
    "provision_deadline": provision_deadline,
    "deprovision_deadline": deprovision_deadline,
    DATA_CALL: data_call,
    SSO_EXPERIMENT: sso_login,
}


def partner_handlers(
    database: Database, client: PartnerClient, addresses: Addresses
) -> dict[str, Callable[[Job], None]]:
    """Handlers by kind of job. `addresses` are final: partners are given a callback URL made of them."""
    office = Office(database, client, addresses)
    return {kind: partial(handler, office) for kind, handler in HANDLERS.items()}

"""What happens when a partner has accepted and then is not heard of in time (partner-api §2.5, §2.11)."""

from platform_sim.core.actions.addons_end import finish_deprovisioning
from platform_sim.core.actions.addons_outcome import fail_provisioning
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.records import Job
from platform_sim.engines.partner_calls.office import Office, succeed


def provision_deadline(office: Office, job: Job) -> None:
    """An asynchronous provisioning that is still not done is given up, and the partner told to delete."""
    with office.database.transaction(job.cause_id) as tx:
        addon = tx.get(Addon, job.subject_id)
        if addon.state == "provisioning":
            hours = tx.rules.async_deadline / 3600
            message = f"The add-on's provider did not finish within {hours:g} hours. The add-on was removed."
            fail_provisioning(tx, addon, message, clean_up=True, out_of_time=True)
        succeed(tx, job, None, ())


def deprovision_deadline(office: Office, job: Job) -> None:
    """An asynchronous deprovisioning ends by itself: the partner knows, it answered 202."""
    with office.database.transaction(job.cause_id) as tx:
        addon = tx.get(Addon, job.subject_id)
        if addon.state == "deprovisioning":
            finish_deprovisioning(tx, addon, None)
        succeed(tx, job, None, ())

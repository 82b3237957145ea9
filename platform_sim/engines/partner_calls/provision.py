"""Asks a partner for a resource until it has answered clearly (partner-api §2.3 to §2.6)."""

from platform_sim.core.actions import addon_logs, jobs
from platform_sim.core.actions.addons_outcome import (
    acknowledge,
    fail_provisioning,
    finish_provisioning,
    known_as,
    tell_to_delete,
)
from platform_sim.core.actions.app_info import back_channel_name
from platform_sim.core.model.accounts import Account, Authorization
from platform_sim.core.model.addons import Addon, AddonService, Plan, as_called, is_legacy
from platform_sim.core.model.apps import App, heroku_id
from platform_sim.core.model.records import Job
from platform_sim.core.model.values import iso
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.engines.partner_calls.office import Office, doubled, fail, given_up, succeed
from platform_sim.partners.manifest import declared
from platform_sim.partners.message import within
from platform_sim.partners.orders import Grant, ProvisionOrder
from platform_sim.partners.outcome import (
    Accepted202,
    Broken,
    Provisioned,
    ProvisionOutcome,
    Refused,
    Unknown,
    provision_outcome,
)
from platform_sim.partners.versions import spoken

NOTHING_INSTALLED = "Nothing was installed."


def provision(office: Office, job: Job) -> None:
    """One attempt. An add-on that is no longer `provisioning` is not asked for any more."""
    with office.database.snapshot() as rows:
        addon, service = office.addon_and_service(rows, job)
        order = _order(office, rows, addon, service) if addon.state == "provisioning" else None
    if order is None:
        with office.database.transaction(job.cause_id) as tx:
            _given_up_before(tx, job, tx.get(Addon, addon.id))
        return
    wish = order
    call = office.sent(job, lambda client: client.provision(as_called(service), wish))
    wants_drain = wish.log_drain_token is not None
    manifest = service.manifest
    outcome = provision_outcome(call.answer, declared(manifest), wants_drain=wants_drain, version=spoken(manifest))
    said = within(outcome, office.database.rules.partner_message_limit)

    def conclude(tx: Transaction, addon: Addon, said: ProvisionOutcome) -> None:
        if addon.state == "provisioning":
            _apply(tx, job, addon, said)
        else:
            _answered_too_late(tx, job, addon, said)

    office.settle(job, call, said, conclude)


def _order(office: Office, rows: Snapshot, addon: Addon, service: AddonService) -> ProvisionOrder:
    """From the rows alone, so that every attempt sends the same bytes; also after the grant was used."""
    authorization = rows.find(Authorization, addon_id=addon.id, revoked_at=None)
    grant = None
    if authorization and authorization.grant_code and authorization.grant_expires_at:
        grant = Grant(authorization.grant_code, iso(authorization.grant_expires_at))
    app = rows.get(App, addon.app_id)
    log_input = addon_logs.input_token_of(rows, addon.id, addon.app_id)
    return ProvisionOrder(
        uuid=addon.id,
        name=addon.name,
        plan=rows.get(Plan, addon.plan_id).name,
        region=addon.region,
        callback_url=_callback(office, service, addon, app),
        options=addon.options,
        grant=grant,
        log_input_url=office.addresses.log_input(log_input) if log_input else None,
        log_drain_token=addon_logs.drain_token_of(rows, addon),
        heroku_id=heroku_id(app),
    )


def _callback(office: Office, service: AddonService, addon: Addon, app: App) -> str:
    """Where the partner reports to: the Platform API, or in version 1 App Info (partner-api §8.1)."""
    if is_legacy(service.manifest):
        return office.addresses.legacy_callback(back_channel_name(service, addon, app))
    return office.addresses.callback(addon.id)


def _apply(tx: Transaction, job: Job, addon: Addon, said: ProvisionOutcome) -> None:
    match said:
        case Provisioned():
            addon = acknowledge(tx, addon, said.provider_id, said.message, asynchronous=False)
            _drain(tx, addon, said.log_drain_url)
            finish_provisioning(tx, addon, said.config, tx.get(Account, addon.actor_id))
            succeed(tx, job, said.message, said.warnings)
        case Accepted202():
            addon = acknowledge(tx, addon, said.provider_id, said.message, asynchronous=True)
            _drain(tx, addon, said.log_drain_url)
            succeed(tx, job, said.message, said.warnings, asynchronous=True)
        case Refused():
            fail_provisioning(tx, addon, said.message, clean_up=_may_have_reached(job))
            fail(tx, job, said.message, refused=True, status=said.status)
        case Broken():
            if said.provider_id is not None:
                addon = known_as(tx, addon, said.provider_id)
            message = f"{said.message} {NOTHING_INSTALLED}"
            fail_provisioning(tx, addon, message, clean_up=said.clean_up)
            fail(tx, job, message, refused=True, status=said.status)
        case Unknown():
            _again_or_give_up(tx, job, addon, said)


def _drain(tx: Transaction, addon: Addon, url: str | None) -> None:
    """The partner has said where the logs of the attached apps go (partner-api §7.1)."""
    if url is not None:
        addon_logs.use_drain_url(tx, tx.get(Account, addon.actor_id), addon, url)


def _again_or_give_up(tx: Transaction, job: Job, addon: Addon, said: Unknown) -> None:
    never_sent = _never_sent(job) + said.never_sent
    delay = doubled(tx.rules.provision_retry_delay, job.attempts)
    late = (tx.now() - job.created_at).total_seconds() + delay > tx.rules.provision_retry_window
    if job.attempts < tx.rules.provision_attempts and not late:
        outcome = {"message": f"The add-on's provider {said.reason}.", "status": said.status, "never_sent": never_sent}
        jobs.try_again(tx, job, delay, outcome)
        return
    message = given_up(said, job.attempts, NOTHING_INSTALLED)
    fail_provisioning(tx, addon, message, clean_up=never_sent < job.attempts)
    fail(tx, job, message, refused=False, status=said.status)


def _never_sent(job: Job) -> int:
    """How many earlier attempts have certainly not reached the partner."""
    return int(job.outcome.get("never_sent", 0))


def _may_have_reached(job: Job) -> bool:
    """Whether an earlier attempt, cut off or killed, may have made something before this one was refused."""
    return _never_sent(job) < job.attempts - 1


def _answered_too_late(tx: Transaction, job: Job, addon: Addon, said: ProvisionOutcome) -> None:
    """Destroyed by the customer: its deprovision job follows this one. Given up by the partner in the middle of
    its own request: then nothing follows, so what it may have made all the same is cleaned up."""
    if isinstance(said, Provisioned | Accepted202 | Broken) and said.provider_id is not None:
        addon = known_as(tx, addon, said.provider_id)
    if addon.state == "deprovisioned" and not isinstance(said, Refused):
        tell_to_delete(tx, addon)
        _settle(tx, job, addon)
    else:
        _given_up_before(tx, job, addon)


def _given_up_before(tx: Transaction, job: Job, addon: Addon) -> None:
    """The partner has given it up while nobody knew what became of an earlier attempt: that may still be worked on."""
    if addon.state == "deprovisioned" and _may_have_reached(job):
        tell_to_delete(tx, addon)
    _settle(tx, job, addon)


def _settle(tx: Transaction, job: Job, addon: Addon) -> None:
    """End a job whose add-on has moved on by itself."""
    if addon.state == "provisioned":
        succeed(tx, job, addon.provision_message, ())
        return
    message = addon.provision_message if addon.state == "deprovisioned" else None
    fail(tx, job, message or f"{addon.name} was destroyed before its provider had made it.", refused=False)

"""A partner's view of config: its own instance's vars, by manifest names, nothing else (partner-api §4.2)."""

from collections.abc import Sequence

from platform_sim.core.access import Actor, own_instance, service_of
from platform_sim.core.actions.addons_end import finish_deprovisioning
from platform_sim.core.actions.addons_outcome import change_config, fail_provisioning, finish_provisioning
from platform_sim.core.actions.ownership import check_declared
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.values import NAMESPACE
from platform_sim.core.store import Transaction


def config_list(addon: Addon, namespace: str | None = None) -> list[tuple[str, str]]:
    """Name and value of each var that is set; none in a namespace that the partner has not made."""
    return sorted(addon.config_in(namespace).items())


def update_config(
    tx: Transaction,
    actor: Actor,
    identity: str,
    changes: Sequence[tuple[str, str | None]],
    namespace: str | None = None,
) -> Addon:
    """Set vars (None removes); names not listed stay. Nothing is written if one name is not declared: InvalidParams,
    or Forbidden as the setting says.

    `namespace`: of attachments that show their own config, such as `credential:reader`.
    """
    addon = own_instance(tx, actor, identity)
    if namespace is not None and NAMESPACE.fullmatch(namespace) is None:
        raise InvalidParams(
            f"{namespace[:100]!r} is not a namespace: write a kind, a colon and a name, such as `credential:reader`."
        )
    refused = Forbidden if tx.rules.undeclared_config_status == 403 else InvalidParams
    check_declared(service_of(tx, addon), (name for name, _ in changes), refused)
    return change_config(tx, addon, dict(changes), actor.account, namespace)


def partner_provisions(tx: Transaction, actor: Actor, identity: str) -> Addon:
    """`actions/provision`: the partner has finished an asynchronous provisioning; again is harmless."""
    addon = own_instance(tx, actor, identity)
    if addon.state == "provisioned":
        return addon
    if addon.state != "provisioning" or addon.acknowledged_at is None:
        raise InvalidParams(
            f"{addon.name} is {addon.state}: it can be marked as provisioned after its provisioning request "
            "was answered with 202."
        )
    return finish_provisioning(tx, addon, {}, actor.account)


def partner_deprovisions(tx: Transaction, actor: Actor, identity: str) -> Addon:
    """`actions/deprovision`: the partner gives up an asynchronous create, or has finished a delete."""
    addon = own_instance(tx, actor, identity)
    if addon.state == "provisioning":
        reason = "The add-on's provider could not provision it."
        return fail_provisioning(tx, addon, reason, clean_up=False)
    if addon.state == "deprovisioning":
        return finish_deprovisioning(tx, addon, actor.account)
    raise InvalidParams(f"{addon.name} is {addon.state}: only the customer can destroy it now.")

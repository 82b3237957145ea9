"""Notifications: what Heroku would tell a person by mail, written in the transaction of the fact itself.

Whoever did something is not told of it; that an add-on failed, nobody has done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from platform_sim.core.access import Actor, customers_only
from platform_sim.core.errors import NotFound
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.notices import KEPT, Notification, TargetType
from platform_sim.core.model.records import Event
from platform_sim.core.model.teams import AppTransfer, Collaborator, Team, TeamInvitation, TeamMember
from platform_sim.core.store import Snapshot, Transaction


@dataclass(frozen=True)
class _Note:
    """To whom, about what, and the words."""

    account_id: str
    target_type: TargetType
    target_id: str
    title: str
    body: str


def notifications_of(rows: Snapshot, actor: Actor) -> list[Notification]:
    """The actor's, the newest first."""
    customers_only(actor, "read notifications")
    return rows.all(Notification, account_id=actor.account.id)[::-1]


def mark(tx: Transaction, actor: Actor, identity: str, read: bool) -> Notification:
    """Read, or not; NotFound for another one's."""
    customers_only(actor, "read notifications")
    found = tx.find(Notification, account_id=actor.account.id, id=identity)
    if found is None:
        raise NotFound("notification")
    return found if found.read == read else tx.update(found, read=read)


def notify(tx: Transaction, event: Event) -> None:
    """Write what follows from an event; the newest of each account stay."""
    make = _NOTES.get((event.kind, event.action))
    note = make(tx, event) if make else None
    if note is None or (note.account_id == event.actor_id and event.kind != "addon"):
        return
    now, row_id = tx.now(), tx.uuid("notification", note.account_id)
    tx.insert(
        Notification(row_id, note.account_id, note.target_type, note.target_id, note.title, note.body, False, now, now)
    )
    for old in tx.all(Notification, account_id=note.account_id)[:-KEPT]:
        tx.delete(old)


def _offered(tx: Transaction, event: Event) -> _Note:
    transfer = tx.get(AppTransfer, event.subject_id)
    app = tx.get(App, transfer.app_id)
    body = (
        f"{event.actor_email} wants to transfer {app.name} to you. It is yours when you accept: "
        f'PATCH /account/app-transfers/{transfer.id} with {{"state": "accepted"}}, or "declined".'
    )
    return _Note(transfer.recipient_id, "app", app.id, f"App transfer request for {app.name}", body)


def _answered(tx: Transaction, event: Event) -> _Note:
    transfer = tx.get(AppTransfer, event.subject_id)
    app = tx.get(App, transfer.app_id)
    body = f"{event.actor_email} has {transfer.state} the transfer of {app.name}."
    return _Note(transfer.owner_id, "app", app.id, f"App transfer of {app.name} {transfer.state}", body)


def _shared(tx: Transaction, event: Event) -> _Note:
    shared = tx.get(Collaborator, event.subject_id)
    app = tx.get(App, shared.app_id)
    body = f"{event.actor_email} has given you access to {app.name}: heroku apps:info -a {app.name}"
    return _Note(shared.account_id, "app", app.id, f"You are a collaborator on {app.name}", body)


def _invited(tx: Transaction, event: Event) -> _Note:
    invitation = tx.get(TeamInvitation, event.subject_id)
    team = tx.get(Team, invitation.team_id)
    body = (
        f"{event.actor_email} invites you to the team {team.name} as {invitation.role}. You are in it when you accept: "
        f"POST /teams/invitations/{invitation.token}/accept"
    )
    return _Note(invitation.account_id, "team", team.id, f"Invitation to the team {team.name}", body)


def _added(tx: Transaction, event: Event) -> _Note:
    member = tx.get(TeamMember, event.subject_id)
    team = tx.get(Team, member.team_id)
    body = f"{event.actor_email} has made you {member.role} of {team.name}: heroku apps --team {team.name}"
    return _Note(member.account_id, "team", team.id, f"You are in the team {team.name}", body)


def _not_provisioned(tx: Transaction, event: Event) -> _Note | None:
    """Only what failed after its partner had said that it takes a while: of all else the command itself has told."""
    addon = tx.get(Addon, event.subject_id)
    if "reason" not in event.data or addon.acknowledged_at is None:
        return None
    app = tx.find(App, id=addon.app_id)
    where = f" on {app.name}" if app else ""
    body = f"{addon.name}{where} could not be provisioned and has been removed: {event.data['reason']}"
    return _Note(addon.actor_id, "app", addon.app_id, f"{addon.name} failed to provision", body)


_NOTES: dict[tuple[str, str], Callable[[Transaction, Event], _Note | None]] = {
    ("app-transfer", "create"): _offered,
    ("app-transfer", "update"): _answered,
    ("collaborator", "create"): _shared,
    ("team-invitation", "create"): _invited,
    ("team-member", "create"): _added,
    ("addon", "destroy"): _not_provisioned,
}

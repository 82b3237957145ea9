"""Who may use an app, and offers of apps to other customers."""

from platform_sim.core import access
from platform_sim.core.actions import collaborators, transfers
from platform_sim.core.model.apps import App
from platform_sim.core.public import teams as public
from platform_sim.core.store import Snapshot, Transaction
from platform_sim.web.api.bodies import flag, identity, text, user
from platform_sim.web.api.call import Call, Json

CREATE = {"user": user, "silent": flag}
"""`silent`: no mail is sent here anyway."""
OFFER = {"app": identity, "recipient": user, "silent": flag}
ANSWER = {"state": text}


def _app(call: Call, rows: Snapshot) -> App:
    return access.app_named(rows, call.actor, call.path["app"])


def listing(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/collaborators: the owner first."""
    app = _app(call, rows)
    return [public.collaborator(rows, each, app) for each in collaborators.collaborators_of(rows, app)]


def info(call: Call, rows: Snapshot) -> Json:
    """GET /apps/:app/collaborators/:id-or-email."""
    app = _app(call, rows)
    return public.collaborator(rows, collaborators.collaborator_named(rows, app, call.path["collaborator"]), app)


def create(call: Call, tx: Transaction) -> Json:
    """POST /apps/:app/collaborators."""
    app = _app(call, tx)
    return public.collaborator(tx, collaborators.add_collaborator(tx, call.actor, app, call.body["user"]), app)


def delete(call: Call, tx: Transaction) -> Json:
    """DELETE /apps/:app/collaborators/:id-or-email answers with the collaborator as it was."""
    app = _app(call, tx)
    found = collaborators.collaborator_named(tx, app, call.path["collaborator"])
    body = public.collaborator(tx, found, app)
    collaborators.remove_collaborator(tx, call.actor, app, found.id)
    return body


def list_transfers(call: Call, rows: Snapshot) -> Json:
    """GET /account/app-transfers: offered and to be answered."""
    return [public.transfer(rows, each) for each in transfers.transfers_of(rows, call.actor.account)]


def transfer_info(call: Call, rows: Snapshot) -> Json:
    """GET /account/app-transfers/:id-or-app-name."""
    return public.transfer(rows, transfers.transfer_named(rows, call.actor.account, call.path["app-transfer"]))


def offer(call: Call, tx: Transaction) -> Json:
    """POST /account/app-transfers."""
    return public.transfer(tx, transfers.offer(tx, call.actor, call.body["app"], call.body["recipient"]))


def answer(call: Call, tx: Transaction) -> Json:
    """PATCH /account/app-transfers/:id-or-app-name: accepted or declined."""
    found = transfers.transfer_named(tx, call.actor.account, call.path["app-transfer"])
    return public.transfer(tx, transfers.answer(tx, call.actor, found, call.body["state"]))


def withdraw(call: Call, tx: Transaction) -> Json:
    """DELETE /account/app-transfers/:id-or-app-name answers with the transfer as it was."""
    found = transfers.transfer_named(tx, call.actor.account, call.path["app-transfer"])
    transfers.withdraw(tx, call.actor, found)
    return public.transfer(tx, found)

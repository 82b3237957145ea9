"""What a platform has before anybody asks: its customer with a token, and the services it was started with."""

from collections.abc import Sequence
from typing import NamedTuple

from platform_sim.core.actions.accounts import create_account, issue_token, lasting_token
from platform_sim.core.actions.exchanges import end_interrupted
from platform_sim.core.actions.services import apply_seeds
from platform_sim.core.model.accounts import AccessToken, Account
from platform_sim.core.model.catalog import ServiceSeed
from platform_sim.core.store import Transaction

EMAIL = "you@example.com"
"""The customer of a new platform: a name that no real Heroku account has."""


class FirstRows(NamedTuple):
    """Which start of the platform this is, whom it is for, and the customer's token."""

    boot_id: str
    customer_id: str
    token: str


def first_rows(tx: Transaction, token: str | None, services: Sequence[ServiceSeed]) -> FirstRows:
    """The same customer and token each time on the same rows; `token`: the one that the operator wants."""
    boot_id = tx.uuid("boot")
    end_interrupted(tx)
    account = tx.find(Account, email=EMAIL) or create_account(tx, EMAIL, "You")
    known = tx.find(AccessToken, token=token) if token else lasting_token(tx, account)
    apply_seeds(tx, account, services)
    given = known or issue_token(tx, account, "platform-sim up", token)
    return FirstRows(boot_id, account.id, given.token)

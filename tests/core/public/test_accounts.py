"""What accounts and tokens say in public."""

from typing import Any

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.oauth import Tokens, exchange_grant
from platform_sim.core.model.accounts import Authorization
from platform_sim.core.model.apps import App
from platform_sim.core.public import accounts as public
from platform_sim.core.store import Transaction

from ...support import new_addon, new_service


@pytest.fixture
def tokens(tx: Transaction, customer: Actor, app: App) -> Tokens:
    service = new_service(tx)
    addon = new_addon(tx, customer, app)
    grant = tx.find(Authorization, addon_id=addon.id)
    assert grant is not None
    assert grant.grant_code is not None
    return exchange_grant(tx, grant.grant_code, service.client_secret)


def test_an_account(customer: Actor) -> None:
    body = public.account(customer.account)
    assert (body["email"], body["id"], body["verified"]) == ("user@example.com", customer.account.id, True)
    assert {name for name, value in body.items() if value is False} == {
        "allow_tracking",
        "beta",
        "federated",
        "two_factor_authentication",
    }


def test_the_id_hosts_answer_has_the_names_that_partners_read(tokens: Tokens) -> None:
    assert public.id_host_tokens(tokens) == {
        "access_token": tokens.access.token,
        "refresh_token": tokens.refresh_token,
        "expires_in": 28_800,
        "token_type": "Bearer",
        "user_id": tokens.account.id,
        "session_nonce": None,
    }


def test_the_apis_answer_holds_the_same_tokens(tokens: Tokens) -> None:
    body: Any = public.api_tokens(tokens, "secret")
    assert body["access_token"]["token"] == tokens.access.token
    assert body["refresh_token"]["token"] == tokens.refresh_token
    assert body["access_token"]["expires_in"] == 28_800
    assert body["client"] == {"secret": "secret"}
    assert body["grant"]["code"] == tokens.authorization.grant_code

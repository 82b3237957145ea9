"""Accounts, tokens and grants in public."""

from platform_sim.core.actions.oauth import Tokens
from platform_sim.core.model.accounts import Account, Authorization, SshKey
from platform_sim.core.model.values import iso, iso_or_none

Json = dict[str, object]


def account(row: Account) -> Json:
    """`Account`; nobody has a default team here."""
    return {
        "allow_tracking": row.allow_tracking,
        "beta": row.beta,
        "country_of_residence": None,
        "created_at": iso(row.created_at),
        "default_organization": None,
        "default_team": None,
        "delinquent_at": iso_or_none(row.delinquent_at),
        "email": row.email,
        "federated": False,
        "id": row.id,
        "identity_provider": None,
        "last_login": iso(row.updated_at),
        "name": row.name,
        "sms_number": None,
        "suspended_at": iso_or_none(row.suspended_at),
        "two_factor_authentication": row.two_factor,
        "updated_at": iso(row.updated_at),
        "verified": True,
    }


def customer(row: Account) -> Json:
    """A customer as an operator sees it."""
    return {
        "id": row.id,
        "email": row.email,
        "name": row.name,
        "created_at": iso(row.created_at),
        "suspended_at": iso_or_none(row.suspended_at),
        "delinquent_at": iso_or_none(row.delinquent_at),
        "two_factor_authentication": row.two_factor,
    }


def id_host_tokens(tokens: Tokens) -> Json:
    """The id host's answer to an exchange or refresh (partner-api §3.1)."""
    return {
        "access_token": tokens.access.token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
        "user_id": tokens.account.id,
        "session_nonce": None,
    }


def grant(row: Authorization) -> Json:
    """A grant code, as `oauth_grant` of a provisioning request has it (partner-api §2.3)."""
    assert row.grant_expires_at is not None, "a grant expires"
    return {"code": row.grant_code, "expires_at": iso(row.grant_expires_at), "type": "authorization_code"}


def api_tokens(tokens: Tokens, client_secret: str) -> Json:
    """`OAuth Token` as the Platform API's own endpoint shows it."""
    authorization = tokens.authorization
    return {
        "access_token": {
            "expires_in": tokens.expires_in,
            "id": tokens.access.id,
            "token": tokens.access.token,
        },
        "authorization": {"id": authorization.id},
        "client": {"secret": client_secret},
        "created_at": iso(tokens.access.created_at),
        "grant": {"code": authorization.grant_code, "type": "authorization_code"},
        "id": tokens.access.id,
        "refresh_token": {"expires_in": None, "id": authorization.id, "token": tokens.refresh_token},
        "session": {"id": authorization.id},
        "updated_at": iso(tokens.access.created_at),
        "user": {"id": tokens.account.id},
    }


def key(row: SshKey, owner: Account) -> Json:
    """`Key`."""
    return {
        "comment": row.comment,
        "created_at": iso(row.created_at),
        "email": owner.email,
        "fingerprint": row.fingerprint,
        "id": row.id,
        "public_key": row.public_key,
        "updated_at": iso(row.updated_at),
    }

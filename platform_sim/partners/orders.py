"""What a partner is asked for: pure values, the same for both versions of the protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grant:
    """`oauth_grant` of a provisioning request; `expires_at` as it is sent (partner-api §2.3)."""

    code: str = field(repr=False)
    expires_at: str
    type: str = "authorization_code"


@dataclass(frozen=True)
class ProvisionOrder:
    """What a partner is asked to make. `plan`: its own slug; `region`: `provider::region` (partner-api §2.3).

    The log fields are sent only when given: a manifest asks for them with `log_input` and `syslog_drain`.
    `heroku_id` goes to partners of version 1 only, `name` to those of version 3 only (partner-api §8.1).
    """

    uuid: str
    name: str
    plan: str
    region: str
    callback_url: str
    options: Mapping[str, str]
    grant: Grant | None
    log_input_url: str | None = field(default=None, repr=False)
    log_drain_token: str | None = field(default=None, repr=False)
    heroku_id: str | None = None

    @property
    def sorted_options(self) -> dict[str, str]:
        """In an order that does not depend on who asked, so that a repeat has the same bytes."""
        return {name: self.options[name] for name in sorted(self.options)}

    @property
    def sent_grant(self) -> dict[str, str] | None:
        """`oauth_grant` as it stands in the body."""
        grant = self.grant
        return {"code": grant.code, "expires_at": grant.expires_at, "type": grant.type} if grant else None


@dataclass(frozen=True)
class Resource:
    """Which resource is to be changed or deleted. Version 3 knows it by `uuid`, version 1 by `provider_id`, the id
    that the partner itself gave it; `heroku_id` is the app's (partner-api §8.1)."""

    uuid: str
    provider_id: str | None = None
    heroku_id: str | None = None

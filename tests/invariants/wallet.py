"""What a partner knows of one instance's tokens, and what an honest token endpoint must say to each request."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Wallet:
    """Of one uuid. Times are the platform's."""

    uuid: str
    code: str = field(repr=False)
    code_expires_at: str
    used: bool = False
    refresh_token: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    access_expires_at: datetime | None = None

    def grant_is_good(self, now: datetime) -> bool:
        """Whether the code could be exchanged now, were the instance alive."""
        return not self.used and now < datetime.fromisoformat(self.code_expires_at)

    def access_is_good(self, now: datetime) -> bool:
        """Whether the newest access token has not run out."""
        return self.access_expires_at is not None and now < self.access_expires_at

"""Who this add-on is to Heroku: slug, manifest password, SSO salt, client secret.

Given by the environment or made once and kept in the data folder, so that the `manifest` command and the
server agree (partner-api §0, "Secrets").
"""

from __future__ import annotations

from dataclasses import dataclass, field

from addon_service.clock import Clock
from addon_service.folder import DataFolder
from addon_service.settings import Settings


@dataclass(frozen=True)
class Identity:
    """The shared secrets of one add-on; none of them is shown in a repr."""

    slug: str
    name: str
    password: str = field(repr=False)
    sso_salt: str = field(repr=False)
    folder: DataFolder = field(repr=False)
    given_client_secret: str = field(repr=False, default="")

    @property
    def prefix(self) -> str:
        """What every config var begins with: the slug, upper case, dashes as underscores (partner-api §1.1)."""
        return self.slug.upper().replace("-", "_")

    def client_secret(self) -> str | None:
        """The OAuth client secret, read anew at each use: Heroku makes it after the manifest is registered."""
        return self.given_client_secret or self.folder.read("client-secret")


def load_identity(settings: Settings, folder: DataFolder, clock: Clock) -> Identity:
    """The identity of the add-on that the settings describe; missing secrets are made and kept."""
    return Identity(
        slug=settings.slug,
        name=settings.name,
        password=settings.password or folder.keep("password", clock.new_token),
        sso_salt=settings.sso_salt or folder.keep("sso-salt", clock.new_token),
        folder=folder,
        given_client_secret=settings.client_secret,
    )

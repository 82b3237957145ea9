"""Who this add-on is to Heroku: slug, manifest password, SSO salt, client secret.

Given by the environment or made once and kept in the data folder, so that the `manifest` command and the
server agree (partner-api §0, "Secrets").
"""

from __future__ import annotations

from dataclasses import dataclass, field

from addon_service.clock import Clock
from addon_service.folder import DataFolder
from addon_service.settings import Product


@dataclass(frozen=True)
class Identity:
    """The shared secrets of one add-on; none of them is shown in a repr."""

    slug: str
    name: str
    password: str = field(repr=False)
    sso_salt: str = field(repr=False)
    folder: DataFolder = field(repr=False)
    given_client_secret: str = field(repr=False, default="")
    secret_file: str = "client-secret"

    @property
    def prefix(self) -> str:
        """What every config var begins with: the slug, upper case, dashes as underscores (partner-api §1.1)."""
        return self.slug.upper().replace("-", "_")

    @property
    def config_var(self) -> str:
        """The one variable that each product hands out; the manifest declares it."""
        return f"{self.prefix}_URL"

    def client_secret(self) -> str | None:
        """The OAuth client secret, read anew at each use: Heroku makes it after the manifest is registered."""
        return self.given_client_secret or self.folder.read(self.secret_file)


def load_identity(product: Product, folder: DataFolder, clock: Clock) -> Identity:
    """The identity of one product; missing secrets are made and kept, in files of its own."""
    prefix = "" if product.key == "exceptions" else f"{product.key}-"
    return Identity(
        slug=product.slug,
        name=product.name,
        password=product.password or folder.keep(f"{prefix}password", clock.new_token),
        sso_salt=product.sso_salt or folder.keep(f"{prefix}sso-salt", clock.new_token),
        folder=folder,
        given_client_secret=product.client_secret,
        secret_file=f"{prefix}client-secret",
    )

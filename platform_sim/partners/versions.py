"""Which version of the partner protocol is spoken with a partner: decided by its manifest, here and nowhere else."""

from typing import Any, Protocol

from platform_sim.core.model.addons import is_legacy
from platform_sim.partners import version_1, version_3
from platform_sim.partners.manifest import Manifest
from platform_sim.partners.orders import ProvisionOrder, Resource


class Version(Protocol):
    """What the two versions do differently; each is a module."""

    @property
    def ACCEPT(self) -> str:
        """The header of every request."""
        ...

    @property
    def PROVISIONED(self) -> tuple[int, ...]:
        """Statuses that mean "here it is" and are sure to work."""
        ...

    @property
    def SETS_CONFIG(self) -> str:
        """How a partner sets config later, in words."""
        ...

    @property
    def DELETED(self) -> tuple[int, ...]:
        """Statuses that mean "gone" and are sure to work; the usual one first."""
        ...

    def provision_body(self, order: ProvisionOrder) -> dict[str, Any]:
        """Of the POST."""
        ...

    def plan_body(self, resource: Resource, plan: str) -> dict[str, Any]:
        """Of the PUT."""
        ...

    def address(self, resource: Resource) -> str | None:
        """The last segment of the URL of PUT and DELETE, escaped; None if there is none yet."""
        ...


def spoken(manifest: Manifest) -> Version:
    """The version that a manifest asks for."""
    return version_1 if is_legacy(manifest) else version_3

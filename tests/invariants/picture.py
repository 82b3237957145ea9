"""Add-ons and attachments at one moment, and what they give to apps: told anew here, not asked of the platform."""

from dataclasses import dataclass, field

from platform_sim.core.model.addons import Addon, AddonService, Attachment
from platform_sim.core.store import Snapshot

from .template import MANIFESTS

Vars = dict[str, str]


@dataclass(frozen=True)
class Picture:
    """Rows by id."""

    addons: dict[str, Addon] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    """The slug of each service, by id."""

    def attached(self, app_id: str, name: str | None = None) -> list[tuple[Attachment, Addon]]:
        """An app's attachments, all or the one of this name."""
        return [
            (each, self.addons[each.addon_id])
            for each in self.attachments.values()
            if each.app_id == app_id and name in (None, each.name)
        ]

    def apps_of(self, addon_id: str) -> set[str]:
        """Where an add-on is attached."""
        return {each.app_id for each in self.attachments.values() if each.addon_id == addon_id}

    def gives(self, app_id: str, addon: Addon, name: str | None = None) -> Vars:
        """What the add-on's config is in the app, under all its attachments or one: NAME + the bare name."""
        prefix = self.slugs[addon.service_id].upper()
        return {
            attachment.name + var.removeprefix(prefix): value
            for attachment, of in self.attached(app_id, name)
            if of.id == addon.id
            for var, value in addon.config.items()
        }

    def owned(self, app_id: str) -> Vars:
        """What all add-ons that are there give to the app, also those that are going and still attached."""
        owned: Vars = {}
        for _, addon in self.attached(app_id):
            if addon.state in ("provisioned", "deprovisioning"):
                owned |= self.gives(app_id, addon)
        return owned

    def named(self, name: str) -> Addon | None:
        """The newest add-on of this name."""
        return next((each for each in reversed(self.addons.values()) if each.name == name), None)

    def declared(self, addon: Addon) -> list[str]:
        """What its manifest declares."""
        return list(MANIFESTS[self.slugs[addon.service_id]]["api"]["config_vars"])


def take(rows: Snapshot, slugs: dict[str, str]) -> Picture:
    """Now. `slugs` are known already, or empty."""
    slugs = slugs or {each.id: each.name for each in rows.all(AddonService)}
    addons = {each.id: each for each in rows.all(Addon)}
    return Picture(addons, {each.id: each for each in rows.all(Attachment)}, slugs)

"""The links of the API behind a page of an app, or a form there: their rights are the page's, which tests hold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A row of the API's table: method and path, as it is written there."""

    method: str
    path: str

    @property
    def changes_app(self) -> bool:
        """Whether a second factor guards it where the setting `two_factor_for_apps` says so."""
        return self.method != "GET" and "{app}" in self.path


SEE_APP = Link("GET", "/apps/{app}")
UPDATE_APP = Link("PATCH", "/apps/{app}")
DELETE_APP = Link("DELETE", "/apps/{app}")
SEE_CONFIG = Link("GET", "/apps/{app}/config-vars")
CHANGE_CONFIG = Link("PATCH", "/apps/{app}/config-vars")
LIST_RELEASES = Link("GET", "/apps/{app}/releases")
ROLL_BACK = Link("POST", "/apps/{app}/releases")
LIST_BUILDS = Link("GET", "/apps/{app}/builds")
BUILD = Link("POST", "/apps/{app}/builds")
SCALE = Link("PATCH", "/apps/{app}/formation/{formation}")
RESTART = Link("DELETE", "/apps/{app}/dynos")
READ_LOG = Link("POST", "/apps/{app}/log-sessions")
LIST_COLLABORATORS = Link("GET", "/apps/{app}/collaborators")
ADD_COLLABORATOR = Link("POST", "/apps/{app}/collaborators")
REMOVE_COLLABORATOR = Link("DELETE", "/apps/{app}/collaborators/{collaborator}")
LIST_ADDONS = Link("GET", "/apps/{app}/addons")
SEE_ADDON = Link("GET", "/apps/{app}/addons/{add-on}")
CREATE_ADDON = Link("POST", "/apps/{app}/addons")
UPDATE_ADDON = Link("PATCH", "/apps/{app}/addons/{add-on}")
DESTROY_ADDON = Link("DELETE", "/apps/{app}/addons/{add-on}")
ATTACH = Link("POST", "/addon-attachments")
DETACH = Link("DELETE", "/addon-attachments/{add-on-attachment}")

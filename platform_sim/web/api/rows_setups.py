"""Rows of the table about apps that are set up from a source: app setups, review apps."""

from platform_sim.web.api.handlers import app_setups
from platform_sim.web.api.specs import Key, Spec, get, write

SETUPS: dict[Key, Spec] = {
    ("POST", "/app-setups"): write(app_setups.create, 202, fields=app_setups.CREATE, required=("source_blob",)),
    ("GET", "/app-setups/{app-setup}"): get(app_setups.info),
}

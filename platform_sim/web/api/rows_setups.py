"""Rows of the table about apps that are set up from a source: app setups, review apps."""

from platform_sim.web.api.handlers import app_setups, review_apps
from platform_sim.web.api.specs import Key, Spec, get, listing, write

CONFIG = "/pipelines/{pipeline.id}/review-app-config"
REPO = "/pipelines/{pipeline.id}/repo"
NO_GITHUB: Spec = {"title": "Asks GitHub, and there is none here"}

SETUPS: dict[Key, Spec] = {
    ("POST", "/app-setups"): write(app_setups.create, 202, fields=app_setups.CREATE, required=("source_blob",)),
    ("GET", "/app-setups/{app-setup}"): get(app_setups.info),
    ("GET", CONFIG): get(review_apps.config),
    ("POST", CONFIG): write(review_apps.enable, 201, fields=review_apps.ENABLE),
    ("PATCH", CONFIG): write(review_apps.update, fields=review_apps.UPDATE),
    ("DELETE", CONFIG): write(review_apps.disable),
    ("GET", "/pipelines/{pipeline.id}/review-apps"): listing(review_apps.listing),
    ("POST", "/review-apps"): write(
        review_apps.create, 201, fields=review_apps.CREATE, required=("branch", "pipeline", "source_blob")
    ),
    ("GET", "/review-apps/{review-app.id}"): get(review_apps.info),
    ("DELETE", "/review-apps/{review-app.id}"): write(review_apps.delete),
    ("GET", "/apps/{app}/review-app"): get(review_apps.info_by_app),
    ("GET", REPO): NO_GITHUB,
    ("GET", REPO + "/branches/{branch}"): NO_GITHUB,
}

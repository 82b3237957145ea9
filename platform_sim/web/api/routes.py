"""The API as one table: every published link, with its handler where it is simulated (design §2 rule 5).

A new endpoint is a row here, a function in `handlers/`, a test. What the published list has and this table
has not answers 501 `not_simulated`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from platform_sim.web.api.bodies import Check
from platform_sim.web.api.handlers import (
    addons,
    apps,
    attachments,
    catalog,
    drains,
    dynos,
    partners,
    releases,
    webhooks,
)
from platform_sim.web.api.rows_beyond import BEYOND
from platform_sim.web.api.rows_daily import DAILY
from platform_sim.web.api.rows_data import DATA
from platform_sim.web.api.rows_people import PEOPLE
from platform_sim.web.api.rows_setups import SETUPS
from platform_sim.web.api.specs import BOTH, OPERATORS, Key, Spec
from platform_sim.web.api.specs import get as _get
from platform_sim.web.api.specs import late as _late
from platform_sim.web.api.specs import listing as _list
from platform_sim.web.api.specs import write as _write

Mode = Literal["read", "write", "late"]
"""`read`: handler(call, snapshot). `write`: handler(call, transaction). `late`: handler(call) waits on rows itself."""

LATER = "later"
"""Priority of links that the published schema does not list: clients call them all the same."""


@dataclass(frozen=True)
class Route:
    """One row: `path` as published, `{app}` takes an id or a name."""

    method: str
    path: str
    title: str
    priority: str
    handler: Callable[..., Any] | None = None
    mode: Mode = "read"
    status: int = 200
    partner: bool = False
    """Whether a partner's token may come here (partner-api §4.1)."""
    ability: str = ""
    """What a partner's service must have been given for it (`model.addons.ABILITIES`)."""
    open: bool = False
    """Whether no token is needed."""
    sortable: tuple[str, ...] = ()
    """For lists: what a Range header may order by; empty for everything else."""
    fields: Mapping[str, Check] | None = None
    required: tuple[str, ...] = ()
    free: bool = False
    """Whether it costs nothing of the rate limit."""
    login: bool = False
    """Whether e-mail and password are as good as a token here (heroku-cli §3)."""
    unguarded: bool = False
    """Whether it needs no second factor for the app although it writes."""
    always: bool = False
    """Whether a suspended or delinquent customer may come here, to see that it is one."""

    @property
    def simulated(self) -> bool:
        """Whether there is a handler."""
        return self.handler is not None

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """The names in braces, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


PUBLISHED = Path(__file__).with_name("published.txt")

CONFIG: Spec = {"fields": partners.CONFIG, "required": ("config",)}


def _webhooks(owner: str, **who: Any) -> dict[Key, Spec]:
    """The links of an app's or of an add-on's webhooks (partner-api §6.1)."""
    made = {"fields": webhooks.FIELDS, "required": webhooks.REQUIRED}
    return {
        ("GET", f"{owner}/webhooks"): _list(webhooks.listing, "seq", "created_at", **who),
        ("POST", f"{owner}/webhooks"): _write(webhooks.create, 201, **made, **who),
        ("GET", owner + "/webhooks/{app-webhook}"): _get(webhooks.info, **who),
        ("PATCH", owner + "/webhooks/{app-webhook}"): _write(webhooks.update, fields=webhooks.FIELDS, **who),
        ("DELETE", owner + "/webhooks/{app-webhook}"): _write(webhooks.delete, **who),
        ("GET", f"{owner}/webhook-deliveries"): _list(webhooks.list_deliveries, "seq", "created_at", **who),
        ("GET", owner + "/webhook-deliveries/{app-webhook-delivery}"): _get(webhooks.delivery_info, **who),
        ("GET", f"{owner}/webhook-events"): _list(webhooks.list_events, "seq", "created_at", **who),
        ("GET", owner + "/webhook-events/{app-webhook-event}"): _get(webhooks.event_info, **who),
    }


SIMULATED: dict[Key, Spec] = {
    **PEOPLE,
    **SETUPS,
    ("GET", "/apps"): _list(apps.listing, "name", "updated_at", **BOTH),
    ("GET", "/users/{account}/apps"): _list(apps.listing_by_user, "name", "updated_at", **BOTH),
    ("POST", "/apps"): _write(apps.create, 201, fields=apps.CREATE),
    ("GET", "/apps/{app}"): _get(apps.info, **BOTH),
    ("PATCH", "/apps/{app}"): _write(apps.update, fields=apps.UPDATE),
    ("DELETE", "/apps/{app}"): _write(apps.delete),
    ("GET", "/apps/{app}/config-vars"): _get(apps.config),
    ("PATCH", "/apps/{app}/config-vars"): _write(apps.update_config),
    ("GET", "/apps/{app}/releases/{release}/config-vars"): _get(apps.release_config),
    ("GET", "/apps/{app}/releases"): _list(releases.listing, "version", **OPERATORS),
    ("GET", "/apps/{app}/releases/{release}"): _get(releases.info, **OPERATORS),
    ("POST", "/apps/{app}/releases"): _write(releases.create, 201, fields=releases.CREATE),
    ("POST", "/apps/{app}/slugs"): _write(releases.create_slug, 201, fields=releases.SLUG, required=("process_types",)),
    ("GET", "/apps/{app}/slugs/{slug}"): _get(releases.slug_info),
    ("POST", "/sources"): _write(releases.create_source, 201),
    ("POST", "/apps/{app}/sources"): _write(releases.create_app_source, 201),
    ("GET", "/apps/{app}/builds"): _list(releases.list_builds, "created_at", **OPERATORS),
    ("POST", "/apps/{app}/builds"): _write(
        releases.create_build, 201, fields=releases.BUILD, required=("source_blob",)
    ),
    ("GET", "/apps/{app}/builds/{build}"): _get(releases.build_info, **OPERATORS),
    ("GET", "/apps/{app}/formation"): _list(dynos.list_formation, "type", **OPERATORS),
    ("PATCH", "/apps/{app}/formation"): _write(
        dynos.scale_batch, fields=dynos.BATCH, required=("updates",), **OPERATORS
    ),
    ("GET", "/apps/{app}/formation/{formation}"): _get(dynos.formation_info, **OPERATORS),
    ("PATCH", "/apps/{app}/formation/{formation}"): _write(dynos.scale, fields=dynos.SCALE, **OPERATORS),
    ("GET", "/apps/{app}/dynos"): _list(dynos.listing, "name", **OPERATORS),
    ("POST", "/apps/{app}/dynos"): _write(dynos.run, 201, fields=dynos.RUN, required=("command",)),
    ("DELETE", "/apps/{app}/dynos"): _write(dynos.restart_all, 202),
    ("GET", "/apps/{app}/dynos/{dyno}"): _get(dynos.info, **OPERATORS),
    ("POST", "/apps/{app}/dynos/{dyno}"): _write(dynos.run_inside, 201, fields=dynos.INSIDE, required=("command",)),
    ("DELETE", "/apps/{app}/dynos/{dyno}"): _write(dynos.restart, 202),
    ("POST", "/apps/{app}/dynos/{dyno}/actions/stop"): _write(dynos.stop, 202),
    ("DELETE", "/apps/{app}/formations/{dyno.formation_type}"): _write(dynos.restart_type, 202),
    ("POST", "/apps/{app}/formations/{dyno.formation_type}/actions/stop"): _write(dynos.stop_type, 202),
    ("POST", "/apps/{app}/log-sessions"): _write(dynos.create_log_session, 201, fields=dynos.LOGS),
    ("GET", "/addons"): _list(addons.listing, "name", **BOTH),
    ("GET", "/users/{account}/addons"): _list(addons.listing_by_user, "name", **BOTH),
    ("GET", "/addons/{add-on}"): _get(addons.info, **BOTH),
    ("GET", "/apps/{app}/addons"): _list(addons.listing_by_app, "name", **BOTH),
    ("POST", "/apps/{app}/addons"): _late(addons.create, fields=addons.CREATE, required=("plan",)),
    ("GET", "/apps/{app}/addons/{add-on}"): _get(addons.info_by_app, **BOTH),
    ("PATCH", "/apps/{app}/addons/{add-on}"): _late(addons.update, fields=addons.UPDATE),
    ("DELETE", "/apps/{app}/addons/{add-on}"): _late(addons.delete, fields=addons.DELETE),
    ("POST", "/actions/addons/resolve"): _get(addons.resolve, fields=addons.RESOLVE, required=("addon",)),
    ("GET", "/addons/{add-on}/config"): _get(partners.config, sortable=("name",), **BOTH),
    ("PATCH", "/addons/{add-on}/config"): _write(partners.update_config, **CONFIG, **BOTH),
    ("GET", "/addons/{add-on}/config/{namespace}"): _get(partners.config, sortable=("name",), **BOTH),
    ("PATCH", "/addons/{add-on}/config/{namespace}"): _write(
        partners.update_config, title="Our own: nobody says how a partner sets it", **CONFIG, **BOTH
    ),
    ("POST", "/addons/{add-on}/actions/provision"): _write(partners.provision, **BOTH),
    ("POST", "/addons/{add-on}/actions/deprovision"): _write(partners.deprovision, **BOTH),
    ("GET", "/apps/{app}/log-drains"): _list(drains.listing),
    ("POST", "/apps/{app}/log-drains"): _write(drains.create, 201, fields=drains.URL, required=("url",), **BOTH),
    ("GET", "/apps/{app}/log-drains/{log-drain.query_identity}"): _get(drains.info),
    ("DELETE", "/apps/{app}/log-drains/{log-drain.query_identity}"): _write(drains.delete, **BOTH),
    ("GET", "/addons/{add-on}/log-drains"): _list(drains.listing_by_addon, **BOTH),
    ("PUT", "/addons/{add-on}/log-drains/{log-drain.query_identity}"): _write(
        drains.update, fields=drains.URL, required=("url",), **BOTH
    ),
    ("GET", "/addons/{add-on}/sso"): _get(partners.sso),
    ("GET", "/apps/{app}/addons/{add-on}/sso"): _get(partners.sso_by_app),
    ("GET", "/addon-attachments"): _list(attachments.listing, "name", **BOTH),
    ("POST", "/addon-attachments"): _write(
        attachments.create, 201, fields=attachments.CREATE, required=("addon", "app")
    ),
    ("GET", "/addon-attachments/{add-on-attachment}"): _get(attachments.info, **BOTH),
    ("DELETE", "/addon-attachments/{add-on-attachment}"): _write(attachments.delete),
    ("GET", "/addons/{add-on}/addon-attachments"): _list(attachments.listing_by_addon, "name", **BOTH),
    ("GET", "/apps/{app}/addon-attachments"): _list(attachments.listing_by_app, "name", **BOTH),
    ("GET", "/apps/{app}/addon-attachments/{add-on-attachment.scopedIdentity}"): _get(attachments.info_by_app, **BOTH),
    ("POST", "/actions/addon-attachments/resolve"): _get(
        attachments.resolve, fields=attachments.RESOLVE, required=("addon_attachment",)
    ),
    ("GET", "/addon-services"): _list(catalog.list_services, "name"),
    ("GET", "/addon-services/{add-on-service}"): _get(catalog.service_info),
    ("GET", "/addon-services/{add-on-service}/plans"): _list(catalog.list_plans, "name"),
    ("GET", "/addon-services/{add-on-service}/plans/{plan}"): _get(catalog.plan_info_by_service),
    ("GET", "/plans/{plan}"): _get(catalog.plan_info),
    ("GET", "/regions"): _list(catalog.list_regions, "name"),
    ("GET", "/regions/{region}"): _get(catalog.region_info),
    ("GET", "/stacks"): _list(catalog.list_stacks, "name"),
    ("GET", "/stacks/{stack}"): _get(catalog.stack_info),
    ("GET", "/apps/{app}/available-stacks"): _list(catalog.list_app_stacks, "name"),
    **_webhooks("/apps/{app}"),
    **_webhooks("/addons/{add-on}", **BOTH),
    ("GET", "/addon-attachments/{add-on-attachment}/telemetry-ingress-info"): BOTH
    | {"title": "Of the 3.sdk schema, for Fir only"},
    ("GET", "/apps/{app}/pipeline-couplings"): BOTH,
    ("GET", "/pipeline-couplings"): BOTH,
    ("GET", "/pipeline-couplings/{pipeline-coupling}"): BOTH,
    ("GET", "/pipelines"): BOTH,
    ("GET", "/pipelines/{pipeline}"): BOTH,
    ("GET", "/pipelines/{pipeline.id}/pipeline-couplings"): BOTH,
    **DAILY,
    **BEYOND,
    **DATA,
}


def table() -> list[Route]:
    """All rows: published links first, then those that only clients know."""
    rows: list[Route] = []
    published: set[Key] = set()
    for line in PUBLISHED.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        priority, method, path, title = line.split("\t")
        published.add((method, path))
        rows.append(Route(method, path, title, priority, **SIMULATED.get((method, path), {})))
    for (method, path), spec in SIMULATED.items():
        if (method, path) not in published:
            known: Spec = {"method": method, "path": path, "title": "Called by clients", "priority": LATER}
            rows.append(Route(**known | spec))
    return rows

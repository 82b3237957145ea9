"""Rows of the table for daily use: domains, certificates, pipelines, promotions, buildpacks,
features, keys, dyno sizes, regions of services."""

from platform_sim.web.api.handlers import buildpacks, catalog, domains, features, keys, pipelines, promotions, releases
from platform_sim.web.api.specs import BOTH, Key, Spec, get, listing, write


def _features(owner: str, one: str) -> dict[Key, Spec]:
    """The links of features, of an app or of an account."""
    return {
        ("GET", owner): listing(features.listing, "name"),
        ("GET", f"{owner}/{one}"): get(features.info),
        ("PATCH", f"{owner}/{one}"): write(features.update, fields=features.UPDATE, required=("enabled",)),
    }


DAILY: dict[Key, Spec] = {
    ("GET", "/apps/{app}/domains"): listing(domains.listing, "hostname", "domain", **BOTH),
    ("POST", "/apps/{app}/domains"): write(domains.create, 201, fields=domains.DOMAIN, required=("hostname",)),
    ("GET", "/apps/{app}/domains/{domain}"): get(domains.info, **BOTH),
    ("PATCH", "/apps/{app}/domains/{domain}"): write(domains.update, fields=domains.LINK),
    ("DELETE", "/apps/{app}/domains/{domain}"): write(domains.delete),
    ("GET", "/apps/{app}/sni-endpoints"): listing(domains.list_endpoints, "name"),
    ("POST", "/apps/{app}/sni-endpoints"): write(
        domains.create_endpoint, 201, fields=domains.CERTIFICATE, required=tuple(domains.CERTIFICATE)
    ),
    ("GET", "/apps/{app}/sni-endpoints/{sni-endpoint}"): get(domains.endpoint_info),
    ("PATCH", "/apps/{app}/sni-endpoints/{sni-endpoint}"): write(
        domains.update_endpoint, fields=domains.CERTIFICATE, required=tuple(domains.CERTIFICATE)
    ),
    ("DELETE", "/apps/{app}/sni-endpoints/{sni-endpoint}"): write(domains.delete_endpoint),
    ("POST", "/apps/{app}/acm"): write(domains.enable_acm),
    ("PATCH", "/apps/{app}/acm"): write(domains.refresh_acm),
    ("DELETE", "/apps/{app}/acm"): write(domains.disable_acm),
    ("GET", "/pipelines"): listing(pipelines.listing, "name", **BOTH),
    ("POST", "/pipelines"): write(pipelines.create, 201, fields=pipelines.CREATE, required=("name",)),
    ("GET", "/pipelines/{pipeline}"): get(pipelines.info, **BOTH),
    ("PATCH", "/pipelines/{pipeline.id}"): write(pipelines.update, fields=pipelines.RENAME),
    ("DELETE", "/pipelines/{pipeline.id}"): write(pipelines.delete),
    ("POST", "/pipeline-transfers"): write(
        pipelines.transfer, 201, fields=pipelines.TRANSFER, required=tuple(pipelines.TRANSFER)
    ),
    ("GET", "/pipeline-couplings"): listing(pipelines.list_couplings, **BOTH),
    ("GET", "/users/~/pipeline-couplings"): listing(pipelines.list_couplings, **BOTH),
    ("GET", "/pipelines/{pipeline.id}/pipeline-couplings"): listing(pipelines.list_couplings_by_pipeline, **BOTH),
    ("GET", "/teams/{team}/pipeline-couplings"): listing(pipelines.list_couplings_by_team),
    ("GET", "/apps/{app}/pipeline-couplings"): get(pipelines.coupling_by_app, **BOTH),
    ("POST", "/pipeline-couplings"): write(
        pipelines.couple, 201, fields=pipelines.COUPLE, required=tuple(pipelines.COUPLE)
    ),
    ("GET", "/pipeline-couplings/{pipeline-coupling}"): get(pipelines.coupling_info, **BOTH),
    ("PATCH", "/pipeline-couplings/{pipeline-coupling}"): write(pipelines.move, fields=pipelines.MOVE),
    ("DELETE", "/pipeline-couplings/{pipeline-coupling}"): write(pipelines.uncouple),
    ("POST", "/pipeline-promotions"): write(
        promotions.create, 201, fields=promotions.CREATE, required=tuple(promotions.CREATE)
    ),
    ("GET", "/pipeline-promotions/{pipeline-promotion}"): get(promotions.info),
    ("GET", "/pipeline-promotions/{pipeline-promotion.id}/promotion-targets"): listing(promotions.targets),
    ("GET", "/pipelines/{pipeline.id}/stage/{pipeline-coupling.stage}/config-vars"): get(pipelines.config),
    ("PATCH", "/pipelines/{pipeline.id}/stage/{pipeline-coupling.stage}/config-vars"): write(pipelines.update_config),
    ("GET", "/pipelines/{pipeline.id}/latest-builds"): listing(pipelines.latest_builds),
    ("GET", "/pipelines/{pipeline.id}/latest-releases"): listing(pipelines.latest_releases),
    ("GET", "/pipelines/{pipeline.id}/latest-deployments"): listing(pipelines.latest_deployments),
    ("GET", "/pipelines/{pipeline.id}/pipeline-stack"): get(pipelines.stack),
    ("GET", "/apps/{app}/buildpack-installations"): get(buildpacks.listing, sortable=("ordinal",)),
    ("PUT", "/apps/{app}/buildpack-installations"): write(
        buildpacks.update, fields=buildpacks.UPDATES, required=("updates",)
    ),
    ("DELETE", "/apps/{app}/builds/{build}"): write(releases.cancel_build),
    ("DELETE", "/apps/{app}/build-cache"): write(releases.clear_cache, 202),
    **_features("/apps/{app}/features", "{app-feature}"),
    **_features("/account/features", "{account-feature}"),
    ("GET", "/account/keys"): listing(keys.listing),
    ("POST", "/account/keys"): write(keys.add, 201, fields=keys.ADD, required=("public_key",)),
    ("GET", "/account/keys/{key}"): get(keys.info),
    ("DELETE", "/account/keys/{key}"): write(keys.remove),
    ("GET", "/dyno-sizes"): listing(catalog.list_sizes, "name"),
    ("GET", "/dyno-sizes/{dyno-size}"): get(catalog.size_info),
    ("GET", "/apps/{app}/available-dyno-sizes"): listing(catalog.list_app_sizes, "name"),
    ("GET", "/addon-region-capabilities"): listing(catalog.list_capabilities),
    ("GET", "/addon-services/{add-on-service}/region-capabilities"): listing(catalog.list_capabilities_of_service),
    ("GET", "/regions/{region}/addon-region-capabilities"): listing(catalog.list_capabilities_of_region),
}

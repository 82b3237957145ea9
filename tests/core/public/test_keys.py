"""The keys of every public resource, written down once more: what clients may rely on, with or without the schema."""

from typing import Any

import pytest

from platform_sim.core.store import Database

from ...support import new_database
from .published import declared, needs_schema
from .samples import samples

RELEASE = (
    "addon_plan_names app artifacts created_at current description eligible_for_rollback id output_stream_url slug "
    "status updated_at user version"
)
FEATURE = "created_at description display_name doc_url enabled feedback_email id name state updated_at"
KEYS: dict[str, str] = {
    "account-feature": FEATURE,
    "account": "allow_tracking beta country_of_residence created_at default_organization default_team delinquent_at "
    "email federated id identity_provider last_login name sms_number suspended_at two_factor_authentication "
    "updated_at verified",
    "add-on": "actions addon_service app billed_price billing_entity config_vars created_at id name plan provider_id "
    "state updated_at web_url",
    "add-on-attachment": "addon app created_at id log_input_url name namespace updated_at web_url",
    "add-on-region-capability": "addon_service id region supports_private_networking",
    "add-on-service": "cli_plugin_name created_at human_name id name state supported_generations "
    "supports_multiple_installations supports_sharing updated_at",
    "app": "acm archived_at build_stack buildpack_provided_description created_at generation git_url id "
    "internal_routing maintenance name organization owner region released_at repo_size slug_size space stack team "
    "updated_at web_url",
    "app-feature": FEATURE,
    "app-setup": "app build created_at failure_message id manifest_errors postdeploy resolved_success_url status "
    "updated_at",
    "app-webhook-delivery": "created_at event id last_attempt next_attempt_at num_attempts status updated_at webhook",
    "app-webhook-event": "created_at id include payload updated_at",
    "app-transfer": "app created_at id owner recipient state updated_at",
    "build": "app buildpacks created_at generation id output_stream_url release slug source_blob stack status "
    "updated_at user",
    "buildpack-installation": "buildpack ordinal",
    "domain": "acm_status acm_status_reason app cname created_at hostname id kind sni_endpoint status updated_at",
    "collaborator": "app created_at id permissions role updated_at user",
    "dyno": "app attach_url command created_at id name release size state type updated_at",
    "dyno-size": "architecture compute cost dedicated generation id memory name precise_dyno_units private_space_only",
    "formation": "app command created_at dyno_size id quantity size type updated_at",
    "key": "comment created_at email fingerprint id public_key updated_at",
    "log-drain": "addon app created_at id token updated_at url",
    "log-session": "created_at id logplex_url updated_at",
    "oauth-authorization": "access_token client created_at description grant id refresh_token scope session updated_at "
    "user",
    "oauth-client": "created_at id ignores_delinquent name redirect_uri secret updated_at",
    "oauth-token": "access_token authorization client created_at grant id refresh_token session updated_at user",
    "pipeline": "created_at generation id name owner updated_at",
    "pipeline-build": "app buildpacks created_at id output_stream_url release slug source_blob stack status "
    "updated_at user",
    "pipeline-coupling": "app created_at id pipeline stage updated_at",
    "pipeline-deployment": RELEASE,
    "pipeline-promotion": "created_at id pipeline source status updated_at",
    "pipeline-promotion-target": "app error_message id pipeline_promotion release status",
    "pipeline-stack": "stack",
    "plan": "addon_service compliance created_at default description human_name id "
    "installable_inside_private_network installable_outside_private_network name price space_default state "
    "updated_at visible",
    "region": "country created_at description id locale name private_capable provider updated_at",
    "release": RELEASE,
    "slug": "blob buildpack_provided_description checksum commit commit_description created_at deleted_at id "
    "process_types size stack updated_at",
    "sni-endpoint": "app certificate_chain created_at display_name domains id name ssl_cert updated_at",
    "source": "source_blob",
    "team": "created_at credit_card_collections default enterprise_account id identity_provider membership_limit name "
    "provisioned_licenses role type updated_at",
    "team-app": "archived_at build_stack buildpack_provided_description created_at git_url id internal_routing joined "
    "locked maintenance name owner region released_at repo_size slug_size space stack team updated_at web_url",
    "team-app-permission": "description name",
    "team-member": "created_at email federated id identity_provider role two_factor_authentication updated_at user",
    "review-app": "app app_setup branch created_at creator error_status fork_repo id message pipeline pr_number status "
    "updated_at wait_for_ci",
    "review-app-config": "automatic_review_apps base_name deploy_target destroy_stale_apps pipeline_id repo stale_days "
    "wait_for_ci",
    "stack": "created_at default id name state updated_at",
}
OPTIONAL = {"add-on": {"provision_message"}}
"""Shown only to those who ask (partner-api §2.2)."""


@pytest.fixture(scope="module")
def bodies() -> dict[str, list[Any]]:
    database: Database = new_database()
    with database.transaction() as tx:
        made = samples(tx)
    database.close()
    return made


@pytest.mark.parametrize("resource", KEYS)
def test_a_resource_has_exactly_its_keys(bodies: dict[str, list[Any]], resource: str) -> None:
    for body in bodies[resource]:
        assert set(body) - OPTIONAL.get(resource, set()) == set(KEYS[resource].split())


def test_every_sample_is_checked(bodies: dict[str, list[Any]]) -> None:
    assert set(bodies) == set(KEYS)


@needs_schema()
@pytest.mark.parametrize("resource", KEYS)
def test_the_keys_are_the_published_ones(resource: str) -> None:
    assert declared(resource) - OPTIONAL.get(resource, set()) == set(KEYS[resource].split())

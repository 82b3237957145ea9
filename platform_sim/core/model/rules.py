"""How the simulated platform behaves where it can be set: values without defaults.

The defaults, their sentences and where each is written stand once, in `platform_sim/settings.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Durations are seconds. Names as in `settings.py`."""

    grant_life: int
    access_token_life: int
    refresh_token_rotates: bool
    oauth_refusal_status: int
    oauth_missing_status: int
    async_deadline: int
    provision_attempts: int
    provision_retry_delay: float
    provision_retry_window: float
    failed_create_is_deleted: bool
    provision_action_status: int
    undeclared_config_status: int
    partner_message_limit: int
    plan_change_attempts: int
    deprovision_retry_delay: float
    deprovision_retry_longest: float
    refused_delete_keeps_addon: bool
    delete_404_is_gone: bool
    async_deprovision_mark: str
    partner_timeout: float
    partner_answer_limit: int
    customer_patience: float
    strict_marketplace: bool
    unchanged_config_makes_release: bool
    addon_vars_can_be_set: bool
    last_attachment_can_be_detached: bool
    rate_limit: int
    rate_limit_per_minute: int
    log_session_life: int
    log_tail_life: int
    config_size_limit: int
    body_size_limit: int
    source_size_limit: int
    snapshot_size_limit: int
    default_region: str
    default_stack: str
    boot_timeout: float
    stop_grace: float
    release_phase_timeout: float
    build_timeout: float
    crash_delays: tuple[float, ...]
    app_name_limit: int
    drains_per_app: int
    drain_buffer_lines: int
    drain_buffer_lines_failing: int
    drain_failing_after: float
    drain_batch_bytes: int
    drain_attempts: int
    drain_back_off: float
    drain_connect_timeout: float
    drain_request_timeout: float
    drain_idle: float
    drain_connection_life: float
    webhook_timeout: float
    webhook_retry_delay: float
    webhook_retry_longest: float
    webhook_retry_window: float
    webhook_skips: bool
    webhook_create_status: int
    partner_events: tuple[str, ...]
    connect_elsewhere: bool
    partner_app_drains: bool
    former_owner_stays: bool
    browser_login_life: int
    login_token_life: int
    login_by_choice: bool
    two_factor_for_apps: bool
    pre_authorization_life: int
    exchanges_kept: int
    tenant_limit: int
    tenant_idle: int

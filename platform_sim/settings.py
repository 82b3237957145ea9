"""Every setting once: name, default, check, sentence, where it is written. The only reader of the environment.

A setting `partner_timeout` is set by the environment variable `PLATFORM_SIM_PARTNER_TIMEOUT`.
docs/settings.md is generated from this table (`python -m platform_sim.settings`), and a test holds them together.
"""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from platform_sim.core.model.places import region, stack
from platform_sim.core.model.rules import Rules
from platform_sim.core.model.webhooks import ACTIONS, PARTNER_EVENTS
from platform_sim.setting_kinds import Setting, count, delays, events, flag, mark, one_of, one_of_these, seconds


class BadSetting(ValueError):
    """A value that cannot be used; the message says which, why and what is allowed."""


SETTINGS: tuple[Setting, ...] = (
    seconds("grant_life", 300, "How long the grant code of a provisioning request can be exchanged.",
            "partner-api §2.3, §13", "documented", int),
    seconds("access_token_life", 28_800, "How long a partner's access token works.",
            "partner-api §3.1, §13", "documented", int),
    flag("refresh_token_rotates", False,
         "Whether each refresh gives a new refresh token and ends the old one (strict mode).",
         "partner-api §3.2", "unverified"),
    Setting("oauth_refusal_status", 401, one_of_these(401, 400), "401 or 400", "The id host's status for a code or "
            "refresh token that does not work, and for a wrong secret.", "partner-api §3.1, §14", "unverified"),
    Setting("oauth_missing_status", 422, one_of_these(422, 400), "422 or 400",
            "The id host's status for a parameter that is missing.", "partner-api §3.1", "unverified"),
    seconds("async_deadline", 43_200, "How long an asynchronous provisioning may take before it is given up, "
            "and an asynchronous deprovisioning before it ends by itself.",
            "partner-api §2.5, §2.11", "documented", int),
    count("provision_attempts", 3, 100,
          "How often a provisioning request with an unknown outcome is sent, always with the same uuid.",
          "partner-api §2.6, §14", "unverified"),
    seconds("provision_retry_delay", 1, "Wait before the second attempt; doubles with each one.",
            "partner-api §14", "unverified"),
    seconds("provision_retry_window", 86_400, "How long after the order a provisioning request is sent again, however "
            "many attempts are left: 24 h, of which only one digest tells.", "partner-api §2.6, §13", "unverified"),
    flag("failed_create_is_deleted", True, "Whether a partner that may have made something for an order that failed "
         "(no clear answer, an answer that cannot be used, 12 hours over) is sent a DELETE; without it that stays "
         "there, and no DELETE ever comes.", "partner-api §2.4, §14", "inferred"),
    Setting("provision_action_status", 200, one_of_these(200, 201), "200 or 201",
            "The status of the answer to `actions/provision`.", "partner-api §2.5, §14", "unverified"),
    Setting("undeclared_config_status", 422, one_of_these(422, 403), "422 or 403", "The status of the answer to a "
            "partner that sets a var which its manifest does not declare.", "partner-api §4.2, §14", "unverified"),
    count("partner_message_limit", 2000, 1_000_000, "Characters of a partner's `message` that customers are shown; "
          "the rest is cut off, with a warning.", "partner-api §2.4, §14", "unverified"),
    count("plan_change_attempts", 3, 100, "How often a plan change with an unknown outcome is sent.",
          "partner-api §14", "unverified"),
    seconds("deprovision_retry_delay", 1, "Wait before a DELETE is sent again; doubles each time.",
            "partner-api §2.11, §14", "unverified"),
    seconds("deprovision_retry_longest", 3600, "The longest wait between two DELETEs; they never stop before "
            "the partner has acknowledged.", "partner-api §2.11, §14", "unverified"),
    flag("refused_delete_keeps_addon", False, "Whether an add-on stays, and the customer gets an error, when its "
         "partner refuses the first DELETE (4xx, 3xx, 503 with a message) or cannot be reached. An outcome that "
         "nobody knows always ends as deleted.", "partner-api §2.11, §14", "unverified"),
    flag("delete_404_is_gone", True, "Whether 404 to a DELETE counts as gone, with a warning; without it the partner "
         "is asked until it says 204 or 410.", "partner-api §2.11, §14", "unverified"),
    Setting("async_deprovision_mark", "Prefer: respond-async", mark, "`Name: value`, `?name=value`, or nothing",
            "What marks a DELETE that may be finished later, for services with the ability `async_deprovisioning`: "
            "a header or a query parameter.", "partner-api §2.11, §14", "unverified"),
    seconds("partner_timeout", 25, "How long a partner may take to answer, on the wall clock.",
            "partner-api §2.1", "documented"),
    count("partner_answer_limit", 1_048_576, 1_000_000_000, "The longest answer of a partner that is read, in bytes.",
          "-", "ours"),
    seconds("customer_patience", 28, "How long an API call waits for a partner before it answers "
            "`provisioning` (or `deprovisioning`) while the work goes on; wall clock.", "-", "ours"),
    flag("strict_marketplace", False, "Whether the stages of a service keep customers out as on Heroku: new plans are "
         "invite-only, in alpha invited users may install the free plan `test`, in beta everybody a free plan. "
         "Without it a service that was just registered can be installed.", "partner-api §1.5, §12", "documented"),
    flag("unchanged_config_makes_release", False,
         "Whether setting config vars to the values they have makes a release.",
         "partner-api §4.2, platform-api §4.4", "unverified"),
    flag("addon_vars_can_be_set", True,
         "Whether a customer may set and remove config vars that an add-on has set; if not, that is answered 422 "
         "`Cannot overwrite attachment values`. The add-on's next change of the var wins over the customer's value.",
         "partner-api §4.2", "unverified"),
    flag("last_attachment_can_be_detached", False,
         "Whether a customer may detach the last attachment to the app that owns the add-on; if not, that is answered "
         "422 `Cannot destroy last attachment to billing app`.", "partner-api §2.8", "unverified"),
    count("rate_limit", 4500, 10_000_000, "API requests an account may make at once (the pool).",
          "platform-api §4.4", "documented"),
    count("rate_limit_per_minute", 75, 10_000_000, "How fast the pool refills.", "platform-api §4.4", "documented"),
    seconds("log_session_life", 300, "How long a log session's URL can be opened.", "platform-api §7", "unverified",
            int),
    seconds("log_tail_life", 3600, "After how long a tail of a log (`heroku logs --tail`) ends; the CLI then says "
            "`Log stream timed out`.", "heroku-cli §4", "unverified", int),
    count("config_size_limit", 32_768, 10_000_000, "Bytes of all config vars of an app together.",
          "platform-api §5", "documented"),
    count("body_size_limit", 1_048_576, 1_000_000_000, "The largest JSON body the API takes, in bytes.", "-", "ours"),
    count("source_size_limit", 536_870_912, 10_000_000_000, "The largest source or slug upload, in bytes.",
          "-", "ours"),
    count("snapshot_size_limit", 1_073_741_824, 100_000_000_000, "The largest snapshot that is put in place, in bytes, "
          "packed and unpacked.", "-", "ours"),
    Setting("default_region", "us", one_of(region), "the name of a region", "Region of apps that name none.",
            "platform-api §5", "documented"),
    Setting("default_stack", "heroku-24", one_of(stack), "the name of a stack", "Stack of apps that name none.",
            "platform-api §5", "documented"),
    seconds("boot_timeout", 60, "How long a web dyno may take to bind $PORT (R10); wall clock.",
            "platform-api §6", "documented"),
    seconds("stop_grace", 30, "Time between SIGTERM and SIGKILL (R12); wall clock.", "platform-api §6", "documented"),
    seconds("release_phase_timeout", 3600, "How long the release phase may run; wall clock.",
            "platform-api §6", "documented"),
    seconds("build_timeout", 900, "How long a build may run; wall clock.", "platform-api §6", "unverified"),
    Setting("crash_delays", (0.0, 10.0, 60.0, 300.0, 1200.0, 3600.0), delays,
            "numbers from 0 to 10000000 with commas (seconds)",
            "Waits before a crashed dyno starts again: first crash, second, and so on; the last one repeats.",
            "platform-api §6", "unverified"),
    count("app_name_limit", 30, 63, "The longest app name.", "platform-api §1", "documented"),
    count("drains_per_app", 6, 1000, "Log drains that an app can have before a customer cannot add another.",
          "partner-api §7.1, §14", "unverified"),
    count("drain_buffer_lines", 1024, 1_000_000, "Lines that wait for a drain's receiver; beyond that the oldest "
          "are dropped and counted (L10).", "partner-api §7.1, §14", "unverified"),
    count("drain_buffer_lines_failing", 10, 1_000_000, "The same for a receiver that has failed for long.",
          "partner-api §7.1, §14", "unverified"),
    seconds("drain_failing_after", 300, "How long a receiver must fail until its buffer shrinks.",
            "partner-api §7.1", "documented"),
    count("drain_batch_bytes", 102_400, 100_000_000, "About how many bytes of lines go to a drain at once.",
          "partner-api §7.1", "documented"),
    count("drain_attempts", 3, 100, "How often a batch is sent before it is dropped and counted (L10).",
          "partner-api §7.1", "documented"),
    seconds("drain_back_off", 0.01, "The unit of the waits between attempts: times (2^slot - 1)/2, the slot by "
            "chance from 1 to the number of failures, at most 10.", "partner-api §7.1", "documented"),
    seconds("drain_connect_timeout", 3, "How long connecting to a drain's receiver may take; wall clock.",
            "partner-api §7.1", "documented"),
    seconds("drain_request_timeout", 5, "How long a drain's receiver may take for a batch; wall clock.",
            "partner-api §7.1", "documented"),
    seconds("drain_idle", 240, "When a drain's connection that carries nothing is closed; wall clock.",
            "partner-api §7.1", "documented"),
    seconds("drain_connection_life", 18_000, "When a drain's connection is renewed; wall clock.",
            "partner-api §7.1", "documented"),
    seconds("webhook_timeout", 10, "How long a webhook's receiver may take to answer, on the wall clock.",
            "partner-api §6.4, §14", "unverified"),
    seconds("webhook_retry_delay", 1, "Wait before the second attempt of a `sync` delivery; doubles with each one.",
            "partner-api §6.4, §14", "unverified", low=0.1),
    seconds("webhook_retry_longest", 3600, "The longest wait between two attempts of a delivery.",
            "partner-api §6.4", "documented", low=0.1),
    seconds("webhook_retry_window", 259_200, "How long after its event a `sync` delivery is tried: 72 h, "
            "before 2023 about 7 days (604800).", "partner-api §6.4, §14", "documented"),
    flag("webhook_skips", True, "Whether a delivery whose only attempt fails after that time, since its receiver has "
         "failed as long, ends as `skipped`; the published schema lacks that status, without it all end as `failed`.",
         "partner-api §6.3, §6.4, §14", "documented"),
    Setting("webhook_create_status", 201, one_of_these(201, 200), "200 or 201", "The status of the answer that "
            "creates a webhook; the reference and the guide disagree.", "partner-api §6.1, §14", "unverified"),
    Setting("partner_events", PARTNER_EVENTS, events, f"names with commas, or nothing: {', '.join(ACTIONS)}",
            "Events that an add-on's webhooks may include: Heroku gave some only to partners with an extra permission; "
            "`dyno` is for webhooks of apps.", "partner-api §6.2", "documented"),
    flag("connect_elsewhere", False,
         "Whether a proxy request (CONNECT) for a host that is neither Heroku's nor this machine is passed on to the "
         "network; else it is refused.", "-", "ours"),
    flag("partner_app_drains", True, "Whether a partner may add log drains to an app that its instance is attached "
         "to, and remove those of its own.", "partner-api §4.1", "unverified"),
    flag("former_owner_stays", True, "Whether who has transferred an app is a collaborator on it afterwards.",
         "platform-api §2", "unverified"),
    seconds("browser_login_life", 600, "How long a login by browser waits for the person (`heroku login` itself gives "
            "up after 10 minutes).", "heroku-cli §3", "inferred", int, low=1),
    seconds("login_token_life", 2_592_000, "How long the token of a login by browser works; `heroku login -i` asks for "
            "30 days itself.", "heroku-cli §3", "inferred", int, low=1),
    flag("login_by_choice", True, "Whether a login by browser takes a customer that has no password at its word: one "
         "click, no secret. Without it every login takes a password, or a token in its place.", "-", "ours"),
    flag("two_factor_for_apps", False, "Whether a customer with a second factor has to give a code, too, before its "
         "token changes an app (403 `two_factor` with the app's name, then `PUT /apps/:app/pre-authorizations`).",
         "heroku-cli §2", "unverified"),
    seconds("pre_authorization_life", 1800, "How long a token that was given a code for an app changes it without "
            "another one.", "heroku-cli §2", "unverified", int, low=1),
    count("exchanges_kept", 10_000, 1_000_000, "How many exchanges with customers, partners and receivers of webhooks "
          "the timeline keeps; older ones go.", "-", "ours"),
    count("tenant_limit", 200, 10_000, "How many platforms live at once behind one port (`platform-sim up --tenants`).",
          "-", "ours"),
    seconds("tenant_idle", 0, "After how long a platform behind one port ends that nobody asks anything and in which "
            "nothing happens; 0 for never; wall clock.", "-", "ours", int, low=0),
)  # fmt: skip


def load(environment: Mapping[str, str], **overrides: Any) -> Rules:
    """The rules as defaults < environment < overrides; BadSetting names the bad variable or unknown override."""
    known = {s.variable: s for s in SETTINGS}
    values: dict[str, Any] = {s.name: s.default for s in SETTINGS}
    for variable, text in environment.items():
        setting = known.get(variable)
        if setting is None:
            continue
        try:
            values[setting.name] = setting.read(text)
        except (ValueError, KeyError):
            raise BadSetting(f"{variable}={text!r} cannot be used: it must be {setting.allowed}") from None
    unknown = set(overrides) - set(values)
    if unknown:
        raise BadSetting(f"no setting is named {', '.join(sorted(unknown))}; see docs/settings.md")
    return Rules(**values | overrides)


def environment() -> dict[str, str]:
    """The process's environment: the one place that reads it."""
    return dict(os.environ)


_HELD = threading.Lock()


@contextmanager
def told_by_environment(values: Mapping[str, str]) -> Iterator[None]:
    """These variables of this process are so for a while, then as before. RuntimeError while another holds them: the
    process has but one environment."""
    if not _HELD.acquire(blocking=False):
        raise RuntimeError(
            "the environment of this process tells another partner already (Factory(environment=True)): end its Heroku "
            "first, or give this one's application what `make` is told"
        )
    before = {name: os.environ.get(name) for name in values}
    try:
        os.environ.update(values)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        _HELD.release()


def as_markdown() -> str:
    """The table of docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Each is set by its environment variable before `platform-sim up`. `mark` says how sure the default is:",
        "*documented* by Heroku, *unverified* (nobody outside knows; correct it if you do) or *ours*.",
        "",
        "| variable | default | allowed | what it does | source | mark |",
        "|---|---|---|---|---|---|",
    ]
    for s in SETTINGS:
        lines.append(f"| `{s.variable}` | {_shown(s.default)} | {s.allowed} | {s.sentence} | {s.source} | {s.mark} |")
    return "\n".join(lines) + "\n"


def _shown(default: Any) -> str:
    """A default as one would write it into the variable."""
    if isinstance(default, tuple):
        return ", ".join(_shown(each) for each in default)
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:.15g}" if isinstance(default, float) else str(default)


assert [s.name for s in SETTINGS] == [f.name for f in fields(Rules)], "settings and Rules must name the same things"

if __name__ == "__main__":
    sys.stdout.write(as_markdown())

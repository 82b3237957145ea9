"""What an answer of a partner means (partner-api §2.4, §2.10 to §2.12). Pure.

Messages are for customers. The texts of partners are shown where the contract says so, and never hold config.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from platform_sim.core.model import json_text
from platform_sim.core.model.drains import drain_url_problem
from platform_sim.partners import version_3
from platform_sim.partners.contract import NEVER_SENT, PartnerAnswer
from platform_sim.partners.versions import Version
from platform_sim.partners.words import reason

NOT_NOW = (408, 425, 429)
"""4xx that mean "later", not "no": treated like a 5xx (unverified; the contract calls other codes intermittent)."""


@dataclass(frozen=True)
class Provisioned:
    """The resource is ready. `config`: declared names only. `warnings`: what Heroku may not tolerate."""

    provider_id: str
    config: dict[str, str] = field(repr=False)
    message: str | None
    log_drain_url: str | None = field(repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Accepted202:
    """The partner works on it and will say when it is done (partner-api §2.5)."""

    provider_id: str
    message: str | None
    log_drain_url: str | None = field(repr=False)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanChanged:
    """The partner has switched. `config`: what to set, maybe nothing."""

    config: dict[str, str] = field(repr=False)
    message: str | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gone:
    """The resource does not exist at the partner any more, or never did."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deprovisioning202:
    """The partner will take a while and say when it is done (asynchronous deprovisioning, partner-api §2.11)."""


@dataclass(frozen=True)
class Refused:
    """A clear no: nothing was made, changed or deleted."""

    message: str
    status: int


@dataclass(frozen=True)
class Broken:
    """The partner said yes in a way that cannot be used: what exists there is to be deleted; by which id, if told."""

    message: str
    status: int | None
    clean_up: bool = True
    provider_id: str | None = None


@dataclass(frozen=True)
class Unknown:
    """Nobody knows what the partner did: the same request is sent again. `reason` completes "The provider ...".

    `never_sent`: the partner has certainly not seen this request.
    """

    reason: str
    status: int | None = None
    never_sent: bool = False


ProvisionOutcome = Provisioned | Accepted202 | Refused | Broken | Unknown
PlanOutcome = PlanChanged | Refused | Broken | Unknown
DeprovisionOutcome = Gone | Deprovisioning202 | Refused | Unknown


class _Unusable(Exception):
    """A 2xx answer that breaks the contract; the text says how."""


def provision_outcome(
    answer: PartnerAnswer, declared: Collection[str], *, wants_drain: bool = False, version: Version = version_3
) -> ProvisionOutcome:
    """The answer to POST (partner-api §2.4). `declared`: the manifest's config vars; `wants_drain`: it requires
    `syslog_drain`, so the answer must say where the logs go; `version`: the one that was spoken."""
    said_no = _not_success(answer)
    if said_no is not None:
        return said_no
    provider_id = None
    try:
        body = _object(answer)
        provider_id = _provider_id(body)
        message, warnings = _message(body)
        drain, more = _drain(body, wants_drain)
        warnings += more
        if answer.status == 202:
            if body.get("config"):
                warnings += (f"The 202 answer holds config: it was ignored, set it with {version.SETS_CONFIG}.",)
            return Accepted202(provider_id, message, drain, warnings)
        config = _config(body, declared)
    except _Unusable as error:
        return Broken(str(error), answer.status, provider_id=provider_id)
    if answer.status not in version.PROVISIONED:
        warnings += (f"HTTP {answer.status} is not promised to work; answer 200.",)
    return Provisioned(provider_id, config, message, drain, warnings)


def plan_outcome(answer: PartnerAnswer, declared: Collection[str]) -> PlanOutcome:
    """The answer to PUT (partner-api §2.10). An empty body is tolerated: nothing in it is required."""
    said_no = _not_success(answer)
    if said_no is not None:
        return said_no
    warnings: tuple[str, ...] = ()
    try:
        if not answer.body.strip() and answer.problem is None:
            body: dict[str, Any] = {}
            warnings = ("The answer has no body; answer JSON, {} at least.",)
        else:
            body = _object(answer)
        message, more = _message(body)
        config = _config(body, declared)
    except _Unusable as error:
        return Broken(str(error), answer.status, clean_up=False)
    if answer.status != 200:
        more += (f"HTTP {answer.status} is not documented for a plan change; answer 200.",)
    return PlanChanged(config, message, warnings + more)


def deprovision_outcome(
    answer: PartnerAnswer,
    *,
    may_finish_later: bool = False,
    not_found_is_gone: bool = True,
    version: Version = version_3,
) -> DeprovisionOutcome:
    """The answer to DELETE (partner-api §2.11). Only the status counts.

    202 means that the partner goes on working only where it `may_finish_later`; else it is a success like any 2xx.
    """
    if answer.status == 202 and may_finish_later:
        return Deprovisioning202()
    if answer.status in version.DELETED:
        return Gone()
    if answer.status == 404 and not_found_is_gone:
        return Gone(("404 is taken for gone, which Heroku does not promise; answer 410.",))
    if answer.status == 202:
        return Gone(("202 is taken for gone: only a service with async_deprovisioning may finish later.",))
    if answer.status is not None and 200 <= answer.status < 300:
        return Gone((f"{version.DELETED[0]} is the answer to a DELETE, not {answer.status}.",))
    said_no = _not_success(answer)
    assert said_no is not None, "every success is looked at above"
    return Refused(said_no.message, answer.status or 0) if isinstance(said_no, Broken) else said_no


def _not_success(answer: PartnerAnswer) -> Refused | Broken | Unknown | None:
    """None for a 2xx answer that can be read."""
    status, problem = answer.status, answer.problem
    if status is None or (problem is not None and problem != "too_large"):
        return Unknown(reason(answer), status, problem in NEVER_SENT)
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Broken(
            f"The add-on's provider answered with a redirect (HTTP {status}), which is not followed. "
            "It has to correct the base_url of its manifest.",
            status,
        )
    if 400 <= status < 500 and status not in NOT_NOW:
        return Refused(_refusal(answer, status), status)
    said = told(answer) if status == 503 else None
    return Refused(said, 503) if said else Unknown(f"failed (HTTP {status})", status)


def _refusal(answer: PartnerAnswer, status: int) -> str:
    if status == 422:
        return told(answer) or (
            "The add-on's provider refused the request and gave no reason. Try another plan or region, "
            "or ask its support."
        )
    if status == 401:
        return (
            "The add-on's provider did not accept the platform's credentials (HTTP 401). "
            "It has to check id and password of its manifest."
        )
    if status == 410:
        return "The add-on's provider says that this add-on was deleted already (HTTP 410). Create a new one."
    return f"The add-on's provider could not do this (HTTP {status}). Ask its support if it happens again."


def told(answer: PartnerAnswer) -> str | None:
    """The partner's message of an error answer, if it has one."""
    try:
        return _message(_object(answer))[0]
    except _Unusable:
        return None


def _object(answer: PartnerAnswer) -> dict[str, Any]:
    if answer.problem == "too_large":
        raise _Unusable("The add-on's provider returned an answer that is too large to be read.")
    try:
        body = json_text.read(answer.body, constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError:
        raise _Unusable("The add-on's provider returned an answer that is not valid JSON.") from None
    if not isinstance(body, dict):
        raise _Unusable("The add-on's provider returned JSON that is not an object.")
    return body


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _provider_id(body: dict[str, Any]) -> str:
    given = body.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise _Unusable("The add-on's provider returned an answer without an `id` (a string or a whole number).")
    return str(given)


def _config(body: dict[str, Any], declared: Collection[str]) -> dict[str, str]:
    given = body.get("config")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise _Unusable("The add-on's provider returned a `config` that is not an object.")
    foreign = sorted(set(given) - set(declared))
    if foreign:
        raise _Unusable(
            f"The add-on's provider returned config vars that its manifest does not declare: {_listed(foreign)}. "
            "It has to add them to config_vars and push its manifest."
        )
    wrong = sorted(name for name, value in given.items() if not isinstance(value, str) or "\0" in value)
    if wrong:
        raise _Unusable(f"The add-on's provider returned config vars that are not strings: {_listed(wrong)}.")
    return dict(given)


def _message(body: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    given = body.get("message")
    if given is None or isinstance(given, str):
        return given or None, ()
    return None, ("`message` is not a string: it was ignored.",)


def _drain(body: dict[str, Any], wanted: bool) -> tuple[str | None, tuple[str, ...]]:
    """Where the logs go, by its name of today or the old one (partner-api §2.4)."""
    name = next((each for each in ("log_drain_url", "syslog_drain_url") if body.get(each) is not None), None)
    if not wanted:
        ignored = f"`{name}` was ignored: the manifest does not require syslog_drain."
        return None, (ignored,) if name else ()
    if name is None:
        raise _Unusable(
            "The add-on's provider returned an answer without `log_drain_url`, which has to say where the app's logs "
            "go since its manifest requires syslog_drain."
        )
    given = body[name]
    problem = drain_url_problem(given) if isinstance(given, str) else "must be a string"
    if problem:
        raise _Unusable(f"The add-on's provider returned a `{name}` that cannot be used: it {problem}.")
    return str(given), ()


def _listed(names: list[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:10])
    return f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown

"""A request and its answer in the form in which they may be kept and shown (the ledger, partner-api §16)."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from platform_sim.core.model import json_text
from platform_sim.core.model.masking import HIDDEN, Mark, hidden, masked_url
from platform_sim.partners.contract import FORM, PartnerAnswer, PartnerRequest
from platform_sim.partners.mask import form_secrets, masked_body, masked_form, masked_headers, secret_strings


@dataclass(frozen=True)
class MaskedExchange:
    """The fields of `core.model.records.Exchange` that this room knows; nothing in it is secret."""

    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    problem: str | None
    milliseconds: int
    marked: dict[str, str] = field(default_factory=dict)


def marked_exchange(request: PartnerRequest, answer: PartnerAnswer, mark: Mark) -> MaskedExchange:
    """What `masked_exchange` makes of it, and in `marked` the texts with a secret in them once more, each secret in
    them as `mark` has it: so that equal ones are known to be equal."""
    shown = masked_exchange(request, answer)
    hiding = [name for name in ("url", "request_body", "response_body") if HIDDEN in getattr(shown, name)]
    if not hiding:
        return shown
    told = masked_exchange(request, answer, mark=mark)
    return replace(shown, marked={name: getattr(told, name) for name in hiding})


def masked_exchange(
    request: PartnerRequest, answer: PartnerAnswer, known: Collection[str] = frozenset(), mark: Mark = hidden
) -> MaskedExchange:
    """Both sides masked; what is secret on one side is also hidden where the other repeats it. `known`: what else is
    secret, wherever it stands."""
    body = request.body or b""
    is_form = _is_form(request)
    in_request = form_secrets(_query(request.url)) | (form_secrets(body) if is_form else _secrets_of(body))
    secrets = _credentials(request) | in_request | _secrets_of(answer.truth or answer.body) | set(known)
    shown_body = masked_form(body, secrets, mark) if is_form else masked_body(body, secrets, mark)
    return MaskedExchange(
        method=request.method,
        url=masked_url(request.url, mark),
        request_headers=masked_headers(request.headers, secrets),
        request_body=shown_body if body else "",
        status=answer.status,
        response_headers=masked_headers(answer.headers, secrets),
        response_body=masked_body(answer.body, secrets, mark) if answer.body else "",
        problem=_problem(answer),
        milliseconds=answer.milliseconds,
    )


def _problem(answer: PartnerAnswer) -> str | None:
    """What went wrong by itself, and on purpose."""
    if answer.fault is None:
        return answer.problem
    return f"{answer.problem} ({answer.fault})" if answer.problem else answer.fault


def _is_form(request: PartnerRequest) -> bool:
    return request.headers.get("Content-Type") == FORM


def _query(url: str) -> bytes:
    return url.partition("?")[2].encode()


def _credentials(request: PartnerRequest) -> set[str]:
    """The Basic value and the password in it: an error page may echo the request's headers."""
    given = next((v for k, v in request.headers.items() if k.lower() == "authorization"), "")
    _, _, value = given.partition(" ")
    try:
        password = base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    return {value, password} - {""}


def _secrets_of(body: bytes) -> set[str]:
    try:
        return secret_strings(json_text.read(body))
    except ValueError:
        return set()

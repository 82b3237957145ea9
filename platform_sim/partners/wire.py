"""A request and its answer in the form in which they may be kept and shown (the ledger, partner-api §16)."""

import base64
import binascii
import json
from dataclasses import dataclass

from platform_sim.core.model.masking import masked_url
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.mask import masked_body, masked_headers, secret_strings


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


def masked_exchange(request: PartnerRequest, answer: PartnerAnswer) -> MaskedExchange:
    """Both sides masked; what is secret on one side is also hidden where the other repeats it."""
    body = request.body or b""
    secrets = _credentials(request) | _secrets_of(body) | _secrets_of(answer.body)
    return MaskedExchange(
        method=request.method,
        url=masked_url(request.url),
        request_headers=masked_headers(request.headers, secrets),
        request_body=masked_body(body, secrets) if body else "",
        status=answer.status,
        response_headers=masked_headers(answer.headers, secrets),
        response_body=masked_body(answer.body, secrets) if answer.body else "",
        problem=answer.problem,
        milliseconds=answer.milliseconds,
    )


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
        return secret_strings(json.loads(body))
    except (ValueError, RecursionError):
        return set()

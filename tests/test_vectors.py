"""The published test vectors of the partner protocol, all in one place (partner-api §15).

Each holds on both sides: for the platform that signs, and for the reference partner that checks.
"""

from collections.abc import Callable

import pytest

from addon_service import sso as partner
from platform_sim.core.model import sso as platform
from platform_sim.core.model.webhooks import signature
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest
from platform_sim.partners.orders import Resource
from platform_sim.web.answers import basic
from platform_sim.web.log_input.messages import Malformed, Message, parse

SALT = "2f97bfa52ca102f8874716e2eb1d3b4920ad0be4"
AT = "1267597772"
RESOURCE = "01234567-89ab-cdef-0123-456789abcdef"
USER = "89abcdef-0123-4567-89ab-cdef01234567"
EMAIL = "user@example.com"

Token = Callable[[str, str, str], str]
UserToken = Callable[[str, str, str, str, str], str]
SHA_1 = pytest.mark.parametrize("token", [platform.resource_token, partner.legacy_token], ids=["platform", "partner"])
SHA_256 = pytest.mark.parametrize(
    "token", [platform.user_scoped_token, partner.user_scoped_token], ids=["platform", "partner"]
)


@SHA_1
def test_the_token_of_version_1(token: Token) -> None:
    """`token`, over the partner's own id."""
    assert token("123", SALT, AT) == "bb466eb1d6bc345d11072c3cd25c311f21be130d"
    assert token("1", "SSO_SALT", "1262304000") == "b6010f6fbb850887a396c2bc0ab23974003008f6"


@SHA_1
def test_the_token_of_version_3(token: Token) -> None:
    """`resource_token`, over the uuid."""
    assert token(RESOURCE, SALT, AT) == "7659cc00fc08ff8b7bb76cd8c9762bcf528b4173"


@SHA_256
def test_the_token_that_covers_the_user(token: UserToken) -> None:
    """`user_scoped_resource_token`."""
    expected = "c65f5adc40b9b20404090f99908f11f57be27fb87fea5c53936a2c681f9662ef"
    assert token(RESOURCE, SALT, AT, USER, EMAIL) == expected


def test_basic_credentials() -> None:
    """`addon-slug` and `super-secret`, sent to a partner and read from one."""
    sent: list[PartnerRequest] = []

    def send(request: PartnerRequest) -> PartnerAnswer:
        sent.append(request)
        return PartnerAnswer(204, {}, b"", 1)

    manifest = {
        "id": "addon-slug",
        "api": {"password": "super-secret", "production": "https://a.example", "version": "3"},
    }
    PartnerClient(send).deprovision(manifest, Resource(RESOURCE))
    assert sent[0].headers["Authorization"] == "Basic YWRkb24tc2x1ZzpzdXBlci1zZWNyZXQ="
    assert basic("YWRkb24tc2x1ZzpzdXBlci1zZWNyZXQ=") == ("addon-slug", "super-secret")


def test_the_signature_of_a_webhook() -> None:
    assert signature("secret", b'{"action":"update"}') == "f4xzlcOak3se3COC5Q4D1M9lsECHZCk9j5hi91sDmJI="


def test_a_frame_of_log_input() -> None:
    """88 bytes; the 89 of Heroku's documentation does not add up (partner-api §7.2)."""
    frame = b"<190>1 2013-03-27T20:02:24+00:00 01234567-89ab-cdef-0123-456789abcdef app procid - - foo"
    assert len(frame) == 88
    assert parse(b"88 " + frame) == [Message("procid", "foo")]
    with pytest.raises(Malformed):
        parse(b"89 " + frame)

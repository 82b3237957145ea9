"""The tokens of single sign-on, with the vectors of partner-api §15."""

from platform_sim.core.model.sso import resource_token, user_scoped_token

SALT = "2f97bfa52ca102f8874716e2eb1d3b4920ad0be4"
AT = "1267597772"
RESOURCE = "01234567-89ab-cdef-0123-456789abcdef"
USER = "89abcdef-0123-4567-89ab-cdef01234567"


def test_invariant_16_v1_token() -> None:
    assert resource_token("123", SALT, AT) == "bb466eb1d6bc345d11072c3cd25c311f21be130d"
    assert resource_token("1", "SSO_SALT", "1262304000") == "b6010f6fbb850887a396c2bc0ab23974003008f6"


def test_invariant_16_resource_token() -> None:
    assert resource_token(RESOURCE, SALT, AT) == "7659cc00fc08ff8b7bb76cd8c9762bcf528b4173"


def test_invariant_16_user_scoped_token() -> None:
    token = user_scoped_token(RESOURCE, SALT, AT, USER, "user@example.com")
    assert token == "c65f5adc40b9b20404090f99908f11f57be27fb87fea5c53936a2c681f9662ef"


def test_invariant_16_every_part_is_signed() -> None:
    parts = [RESOURCE, SALT, AT, USER, "user@example.com"]
    good = user_scoped_token(*parts)
    for index in range(5):
        changed = [*parts]
        changed[index] += "0"
        assert user_scoped_token(*changed) != good

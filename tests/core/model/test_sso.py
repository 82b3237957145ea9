"""The tokens of single sign-on; tests/test_vectors.py has those that are published."""

from platform_sim.core.model.sso import user_scoped_token

SALT = "2f97bfa52ca102f8874716e2eb1d3b4920ad0be4"
AT = "1267597772"
RESOURCE = "01234567-89ab-cdef-0123-456789abcdef"
USER = "89abcdef-0123-4567-89ab-cdef01234567"


def test_invariant_16_every_part_is_signed() -> None:
    parts = [RESOURCE, SALT, AT, USER, "user@example.com"]
    good = user_scoped_token(*parts)
    for index in range(5):
        changed = [*parts]
        changed[index] += "0"
        assert user_scoped_token(*changed) != good

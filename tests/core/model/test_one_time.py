"""One-time passwords: the published vectors, and what is taken for a code."""

from datetime import UTC, datetime, timedelta

import pytest

from platform_sim.core.model.one_time import STEP, address, code_at, is_code, seconds_left, secret_from

SECRET = secret_from(b"12345678901234567890")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, SHA-1: the last six of eight digits."""
    assert code_at(SECRET, datetime.fromtimestamp(seconds, UTC)) == code


def test_a_code_is_good_one_step_long_before_and_after() -> None:
    code = code_at(SECRET, NOW)
    for steps, good in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        assert is_code(SECRET, code, NOW + timedelta(seconds=steps * STEP)) is good, steps


@pytest.mark.parametrize("given", ["", " ", "000000", "12345", "1234567", "x" * 6, "٠٠٠٠٠٠", "\ud800", "-1"])
def test_what_is_no_code(given: str) -> None:
    assert not is_code(SECRET, given, NOW)


def test_blanks_do_not_count() -> None:
    code = code_at(SECRET, NOW)
    assert is_code(SECRET, f" {code[:3]} {code[3:]}\n", NOW)


def test_how_long_a_code_is_shown() -> None:
    assert seconds_left(NOW) == STEP
    assert seconds_left(NOW + timedelta(seconds=29, microseconds=5)) == 1


def test_what_an_authenticator_app_reads() -> None:
    assert SECRET == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert address(SECRET, "ann@example.com") == (
        f"otpauth://totp/Platform%20Sim%3Aann%40example.com?secret={SECRET}&issuer=Platform+Sim"
    )

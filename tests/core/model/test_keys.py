"""Lines of public keys. The vector: `ssh-keygen -l -E md5` of a key made for this test."""

import base64

import pytest

from platform_sim.core.model.keys import read_public_key

LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINg49PPaR4fRiyZBUBTveq5K+M9psCWV5u5NkDTNq1kF x@y"
FINGERPRINT = "bf:c2:85:a6:99:8c:ce:01:76:90:db:0c:55:b3:11:72"


def test_a_key_as_openssh_sees_it() -> None:
    for line in (LINE, LINE + "\n", "  " + LINE.replace(" ", "  ")):
        read = read_public_key(line)
        assert read is not None
        assert (read.text, read.comment, read.fingerprint) == (LINE, "x@y", FINGERPRINT)


def test_a_comment_may_be_missing_or_long() -> None:
    bare = read_public_key(LINE.removesuffix(" x@y"))
    talking = read_public_key(LINE + " at home")
    assert bare is not None
    assert talking is not None
    assert (bare.comment, talking.comment) == ("", "x@y at home")
    assert bare.fingerprint == talking.fingerprint == FINGERPRINT


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ssh-ed25519",
        "x@y",
        LINE.replace("ssh-ed25519", "ssh-rsa"),
        LINE.replace("ssh-ed25519", "ssh-dss"),
        LINE.replace("AAAAC3", "AAAA!3"),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 x@y",
        "ssh-ed25519 " + base64.b64encode(b"\x00" * 60).decode(),
        LINE + "\n" + LINE,
        LINE + " é",
        LINE + " " + "x" * 20_000,
        "-----BEGIN" + " OPENSSH PRIVATE KEY-----",
    ],
)
def test_what_is_no_public_key(line: str) -> None:
    assert read_public_key(line) is None

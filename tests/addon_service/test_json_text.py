"""JSON from others is read without recursing."""

import json

import pytest

from addon_service import json_text
from addon_service.json_text import DEEPEST, read


def test_it_reads_what_json_reads() -> None:
    for value in ({"a": [1, {"b": "[" * 500 + '\\"' + "{"}], "é": None}, [{}] * 500, "x"):
        assert read(json.dumps(value).encode()) == value
    assert read(b"[NaN]", str) == ["NaN"]
    for broken in (b"", b"[", b'"\\', b'"' + b'\\"' * 100_000, b"\xff"):
        with pytest.raises(ValueError):
            read(broken)


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
def test_what_is_too_deep_is_not_begun(opening: bytes, closing: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(opening * DEEPEST + b"1" + closing * DEEPEST)
    monkeypatch.setattr(json_text.json, "loads", lambda text, **_: pytest.fail("it was begun"))
    for levels in (DEEPEST + 1, 20_000):
        with pytest.raises(ValueError, match="levels"):
            read(opening * levels + b"1" + closing * levels)

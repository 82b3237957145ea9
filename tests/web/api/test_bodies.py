"""Bodies: what each kind of field takes, in the spellings of real clients (platform-api §5)."""

import json
from typing import Any

import pytest

from platform_sim.core.errors import BadRequest, InvalidParams, PlatformError, TooLarge
from platform_sim.core.model.values import CONFIG_VAR
from platform_sim.web.api.bodies import (
    DEEPEST,
    Check,
    amount,
    check,
    flag,
    identity,
    list_of,
    options,
    part,
    read_changes,
    read_json,
    string_map,
    text,
    whole,
)

TAKEN: list[tuple[Check, Any, Any]] = [
    (text, "x", "x"),
    (text, "", ""),
    (text, "💥\n", "💥\n"),
    (flag, True, True),
    (flag, False, False),
    (flag, 0, False),
    (flag, 1, True),  # heroku3: maintenance 0, tail 0
    (whole, 5, 5),
    (whole, -5, -5),
    (whole, "15", 15),
    (whole, "-1", -1),
    (whole, 0, 0),
    (amount, 2, "2"),
    (amount, "2", "2"),
    (amount, "+1", "+1"),
    (amount, "-1", "-1"),
    (identity, "x", "x"),
    (identity, {"name": "x"}, "x"),
    (identity, {"id": "i", "name": "x"}, "i"),
    (identity, {"id": None, "name": "x"}, "x"),
    (string_map, {}, {}),
    (string_map, {"a": "b", "c": ""}, {"a": "b", "c": ""}),
    (options, {}, {}),
    (
        options,
        {"foo": "bar", "flag": True, "off": False, "n": 5},
        {"foo": "bar", "flag": "true", "off": "false", "n": "5"},
    ),
    (options, {"empty": "", "none": None, "f": 1.5}, {"empty": "", "f": "1.5"}),
    (list_of(text), [], []),
    (list_of(text), ["a", "b"], ["a", "b"]),
    (part({"a": text}), {"a": "x", "b": 5}, {"a": "x"}),
    (part({"a": text}), {"a": None}, {}),
]


@pytest.mark.parametrize(("read", "sent", "meant"), TAKEN)
def test_what_is_taken(read: Check, sent: Any, meant: Any) -> None:
    taken = read("field", sent)
    assert (taken, type(taken)) == (meant, type(meant))


REFUSED: list[tuple[Check, list[Any]]] = [
    (text, [5, True, [], {}, 1.5, "\x00", "a\x00b"]),
    (flag, [2, -1, "true", "0", [], {}, 0.5]),
    (whole, [1.5, True, "x", "", "-", "--5", "5-", "²", "٣", "1e5", " 5", "5\n", 2**53, -(2**53), "9" * 15, [], {}]),
    (amount, [1.5, True, [], {}, "\x00", 2**53]),
    (identity, [5, True, [], {}, {"id": 5}, {"id": []}, {"name": {}}, {"other": "x"}, {"name": "\x00"}]),
    (string_map, [5, "x", [], {"a": 5}, {"a": None}, {"a": ["x"]}, {"\x00": "x"}, {"a": "\x00"}]),
    (options, [5, "x", [], {"a": []}, {"a": {}}, {"a": {"b": 1}}, {"\x00": "x"}, {"a": "\x00"}]),
    (list_of(text), [5, "x", {}, [5], ["a", None], [["a"]]]),
    (part({"a": text}, ("a",)), [5, "x", [], {}, {"a": 5}, {"a": None}]),
]


@pytest.mark.parametrize(("read", "sent"), [(read, sent) for read, values in REFUSED for sent in values])
def test_what_is_refused_names_the_field(read: Check, sent: Any) -> None:
    with pytest.raises(InvalidParams) as refused:
        read("field", sent)
    assert "field" in refused.value.message


def test_lists_and_parts_name_the_place() -> None:
    updates = list_of(part({"quantity": amount, "dyno_size": identity}))
    with pytest.raises(InvalidParams, match=r"updates\[1\]\.quantity must be a whole number, not a list"):
        updates("updates", [{"quantity": 1}, {"quantity": []}])
    with pytest.raises(InvalidParams, match=r"updates\[1\] must be an object, not a number"):
        updates("updates", [{}, 5])


def test_messages_stay_short_whatever_names_are_sent() -> None:
    for read, sent in ((string_map, {"x" * 100_000: 5}), (options, {"y" * 100_000: []}), (options, {"\x00" * 9999: 1})):
        with pytest.raises(InvalidParams) as refused:
            read("field", sent)
        assert len(refused.value.message) < 300


def test_check_takes_what_is_described_and_asks_for_what_is_required() -> None:
    fields = {"a": text, "b": whole}
    assert check({"a": "x", "b": None, "c": []}, fields) == {"a": "x"}
    for body in ({}, {"a": None}):
        with pytest.raises(InvalidParams, match="Missing parameter: a"):
            check(body, fields, ("a",))


def test_empty_bodies_are_empty_objects() -> None:
    for raw in (b"", b"  \r\n", b"{}", b"\xef\xbb\xbf{}"):
        assert read_json(raw, 100) == {}


BROKEN: list[bytes] = [
    *(b"{", b"nul", b"{'a': 1}", b'{"a": 1,}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 01}', b'{"a": "\n"}'),
    *(b"[]", b"null", b"5", b'"x"', b"true", b'{"a": "\xff"}', '{"a": 1}'.encode("utf-16"), b"\x00{}", b"\xef\xbb\xbf"),
    *(b'{"a": "\\ud800"}', b'{"a": ["\\udc00\\ud800"]}', b'{"\\ud83d": 1}', b'{"a": {"b": {"\\uDFFF": 1}}}'),
    *(b'{"a": "\xed\xa0\x80"}', b'{"a": ' + b"9" * 5000 + b"}"),
]


@pytest.mark.parametrize("raw", BROKEN, ids=lambda raw: str(raw[:25]))
def test_broken_bodies(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        read_json(raw, 10_000)


def test_whole_characters_in_escapes_are_fine() -> None:
    assert read_json(b'{"a": "\\ud83d\\ude00", "b": "\\u00e9\\u0000"}', 100) == {"a": "😀", "b": "é\0"}


def test_how_deep_a_body_may_be() -> None:
    def nested(levels: int) -> bytes:
        return b'{"a":' * levels + b"1" + b"}" * levels

    assert read_json(nested(DEEPEST - 1), 10_000)
    for levels in (DEEPEST, DEEPEST + 1, 900, 1500, 100_000):
        with pytest.raises(BadRequest):
            read_json(nested(levels), 10_000_000)
    # Wide is not deep, and brackets in texts are none.
    assert read_json(json.dumps({"a": [{}] * 100, "b": "[" * 500}).encode(), 10_000)


def test_the_limit() -> None:
    body = b'{"a": "xx"}'
    assert read_json(body, len(body)) == {"a": "xx"}
    with pytest.raises(TooLarge):
        read_json(body, len(body) - 1)


def test_config_vars_as_a_body() -> None:
    assert read_changes({"A": "1", "b_2": "", "C": None}, CONFIG_VAR) == {"A": "1", "b_2": "", "C": None}
    bodies: list[dict[str, Any]] = [
        {"A B": "1"},
        {"": "1"},
        {"é": "1"},
        {"A\n": "1"},
        {"A": 5},
        {"A": []},
        {"A": "\x00"},
        {"x" * 10**6: 5},
    ]
    for body in bodies:
        with pytest.raises(PlatformError) as refused:
            read_changes(body, CONFIG_VAR)
        assert refused.value.status == 422
        assert len(refused.value.message) < 300


def test_a_whole_number_that_is_too_large_is_told_how_large_it_may_be() -> None:
    with pytest.raises(InvalidParams, match="seed must be a whole number from -9007199254740991 to 9007199254740991"):
        whole("seed", 2**80)

"""What every row does with bodies: broken, too large, of wrong types, hostile, with keys that it does not know."""

import pytest

from platform_sim.web.api.routes import Route

from ..world import Populated
from .rows import SAMPLES, SIMULATED, every_simulated_row, name, token_for


def test_each_row_with_fields_has_a_sample() -> None:
    assert set(SAMPLES) == {name(row) for row in SIMULATED if row.fields is not None}
    for row in SIMULATED:
        assert set(row.required) <= set(SAMPLES.get(name(row), row.required)), name(row)


@every_simulated_row
def test_a_body_that_is_no_json_object_is_refused(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    token = token_for(row, lasting)
    bodies = [
        b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe\x00", b"{'a': 1}", b'{"a": NaN}', b'{"a": -Infinity}',
        b'{"a": 1', b"a=b", b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b'{"a": "\xed\xa0\x80"}',
        b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
    ]  # fmt: skip
    for data in bodies:
        with world.nothing_written():
            answer = world.call(row.method, path, data=data, token=token)
        assert answer.error == (400, "bad_request"), data[:40]
        assert len(answer.text) < 1000


@every_simulated_row
def test_a_body_that_is_too_large_is_refused(row: Route, lasting: Populated) -> None:
    world, path = lasting.world, lasting.path(row.path)
    with world.nothing_written():
        answer = world.call(row.method, path, data=b'{"a": "' + b"x" * world.database.rules.body_size_limit + b'"}')
    assert answer.error == (413, "request_entity_too_large")


WITH_FIELDS = [(row, field) for row in SIMULATED for field in row.fields or ()]
HOSTILE = [
    *([], {}, [1], {"a": 1}, {"id": 5}, {"name": []}, 1.5, -1, 2**63, 10**30, True, False, 0, 1),
    *("", " ", "x", "\x00", "a\x00b", "\u202e", "--5", "-", "²", "+", "1e5", "x" * 1_000_000, "💥" * 80_000, "\n"),
    *([[]], [{}], [None], ["x"], [{"name": "\x00"}], {"x" * 500_000: "y"}, {"a": {"b": {"c": []}}}, {"\x00": "x"}),
    *({"secret": 1}, {"url": 5}, {"code": "\x00"}, [{"quantity": "²"}], [{"type": 1}], {"name": "x" * 500_000}),
]

SHOWN = [repr(value)[:60] for value in HOSTILE]


@pytest.mark.parametrize(("row", "field"), WITH_FIELDS, ids=lambda v: name(v) if isinstance(v, Route) else v)
def test_hostile_values_never_break_a_row(row: Route, field: str, full: Populated) -> None:
    """Whatever stands in a field: what the row does, or an answer in our shape and nothing written."""
    world, token = full.world, token_for(row, full)
    before = world.image()
    for value, shown in zip(HOSTILE, SHOWN, strict=True):
        answer = world.call(row.method, full.path(row.path), SAMPLES[name(row)] | {field: value}, token=token)
        if answer.status_code < 400:
            assert answer.status_code in (row.status, 202), shown
            before = world.image()
            continue
        assert answer.status_code in (400, 401, 404, 422, 423, 501, 503), (shown, answer.text)
        assert {"id", "message"} <= set(answer.json), shown
        assert len(answer.text) < 1500, (shown, answer.text[:300])
        assert world.image() == before, shown


@pytest.mark.parametrize(("row", "field"), WITH_FIELDS, ids=lambda v: name(v) if isinstance(v, Route) else v)
def test_a_wrong_type_is_422_and_names_the_field(row: Route, field: str, lasting: Populated) -> None:
    world, token = lasting.world, token_for(row, lasting)
    with world.nothing_written():
        answer = world.call(row.method, lasting.path(row.path), SAMPLES[name(row)] | {field: [[1]]}, token=token)
    assert answer.error == (422, "invalid_params")
    assert field in answer.json["message"]


@pytest.mark.parametrize("row", [row for row in SIMULATED if row.required], ids=name)
def test_required_fields_are_asked_for(row: Route, lasting: Populated) -> None:
    world, token = lasting.world, token_for(row, lasting)
    for missing in row.required:
        for body in (
            {k: v for k, v in SAMPLES[name(row)].items() if k != missing},
            SAMPLES[name(row)] | {missing: None},
        ):
            with world.nothing_written():
                answer = world.call(row.method, lasting.path(row.path), body, token=token)
            assert answer.error == (422, "invalid_params")
            assert missing in answer.json["message"]


@pytest.mark.parametrize("row", [row for row in SIMULATED if row.fields is not None], ids=name)
def test_unknown_keys_are_ignored(row: Route, full: Populated) -> None:
    """Clients send more than the schema knows (platform-api §5); the answer is that of the body without them."""
    extra = {"surprise": [1, {"a": None}], "id": 5, "_": "x" * 1000, "": 1}
    token = token_for(row, full)
    answer = full.world.call(row.method, full.path(row.path), SAMPLES[name(row)] | extra, token=token)
    if row.open:
        assert answer.status_code == 401, "the sample's code is not a real one"
    elif "second:test" in str(SAMPLES[name(row)]):
        assert answer.error == (422, "invalid_params"), "no such plan"
    else:
        assert answer.status_code in (row.status, 202), answer.text

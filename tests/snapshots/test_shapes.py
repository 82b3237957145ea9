"""Invariant 20 for platforms of many shapes: rows that no verb would make, any text, clocks that stand or run."""

import io
import tempfile
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from platform_sim.core.model.apps import App, Dyno, Release
from platform_sim.core.model.records import ClockState, Exchange, Job, Sequence
from platform_sim.core.store.schema import UNIQUE
from platform_sim.core.store.tables import NOUNS, TABLES
from platform_sim.snapshots.checks import _checks
from platform_sim.snapshots.diff import differences
from platform_sim.snapshots.reading import opened
from platform_sim.snapshots.references import KEPT

from ..support import START
from .full import album, begin, close, made, put, taken

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
LOOK_LIKE = st.sampled_from(
    [
        *("https://u:p@example.com/a?b=c", "made-AccessToken-token0", '{"a": [1, "b"]}', "\\u0000", "a\nb", "é\u2028"),
        *(
            "scrypt$1$2$3$salt$hash",
            "see made-Source-secret0, and https://x@y/made-Source-secret0?q",
            "[",
        ),
    ]
)
MOMENTS = st.timedeltas(timedelta(-1000), timedelta(1000)).map(lambda length: START + length)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS | LOOK_LIKE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def values(hint: Any) -> st.SearchStrategy[Any] | None:
    """Of a field's type; None for what stays as `made` has it."""
    plain = {int: st.integers(-(2**40), 2**40), bool: st.booleans(), datetime: MOMENTS, str: TEXTS | LOOK_LIKE}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is dict:
        inner = get_args(hint)[1]
        held = JSON if inner is Any else values(inner)
        return None if held is None else st.dictionaries(TEXTS | LOOK_LIKE, held, max_size=3)
    if get_origin(hint) is list:
        held = JSON if get_args(hint)[0] is Any else values(get_args(hint)[0])
        return None if held is None else st.lists(held, max_size=3)
    return None


@st.composite
def rows(draw: st.DrawFn) -> list[Any]:
    """One row or more of some nouns."""
    found = []
    for number, noun in enumerate(draw(st.lists(st.sampled_from(NOUNS), min_size=1, max_size=6))):
        if noun in (ClockState, Sequence):
            continue
        row, hints = made(noun), get_type_hints(noun)
        unique = {column for columns in UNIQUE.get(TABLES[noun].name, ()) for column in columns}
        changes: dict[str, Any] = {}
        for each in fields(noun):
            strategy = values(hints[each.name])
            if (noun, each.name) in KEPT or (noun, each.name) == (App, "stack"):
                continue
            own = each.name in unique or each.name in ("id", "number", "seq")
            if own and isinstance(getattr(row, each.name), str):
                other = f"{getattr(row, each.name)}{number}"
                changes |= {each.name: other} if _checks(noun)[each.name](other) else {}
            elif own and isinstance(getattr(row, each.name), int):
                changes[each.name] = number + 1_000_001
            elif strategy is not None and _checks(noun)[each.name](value := draw(strategy)):
                changes[each.name] = value
        found.append(noun(**{each.name: getattr(row, each.name) for each in fields(noun)} | changes))
    return found


@given(rows(), st.booleans(), st.none() | st.integers(0, 5), st.timedeltas(timedelta(0), timedelta(days=300)))
@settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])
def test_invariant_20_of_any_shape(written: list[Any], stands: bool, seed: int | None, ahead: timedelta) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = album(Path(folder) / "one", seed=seed), album(Path(folder) / "other", seed=9, at=None)
        with one.database.transaction() as tx:
            begin(tx)
            for noun in {*KEPT.values(), Release}:
                tx.insert(made(noun))
            for row in written:
                tx.insert(row)
                if isinstance(row, App):
                    tx.insert(replace(made(Release), id=f"of-{row.id}", app_id=row.id))
        one.database.clock.advance(ahead)
        if not stands:
            one.database.clock.resume()
        for secrets in (True, False):
            file = taken(one, secrets=secrets)
            put(other, file)
            assert taken(other, secrets=secrets) == file
            with opened(io.BytesIO(file), 10**8) as before, opened(io.BytesIO(file), 10**8) as after:
                assert differences(before, after) == {}
        at_rest = [each for each in written if not isinstance(each, (Job, Dyno, Exchange))]
        put(other, taken(one, secrets=True))
        with other.database.snapshot() as found:
            for row in at_rest:
                assert found.find(type(row), **{TABLES[type(row)].key: getattr(row, TABLES[type(row)].key)}) == row
        close(one, other)

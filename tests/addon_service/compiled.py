"""What Flask compiles for each application anew, although it is the same for all: templates, and what builds the
addresses of rules. A test has an application of its own; these two it shares with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType

import jinja2
import pytest
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class _Templates(jinja2.BytecodeCache):
    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = _Templates()


@contextmanager
def once() -> Iterator[None]:
    """Within it, each rule's builders are compiled for the first application that has the rule."""
    compiled = Rule._compile_builder
    builders: dict[tuple[object, ...], Builder] = {}

    def known(rule: Rule, append_unknown: bool = True) -> Builder:
        key = type(rule), tuple(rule._trace), repr(rule.defaults), append_unknown
        if key not in builders:
            builders[key] = compiled(rule, append_unknown)
        return builders[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", known)
        yield

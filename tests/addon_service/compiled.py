"""What Flask compiles for each application anew, although it is the same for all: templates, and what builds the
addresses of rules. A test has an application of its own; these two it shares with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.routing import Rule

from platform_sim.web.dashboard.ready import Compiled

Builder = Callable[..., tuple[str, str]]


TEMPLATES = Compiled()


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

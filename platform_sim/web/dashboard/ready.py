"""What the pages of all platforms of a process share, since none of it is about one: compiled templates, and the
functions that build the addresses of pages, each made when it is first needed."""

from collections.abc import Callable
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class Compiled(BytecodeCache):
    """Keeps templates in memory, as they were compiled for the first platform that showed them."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """See jinja2."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See jinja2."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()
_BUILDERS: dict[tuple[str, bool], Builder] = {}


class PageRule(Rule):
    """Compiles what builds an address when one is built: a platform has many pages, and shows few links to most."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled = super()._compile_builder
        key = self.rule, append_unknown
        assert not self.defaults, "they would have to be in the key"

        def build(*given: object, **values: object) -> tuple[str, str]:
            if key not in _BUILDERS:
                _BUILDERS[key] = compiled(append_unknown)
            return _BUILDERS[key](*given, **values)

        return build

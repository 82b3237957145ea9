"""A scenario as text, from an object."""

from typing import Any

import yaml

HEAD = "# A scenario of Platform Sim: platform-sim run FILE (docs/scenarios.md)\n"
WIDTH = 120
BREAKS = frozenset("\r\x85\u2028\u2029")
"""Line ends that are not kept as they are."""


class _Dumper(yaml.SafeDumper):
    """Writes everything out: aliases are not taken when it is read."""

    def ignore_aliases(self, data: Any) -> bool:
        """See `yaml.Dumper`."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """With escapes where YAML would take a character for the end of a line."""
    style = '"' if BREAKS & set(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)


def written(document: dict[str, Any]) -> str:
    """YAML in the order of the object; read again it is the same."""
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return HEAD + str(text)

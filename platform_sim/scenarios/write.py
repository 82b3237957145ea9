"""A scenario as text, from an object."""

from typing import Any

import yaml

HEAD = "# A scenario of Platform Sim: platform-sim run FILE (docs/scenarios.md)\n"
WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Writes everything out: aliases are not taken when it is read."""

    def ignore_aliases(self, data: Any) -> bool:
        """See `yaml.Dumper`."""
        return True


def written(document: dict[str, Any]) -> str:
    """YAML in the order of the object; read again it is the same."""
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return HEAD + str(text)

"""A manifest in a file, as commands read it. What it says is checked by the platform, not here."""

from pathlib import Path
from typing import Any

import click

from platform_sim.core.model import json_text

A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
USUAL = "addon-manifest.json"
"""The name that the addons-admin plugin reads and writes (partner-api §1.3)."""


def read_json_file(path: Path) -> Any:
    """The JSON of a file; click.UsageError if there is none."""
    try:
        return json_text.read(path.read_text(encoding="utf-8"))
    except OSError as problem:
        hint = "; name the manifest's file with --manifest" if path == Path(USUAL) else ""
        raise click.UsageError(f"{path} cannot be read: {problem.strerror}{hint}") from None
    except ValueError as problem:
        raise click.UsageError(f"{path} is not JSON: {problem}") from None


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a file; click.UsageError says what is wrong with it."""
    found = read_json_file(path)
    if not isinstance(found, dict) or not isinstance(found.get("id"), str) or not found["id"]:
        raise click.UsageError(f'{path} is no add-on manifest: it must be an object with an "id"')
    return found

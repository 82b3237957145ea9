"""`platform-sim new addon`: a small partner that is right from its first day, to start from."""

import json
import secrets
import shlex
from pathlib import Path
from typing import Any

import click

from platform_sim.cli.failures import EnvironmentProblem
from platform_sim.cli.manifest_file import USUAL
from platform_sim.cli.private import write_private
from platform_sim.cli.show import echo_lines
from platform_sim.conformance.rules.manifest import FACT, RULES
from platform_sim.conformance.seen import Seen

STARTERS = Path(__file__).with_name("starters")
"""Package data: a folder a language, and `both`. Each file ends in .txt, for it is no code of ours."""
PLACES = {"gitignore": ".gitignore", "check.yml": ".github/workflows/check.yml"}
"""Where files go that are not called as here."""
START = {"python": "python service.py", "node": "node service.mjs"}
WORDS: dict[str, dict[str, str]] = {
    "python": {},
    "node": {
        START["python"]: START["node"],
        "pip install -r requirements.txt  # with Python 3.10 or newer": "node --version  # 20 or newer",
        "[pytest]": "",
        "\npytest\n": "\nnode --test\n",
        "test_service.py": "service.test.mjs",
        "has two tests to begin with: a customer's whole way, and a night in which answers get lost. "
        "Each has a Heroku of\nits own.": "has one to begin with, a customer's whole way, at a Heroku of its own.",
        "; `pytest.ini` and `conftest.py` say where the service is": "",
        ".py`": ".mjs`",
    },
}
"""What `both` says of Python, and what of the others."""
PORT = 4567
"""Where the service listens by itself: kensa's own choice (partner-api §1.4)."""
EXAMPLE = "addon-manifest.example.json"


@click.group("new")
def group() -> None:
    """Write an add-on partner to start from."""


@group.command
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--lang", type=click.Choice(list(START)), required=True, help="What it is written in.")
@click.option("--id", "slug", help="The add-on's slug.  [default: the name of DIR]")
def addon(folder: Path, lang: str, slug: str | None) -> None:
    """Write an add-on partner to start from into a new folder.

    It does everything the contract asks for and sells nothing yet. Its manifest has fresh secrets.
    """
    slug = slug or folder.resolve().name
    manifest = _manifest(slug, secrets.token_hex(32), secrets.token_hex(32))
    _refuse_bad(manifest)
    _refuse_full(folder)
    example = _manifest(slug, "PASSWORD-COMES-HERE", "SALT-COMES-HERE")
    try:
        for place, text in {**_files(lang, slug), EXAMPLE: _written(example)}.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{folder} cannot be written: {problem.strerror}; name another folder") from None
    write_private(folder / USUAL, _written(manifest))
    echo_lines(_told(folder, lang, slug))


def _told(folder: Path, lang: str, slug: str) -> list[str]:
    lines = [f"Wrote the add-on {slug} to {folder}. Its {USUAL} holds secrets: git leaves it out.", "Is it right?"]
    lines.append(f"  cd {shlex.quote(str(folder))}")
    if lang == "python":
        lines.append("  pip install -r requirements.txt")
    lines.append(f'  platform-sim check --start "{START[lang]}" --plan test --plan basic')
    return [*lines, "How to run and register it: README.md"]


def _prefix(slug: str) -> str:
    return slug.upper().replace("-", "_")


def _name(slug: str) -> str:
    return slug.replace("-", " ").title()


def _manifest(slug: str, password: str, salt: str) -> dict[str, Any]:
    def places(root: str) -> dict[str, str]:
        return {"base_url": f"{root}/heroku/resources", "sso_url": f"{root}/sso/login"}

    return {
        "id": slug,
        "name": _name(slug),
        "api": {
            "config_vars_prefix": _prefix(slug),
            "config_vars": [f"{_prefix(slug)}_URL"],
            "password": password,
            "sso_salt": salt,
            "regions": ["us", "eu"],
            "requires": ["many_per_app", "attachable"],
            "production": places(f"https://{slug}.example.com"),
            "test": places(f"http://localhost:{PORT}"),
            "version": "3",
        },
    }


def _written(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2) + "\n"


def _refuse_bad(manifest: dict[str, Any]) -> None:
    """A slug with which the manifest would have findings."""
    seen = Seen(facts={FACT: manifest})
    results = [rule.judged(seen, frozenset()) for rule in RULES]
    found = [problem.sentence for result in results if result.is_finding for problem in result.problems]
    if found:
        raise click.UsageError(
            f"{manifest['id']!r} is no good slug for an add-on: {found[0].rstrip('.')}. Name another with --id"
        )


def _refuse_full(folder: Path) -> None:
    try:
        full = folder.exists() and any(folder.iterdir())
    except OSError as problem:
        raise EnvironmentProblem(f"{folder} cannot be read: {problem.strerror}; name another folder") from None
    if full:
        raise click.UsageError(f"{folder} is not empty, and nothing there is overwritten: name a new folder")


def _files(lang: str, slug: str) -> dict[str, str]:
    """Place in the new folder -> text."""
    named = {"acme-box": slug, "ACME_BOX": _prefix(slug), "Acme Box": _name(slug)}
    found = {}
    for source in sorted([*(STARTERS / lang).iterdir(), *(STARTERS / "both").iterdir()]):
        name = source.name.removesuffix(".txt")
        found[PLACES.get(name, name)] = _replaced(source.read_text(encoding="utf-8"), WORDS[lang] | named)
    return found


def _replaced(text: str, words: dict[str, str]) -> str:
    for word, other in words.items():
        text = text.replace(word, other)
    return text

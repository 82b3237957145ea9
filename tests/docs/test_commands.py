"""docs/commands.md has every command, with an example and the options that are its own."""

import re

import click
import pytest

from platform_sim.cli.addons import group as addons
from platform_sim.cli.addons_manifest import manifest_group as manifests
from platform_sim.cli.cassette import COMMANDS as CASSETTES
from platform_sim.cli.clock import group as clock
from platform_sim.cli.fault import group as faults
from platform_sim.cli.heroku.group import COMMANDS as CUSTOMERS
from platform_sim.cli.incidents import group as incidents
from platform_sim.cli.main import COMMANDS, cli
from platform_sim.cli.new import group as beginnings
from platform_sim.cli.snapshot.group import COMMANDS as SNAPSHOTS
from platform_sim.cli.users import group as users

from .pages import ROOT

PAGE = (ROOT / "docs" / "commands.md").read_text()
SHARED = {"--url", "--token", "--ready-file", "--json", "--help"}
"""Told once, at the top of the page."""
OPERATORS = [
    f"platform-sim {name}"
    for name in COMMANDS
    if name not in ("addons", "fault", "incidents", "new", "snapshot", "users")
]
OPERATORS += [f"platform-sim clock {name}" for name in clock.commands]
OPERATORS += [f"platform-sim fault {name}" for name in faults.commands]
OPERATORS += [f"platform-sim addons {name}" for name in addons.commands if name != "manifest"]
OPERATORS += [f"platform-sim addons manifest {name}" for name in manifests.commands]
OPERATORS += [f"platform-sim cassette {name}" for name in CASSETTES]
OPERATORS += [f"platform-sim incidents {name}" for name in incidents.commands]
OPERATORS += [f"platform-sim new {name}" for name in beginnings.commands]
OPERATORS += [f"platform-sim snapshot {name}" for name in SNAPSHOTS]
OPERATORS += [f"platform-sim users {name}" for name in users.commands]


def sections() -> dict[str, str]:
    """The text under each heading that is a command."""
    parts = re.split(r"^### `([^`]+)`$", PAGE, flags=re.MULTILINE)
    return {title: text.split("\n## ")[0] for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def command(words: str) -> click.Command:
    """The command that a heading names."""
    found: click.Command = cli
    for word in words.split()[1:]:
        assert isinstance(found, click.Group)
        following = found.get_command(click.Context(found), word)
        assert following is not None
        found = following
    return found


def test_every_command_has_a_section_and_no_section_is_left_over() -> None:
    assert set(sections()) == {*OPERATORS, *(f"heroku {name}" for name in CUSTOMERS)}


@pytest.mark.parametrize("name", sections())
def test_a_section_has_an_example(name: str) -> None:
    if name == "platform-sim heroku":
        return  # its examples are the sections that follow
    typed = name if name.startswith("platform-sim ") else f"platform-sim {name}"
    fences = re.findall(r"^```(?:sh|text)\n(.*?)^```$", sections()[name], flags=re.DOTALL | re.MULTILINE)
    assert any(re.search(rf"{re.escape(typed)}(?![:\w])", fence) for fence in fences)


@pytest.mark.parametrize("name", OPERATORS)
def test_a_section_names_the_options_of_its_command(name: str) -> None:
    own = {
        option
        for parameter in command(name).params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }
    shared = SHARED - ({"--token", "--ready-file"} if name == "platform-sim up" else set())
    assert {option for option in own - shared if f"{option}" not in sections()[name]} == set()


def test_what_is_shared_is_told() -> None:
    top = PAGE.partition("\n## ")[0]
    assert {option for option in SHARED - {"--help"} if f"`{option}`" not in top} == set()
    for code in ("0 ", "1 ", "2 ", "3", "4 ", "130 "):
        assert code in top.partition("**Exit codes**")[2]

"""Pages that are written by a program are what it writes now. (docs/settings.md: tests/test_settings.py.)"""

import json
import re

from platform_sim.conformance import pages
from platform_sim.partners import manifest_check
from platform_sim.scenarios import page as scenario_page
from platform_sim.scenarios.schema import schema
from platform_sim.web.api.coverage import HEADINGS, as_markdown
from platform_sim.web.api.routes import table
from platform_sim.web.sim import faults_page

from ..heroku_cli import coverage
from .pages import ROOT

PAGE = ROOT / "docs" / "api-coverage.md"


def test_the_coverage_page_is_what_the_table_generates() -> None:
    assert PAGE.read_text() == as_markdown(), "run: make docs"


def test_every_link_is_on_the_page_once() -> None:
    rows = [
        tuple(cell.strip(" `") for cell in line.split("|")[1:3]) for line in as_markdown().splitlines() if "`/" in line
    ]
    assert sorted(rows) == sorted((row.method, row.path) for row in table())


def test_every_priority_has_a_heading() -> None:
    assert {row.priority for row in table()} <= set(HEADINGS)


def test_make_docs_writes_all() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\ndocs:")[2].partition("\n\n")[0]
    assert "platform_sim.settings > docs/settings.md" in recipe
    assert "platform_sim.web.api.coverage > docs/api-coverage.md" in recipe
    assert "platform_sim.web.sim.control_page > docs/control-api.md" in recipe
    assert "platform_sim.web.sim.faults_page > docs/fault-kinds.md" in recipe
    assert "platform_sim.partners.manifest_check > docs/manifest.md" in recipe
    assert "tests.heroku_cli.coverage > docs/heroku-cli.md" in recipe
    assert "platform_sim.scenarios.schema > docs/scenario.schema.json" in recipe
    assert "platform_sim.scenarios.page > docs/scenario-reference.md" in recipe


def test_the_page_of_the_cli_is_what_the_transcripts_say() -> None:
    assert (ROOT / "docs" / "heroku-cli.md").read_text() == coverage.as_markdown(), "run: make docs"


def test_every_command_of_the_cli_has_a_verdict() -> None:
    works = coverage.shown()
    unknown = [names[0] for names in coverage.commands() if coverage.verdict(names, works)[0] == "unknown"]
    assert unknown == [], "play it in a transcript, or say in tests/heroku_cli/coverage.py why not"


def test_the_rules_for_manifests_are_those_of_the_code() -> None:
    page = (ROOT / "docs" / "manifest.md").read_text()
    assert page == manifest_check.as_markdown(), "run: make docs"
    numbers = re.findall(r"^\| (M\d\d) \|", page, flags=re.MULTILINE)
    assert numbers == [f"M{number:02}" for number in range(1, len(numbers) + 1)], "a number is never given up"
    assert {rule.id for rule in manifest_check.RULES} < set(numbers)


def test_the_rules_of_the_checker_are_those_that_there_are() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == pages.as_markdown(), "run: make docs"


def test_the_kinds_of_faults_are_those_that_there_are() -> None:
    assert (ROOT / "docs" / "fault-kinds.md").read_text() == faults_page.as_markdown(), "run: make docs"


def test_the_schema_and_the_page_of_scenario_files_are_what_the_table_says() -> None:
    assert json.loads((ROOT / "docs" / "scenario.schema.json").read_text()) == schema(), "run: make docs"
    assert (ROOT / "docs" / "scenario-reference.md").read_text() == scenario_page.as_markdown(), "run: make docs"

"""The right partners pass every rule; each animal is found out by its rule, and by no other that does not follow.

Those of life cycles are in `test_lives.py`, for they take longer.
"""

import importlib
import inspect
import pkgutil

import pytest

from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.scenes.scene import Mode

from .. import zoo
from .animal import FEW, check, check_manifest, told
from .animals_manifest import FOLLOWERS, MANIFESTS
from .partner import MANIFEST, Answer, Request, Right, Slow


def _kinds(mark: str) -> list[type[Right]]:
    """Every class in this folder that says so itself: what it `breaks`, or that it is right and `shows` more."""
    found = []
    for module in pkgutil.iter_modules(zoo.__path__):
        if module.name.startswith("animals_"):
            loaded = importlib.import_module(f"{zoo.__name__}.{module.name}")
            classes = [each for _, each in inspect.getmembers(loaded, inspect.isclass)]
            found += [each for each in classes if each.__module__ == loaded.__name__ and mark in vars(each)]
    return found


ANIMALS = _kinds("breaks")
FOLLOWS = {"H01", "H03", "H05", "H06"}
"""Are about every answer, so that rules about one of them are broken with these."""
RIGHT = [Right, Slow, *_kinds("shows")]


def _scripts(kind: type[Right]) -> int:
    """Others differ from these in nothing that life cycles are about."""
    return FEW if kind in (Right, Slow) else 0


@pytest.mark.parametrize("kind", RIGHT, ids=lambda kind: kind.__name__)
def test_a_right_partner_has_no_findings(kind: type[Right]) -> None:
    report = check(kind, scripts=_scripts(kind))
    assert {result.rule.id for result in report.findings} == set(kind.excused), told(report.findings)
    assert report.leaks == ()


@pytest.mark.parametrize("kind", [Right, Slow])
def test_a_partner_can_be_checked_again(kind: type[Right]) -> None:
    """What it was asked for before is gone for ever, so the second run is about other uuids."""
    partner = kind()
    reports = [check(lambda: partner, mode=Mode.QUICK) for _ in range(2)]
    assert [report.findings for report in reports] == [(), ()], told(reports[1].findings)
    assert reports[0].seed != reports[1].seed


@pytest.mark.parametrize("kind", [kind for kind in ANIMALS if kind.breaks[0] != "Z"], ids=lambda kind: kind.__name__)
def test_an_animal_breaks_its_rule_and_no_other(kind: type[Right]) -> None:
    report = check(kind)
    found = {result.rule.id for result in report.findings}
    expected = {kind.breaks, *getattr(kind, "also", ()), *kind.excused}
    assert kind.breaks in found, told(report.findings)
    assert found - FOLLOWS == expected - FOLLOWS, told(report.findings)


def test_a_right_manifest_has_no_findings() -> None:
    assert check_manifest(MANIFEST) == set()


@pytest.mark.parametrize("number", MANIFESTS)
def test_a_broken_manifest_breaks_its_rule_and_no_other(number: str) -> None:
    assert check_manifest(MANIFESTS[number]) == {number} | FOLLOWERS.get(number, set())


def test_a_manifest_with_an_error_is_not_played_to_anybody() -> None:
    """What it says cannot be registered, so nobody is asked for anything."""

    class Broken(Right):
        manifest = MANIFESTS["M12"]

        def answer(self, request: Request) -> Answer:
            raise AssertionError(request.path)

    report = check(Broken)
    assert [result.rule.id for result in report.findings] == ["M12"]
    assert {result.rule.moment for result in report.results} == {"manifest"}


def test_every_rule_has_an_animal() -> None:
    known = {kind.breaks for kind in ANIMALS} | set(MANIFESTS)
    assert {rule.id for rule in RULES} == known


def test_every_rule_is_passed_by_a_right_partner() -> None:
    """A rule that never applies, or is never evaluated, could not fail."""
    passed = set[str]()
    for kind in RIGHT:
        passed |= {result.rule.id for result in check(kind, scripts=_scripts(kind)).results if result.kind is Kind.PASS}
    assert {rule.id for rule in RULES} == passed

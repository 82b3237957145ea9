"""The right partners pass every rule; each animal is found out by its rule, and by no other that does not follow."""

import importlib
import inspect
import pkgutil

import pytest

from platform_sim.conformance.catalogue import RULES
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.rules import manifest

from .. import zoo
from .animal import check, told
from .partner import Right, Slow


def _animals() -> list[type[Right]]:
    """Every class in this folder that says what it breaks."""
    found = []
    for module in pkgutil.iter_modules(zoo.__path__):
        if module.name.startswith("animals_"):
            loaded = importlib.import_module(f"{zoo.__name__}.{module.name}")
            classes = [each for _, each in inspect.getmembers(loaded, inspect.isclass)]
            found += [each for each in classes if each.__module__ == loaded.__name__ and hasattr(each, "breaks")]
    return found


ANIMALS = _animals()


@pytest.mark.parametrize("kind", [Right, Slow])
def test_a_right_partner_has_no_findings(kind: type[Right]) -> None:
    report = check(kind)
    assert report.findings == (), told(report.findings)
    assert report.leaks == ()


@pytest.mark.parametrize("kind", ANIMALS, ids=lambda kind: kind.__name__)
def test_an_animal_breaks_its_rule_and_no_other(kind: type[Right]) -> None:
    report = check(kind)
    found = {result.rule.id for result in report.findings}
    expected = {kind.breaks, *getattr(kind, "also", ())}
    assert found == expected, told(report.findings)


def test_every_rule_has_an_animal() -> None:
    known = {kind.breaks for kind in ANIMALS} | {rule.id for rule in manifest.RULES}
    assert {rule.id for rule in RULES} == known


def test_every_rule_is_passed_by_a_right_partner() -> None:
    """A rule that never applies, or is never evaluated, could not fail."""
    passed = set[str]()
    for kind in (Right, Slow, *(each for each in ANIMALS if getattr(each, "shows", False))):
        passed |= {result.rule.id for result in check(kind).results if result.kind is Kind.PASS}
    assert {rule.id for rule in RULES} == passed

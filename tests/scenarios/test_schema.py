"""The published schema says the same as the check: all examples pass, what the check refuses by form it refuses."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from platform_sim.scenarios import source
from platform_sim.scenarios.document import load
from platform_sim.scenarios.schema import schema
from platform_sim.scenarios.table import VERBS

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    [*ROOT.glob("docs/examples/**/*.scenario.yaml"), *ROOT.glob("platform_sim/scenarios/stories/*.scenario.yaml")]
)
VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda each: each.name)
def test_an_example_is_valid_and_can_be_played(file: Path) -> None:
    content = source.read(str(file), file.read_text()).value
    assert [each.message for each in VALIDATOR.iter_errors(content)] == []
    assert load(file).steps


def test_the_schema_is_one_and_knows_each_verb() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert set(VERBS) < set(schema()["$defs"]["step"]["properties"])


@pytest.mark.parametrize(
    "text",
    [
        "sed: 1",
        "seed: one",
        "seed: -1",
        "services: {acme: {partner: scriptd}}",
        "services: {acme: {partner: {}}}",
        "services: {'A B': {partner: scripted}}",
        "apps: {Shop: {}}",
        "apps: {shop: {config: {A: 80}}}",
        "steps: {}",
        "steps: [{say: hi}]",
        "steps: [{create app: b, destroy app: b}]",
        "steps: [{creat app: b}]",
        "steps: [{create app: B_}]",
        "steps: [{change plan: {addon: a1}}]",
        "steps: [{ask: FETCH /apps}]",
        "steps: [{ask: GET /, expect: {json: {a: {contians: 1}}}}]",
        "steps: [{ask: GET /, expect: {json: {a: {length: x}}}}]",
        "steps: [{ask: GET /, expect: {status: 99}}]",
        "steps: [{fail: nothing}]",
    ],
)
def test_what_the_check_refuses_by_form_the_schema_refuses(text: str) -> None:
    assert not VALIDATOR.is_valid(yaml.safe_load(text))

"""A file that is wrong is told so with line and column, all mistakes at once; nothing else is loaded from it."""

from pathlib import Path

import pytest

from platform_sim.scenarios.document import load, parse
from platform_sim.scenarios.problems import BadScenario
from platform_sim.scenarios.source import DEEPEST, LONGEST

HEAD = 'services:\n  acme: {plans: [free], partner: scripted}\napps:\n  shop: {addons: {a1: "acme:free"}}\n'


def wrong(text: str) -> list[str]:
    """The lines that are told, without the name of the file."""
    with pytest.raises(BadScenario) as caught:
        parse(text, "f.yaml")
    return [line.removeprefix("f.yaml:") for line in str(caught.value).splitlines()]


SOLD = "services: {{acme: {{partner: scripted, plans: {}}}}}\nsteps: [{{create addon: {{app: b, plan: 'acme:x'}}}}]"
"""Plans of a form to come, and a step that asks for one."""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1]", "1:1: must be an object with "),
        ("a: [", "1:5: is not YAML"),
        ("seed: 1\nabout: a\x00b", r"2:9: has the character '\x00', which YAML does not take"),
        ("seed: 1\nseed: 2", "2:1: the name 'seed' stands here twice"),
        ("seed: &a 1\nabout: *a", "2:8: an alias (*name) is not taken here"),
        (
            "about: !!python/object/apply:os.system [ls]",
            "1:8: has the tag tag:yaml.org,2002:python/object/apply:os.sys",
        ),
        ("seed: !!int x", "1:7: has the tag"),
        ("? [a]\n: 1", "1:3: a name must be a text"),
        ("sed: 1", "1:1: 'sed' is no section; did you mean 'seed'? There are: about, "),
        ("seed: one", "1:7: must be a whole number from 0 to 2147483648, not a string"),
        ("seed: -1", "1:7: must be a whole number from 0 to 2147483648, not -1"),
        ("scenario: true", "1:11: must be a text, not a boolean; put it in quotes"),
        ("frozen_at: noon", "1:12: 'noon' is no time"),
        ("users: {ann: {}}", "1:9: 'ann' cannot be the e-mail address"),
        ("services: {acme: {plans: [free]}}", "1:12: 'manifest' is missing"),
        ("services: {acme: {partner: scriptd}}", "1:28: must be one of scripted, not 'scriptd'"),
        ("services: {acme: {partner: {url: localhost}}}", "1:34: must be scheme, host and port alone"),
        ("services: {acme: {partner: {}}}", "1:28: must have exactly one of url, command, same as, scripted"),
        ("services: {acme: {manifest: {id: b, api: {}}}}", "1:34: must be acme, the name of the service here"),
        ("services: {acme: {manifest: {id: acme, api: {}}}}", "1:45: cannot be registered: `api.password`"),
        ("services: {acme: {partner: scripted, plans: [pro=x]}}", "1:46: must be the name of a plan, or NAME=CENTS"),
        ("frozen_at: 9999-12-31T23:59:59Z", "1:12: '9999-12-31T23:59:59Z' is no time for a clock"),
        ("values: 5", "1:9: must be an object"),
        ("values: [{}]", "1:9: must be an object"),
        (SOLD.format("null"), "1:45: must be a list"),
        (SOLD.format("[null]"), "1:46: must be the name of a plan"),
        ("apps: {Shop: {}}", "1:8: 'Shop' cannot be the name of an app"),
        ("apps: {shop: {config: {A: 80}}}", "1:27: must be a text or nothing, not a number; put it in quotes"),
        ('apps: {shop: {addons: {a1: "acme:free"}}}', "1:28: 'acme' is no service; there are: none"),
        (HEAD + "steps: {}", "5:8: must be a list of steps, not an object"),
        (HEAD + "steps: [wait]", "5:9: a step is an object with a verb"),
        (HEAD + "steps: [{say: hi}]", "5:9: a step has exactly one verb; this one has none"),
        (HEAD + "steps:\n- create app: b\n  destroy app: b", "6:3: a step has exactly one verb; this one has create"),
        (HEAD + "steps:\n- creat app: b", "6:3: 'creat app' is no verb; did you mean 'create app'?"),
        (HEAD + "steps:\n- create app: b\n  expekt: {}", "7:3: 'expekt' is no verb; did you mean 'expect'?"),
        (HEAD + "steps:\n- create app: B_", "6:15: must be a name for an app"),
        (
            HEAD + "steps:\n- create addon: {app: shop, plan: a:b, name: q}",
            "6:46: must be a name for an add-on: a letter, then letters, digits, - and _, at least two",
        ),
        (HEAD + "steps:\n- destroy app: shp", "6:16: 'shp' is no app; did you mean 'shop'?"),
        (HEAD + "steps:\n- destroy addon: a2", "6:18: 'a2' is no add-on; there are: a1"),
        (
            HEAD + 'steps:\n- change plan: {addon: a1, plan: "acme:fre"}',
            "6:34: 'fre' is no plan of acme; did you mean 'f",
        ),
        (HEAD + "steps:\n- change plan: {addon: a1}", "6:16: 'plan' is missing"),
        (HEAD + "steps:\n- advance clock: 9 hours", "6:18: '9 hours' is no length of time"),
        (HEAD + "steps:\n- destroy app: shop\n  as: 5", "7:7: must be the name of a user, not a number"),
        (
            HEAD + "steps:\n- create addon: {app: shop, plan: acme, name: q}",
            "6:47: must be a name for an add-on: a letter, then letters, digits, - and _, at least two",
        ),
        (HEAD + "steps:\n- ask: FETCH /apps", "6:8: must be a method and a path"),
        (HEAD + "steps:\n- fail: partner-sulks", "6:9: must be one of "),
        (
            HEAD + "steps:\n- destroy app: shop\n  expect: {json: {a: {contians: 1}}}",
            "7:23: 'contians' is no matcher; did",
        ),
        (
            HEAD + "steps:\n- destroy app: shop\n  expect: {json: {a: {length: x}}}",
            "7:31: 'length' takes a whole number",
        ),
        (HEAD + "steps:\n- destroy app: shop\n  expect: {text: {matches: '('}}", "7:28: '(' is no regular expression"),
        (HEAD + "steps:\n- destroy app: shop\n  expect: {config: {shp: {}}}", "7:21: 'shp' is no app"),
        (
            HEAD + "steps:\n- destroy app: shop\n  expect: {config: {shop: {A: chnged}}}",
            "7:31: did you mean 'changed'?",
        ),
        (HEAD + "steps:\n- destroy app: shop\n  save: {a: 'x]'}", "7:13: 'x]' is no path into an answer"),
        (HEAD + "steps:\n- destroy app: ${ap}", "6:16: ${ap} is not known here: 'ap' is no saved value; did you mean"),
        (HEAD + "steps:\n- ask: GET /${id}\n  save: {id: id}", "6:8: ${id} is not known here"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    assert any(line.startswith(told) for line in wrong(text)), wrong(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    lines = wrong("sed: 1\nseed: x\nsteps:\n- destroy app: shop\n- advance clock: no\n- creat app: x\n")
    assert [line.partition(":")[0] for line in lines] == ["1", "2", "4", "5", "6"]


def test_words_that_yaml_takes_for_something_else_stay_texts() -> None:
    found = parse('apps: {shop: {config: {A: on, B: 12:30, C: 010, D: 2026-03-01, E: "1", F: no, G: 0x10, H: 1e3}}}')
    config = found.content["apps"]["shop"]["config"]
    assert config == {
        "A": "on", "B": "12:30", "C": "010", "D": "2026-03-01", "E": "1", "F": "no", "G": "0x10", "H": "1e3"
    }  # fmt: skip


def test_a_file_that_is_too_long_or_too_deep_or_no_text(tmp_path: Path) -> None:
    assert "more than" in wrong("#" * (LONGEST + 1))[0]
    deep = "about: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)
    assert wrong(deep) == [f"1:{8 + DEEPEST}: lies deeper than {DEEPEST} levels"]
    assert "lies deeper" in wrong("a: " + "[" * 20_000)[0]
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadScenario, match="is not text in UTF-8"):
        load(file)


def test_what_is_there_already_can_be_named() -> None:
    text = "uses: {services: [acme], apps: [shop], addons: [a1], users: [ann@example.com]}\nsteps:\n"
    text += '- create addon: {app: shop, plan: "acme:any"}\n  as: ann@example.com\n- destroy addon: a1\n'
    assert [step.verb_name for step in parse(text).steps] == ["create addon", "destroy addon"]


def test_a_saved_value_is_known_from_its_step_on() -> None:
    text = "steps:\n- ask: GET /account\n  save: {me: email}\n  expect: {json: {email: '${me}'}}\n- ask: GET /x/${me}\n"
    assert len(parse(HEAD + text).steps) == 2


def test_of_many_names_the_nearest_is_told() -> None:
    [told] = wrong("steps: [{fail: {kind: partner-dwn}}]")
    assert told.startswith("1:23: must be one of partner-delay, ")
    assert told.endswith(" more, not 'partner-dwn'; did you mean 'partner-down'?")


def test_verbs_alone_are_listed_as_verbs() -> None:
    [told] = wrong("steps: [{ax: 1}]")
    assert "advance clock" in told
    assert {"as", "chapter", "expect"}.isdisjoint(told.partition("there are: ")[2].split(", "))

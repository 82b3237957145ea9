"""The file of `up --services`: all that it can say, and each mistake with its line."""

import json
from pathlib import Path

import pytest

from platform_sim.core.model.catalog import PlanSpec, ServiceSpec
from platform_sim.services_file import BadServicesFile, read_services

from .support import new_manifest

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "services.yaml"


def write(folder: Path, text: str, name: str = "services.yaml") -> Path:
    """The file, with a good manifest beside it."""
    (folder / "acme.json").write_text(json.dumps(new_manifest("acme")))
    (folder / name).write_text(text)
    return folder / name


def mistakes(folder: Path, text: str, name: str = "services.yaml") -> list[str]:
    """What is told of a file, without its folder."""
    with pytest.raises(BadServicesFile) as raised:
        read_services(write(folder, text, name))
    return [line.removeprefix(f"{folder}/") for line in str(raised.value).splitlines()]


def test_the_example_says_everything() -> None:
    acme, mailer = read_services(EXAMPLE)
    assert (acme.manifest["id"], mailer.manifest["api"]["config_vars"]) == ("acme", ["MAILER_URL"])
    action = {"label": "Rotate credentials", "action": "rotate", "requires_owner": True}
    assert acme.spec == ServiceSpec(
        "beta",
        "http://localhost:5300",
        None,
        "acme-client-secret",
        (
            PlanSpec("test"),
            PlanSpec("pro", 900, "Pro", actions=(action,)),
            PlanSpec("vip", state="invite-only", passes=("ann@example.com",)),
        ),
    )
    assert mailer.spec == ServiceSpec(local="http://localhost:5400", abilities=("fresh_grants",))


def test_json_is_as_good(tmp_path: Path) -> None:
    manifest = new_manifest("acme")
    text = json.dumps({"services": [{"manifest": manifest, "state": "ga"}]}, indent="\t")
    [seed] = read_services(write(tmp_path, text, "services.json"))
    assert (seed.manifest, seed.spec) == (manifest, ServiceSpec(state="ga"))


def test_a_secret_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    text = "services: [{manifest: acme.json, client_secret_file: secret}]"
    [seed] = read_services(write(tmp_path, text))
    assert seed.spec.client_secret == "s3cret"
    assert mistakes(tmp_path, text.replace("secret}", "secret, client_secret: x}")) == [
        "services.yaml:1: services[0].client_secret_file must not stand beside client_secret: one of them is enough."
    ]


def test_no_services_are_none(tmp_path: Path) -> None:
    assert read_services(write(tmp_path, "services: []")) == []


WRONG: list[tuple[str, str]] = [
    ("", "services.yaml: must hold an object with the list `services`, not null"),
    ("- manifest: acme.json", "services.yaml: must hold an object with the list `services`, not a list"),
    ("service: []", "services.yaml:1: service is not a field here; there are services."),
    ("services: acme.json", "services.yaml:1: services must be a list, not a string."),
    ("services:\n  - state: ga", "services.yaml:2: services[0].manifest is missing."),
    (
        "services:\n  - manifest: acme.json\n    stat: ga",
        "services.yaml:3: services[0].stat is not a field here; there are",
    ),
    (
        "services:\n  - manifest: no.json",
        "services.yaml:2: services[0].manifest names no.json, which cannot be read: No such",
    ),
    (
        "services:\n  - manifest: services.yaml",
        "services.yaml:2: services[0].manifest names services.yaml, which is not JSON",
    ),
    ("services:\n  - manifest: 5", "services.yaml:2: services[0].manifest must be the name of a file, not a number."),
    (
        "services:\n  - manifest: acme.json\n    plans:\n    - name: a\n      cents: 9.5",
        "services.yaml:5: services[0].plans[0].cents",
    ),
    (
        "services:\n  - manifest: acme.json\n    plans:\n    - name: no",
        "services.yaml:4: services[0].plans[0].name must be a slug",
    ),
    (
        "services:\n  - manifest: acme.json\n  - manifest: acme.json",
        "services.yaml:3: services[1].manifest is of acme, as an",
    ),
    (
        "services:\n  - manifest: acme.json\n    client_secret_file: x",
        "services.yaml:3: services[0].client_secret_file names x, which",
    ),
    ("a: b: c", "services.yaml:1: is neither JSON nor YAML: mapping values are not allowed here"),
    ("services: []\nservices: []", "services.yaml:2: is neither JSON nor YAML: a name stands here twice, or is none"),
    ("services: [*x]", "services.yaml:1: is neither JSON nor YAML: found undefined alias"),
    (
        "services: !!python/object:os.system []",
        "services.yaml:1: is neither JSON nor YAML: could not determine a constructor",
    ),
    ("? [a]\n: b", "services.yaml:1: is neither JSON nor YAML: a name stands here twice, or is none"),
    ("x: &a [*a]", "services.yaml: is neither JSON nor YAML: "),
    ("\x00", "services.yaml: is neither JSON nor YAML: "),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    [line] = [each for each in mistakes(tmp_path, text) if each.startswith("services.yaml:")][:1]
    assert line.startswith(told), line


def test_a_manifest_in_the_file_is_checked_by_every_rule_with_its_line(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace('version: "3"', "version: 3").replace("[MAILER_URL]", "[OTHER_URL]")
    (tmp_path / "addon-manifest.json").write_text((EXAMPLE.parent / "addon-manifest.json").read_text())
    lines = text.splitlines()
    vars_at, version_at = (next(i for i, x in enumerate(lines, 1) if word in x) for word in ("config_vars", "version"))
    first, second = mistakes(tmp_path, text)
    assert first == (
        f"services.yaml:{vars_at}: services[1].manifest.api.config_vars[0] cannot be registered: "
        "'OTHER_URL' must start with MAILER_ and go on after it (M10)."
    )
    assert second.startswith(f"services.yaml:{version_at}: services[1].manifest.api.version cannot be registered: ")
    assert second.endswith("as a string (M20).")


def test_a_manifest_of_a_file_is_checked_too(tmp_path: Path) -> None:
    file = write(tmp_path, "services:\n- manifest: bad.json")
    (tmp_path / "bad.json").write_text('{"id": "acme"}')
    with pytest.raises(BadServicesFile) as raised:
        read_services(file)
    assert "services.yaml:2: services[0].manifest (bad.json) cannot be registered: `api` must be an object" in str(
        raised.value
    )


def test_a_manifest_that_is_nested_too_deeply(tmp_path: Path) -> None:
    file = write(tmp_path, "services:\n- manifest: deep.json")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(BadServicesFile, match="deep.json, which is not JSON"):
        read_services(file)


def test_what_json_does_not_know_is_no_manifest(tmp_path: Path) -> None:
    text = EXAMPLE.read_text().replace("name: Mailer", "name: Mailer\n      since: .nan\n      day: 2026-01-01")
    (tmp_path / "addon-manifest.json").write_text((EXAMPLE.parent / "addon-manifest.json").read_text())
    [line] = mistakes(tmp_path, text)
    assert "holds a value that JSON does not know" in line
    [_, seed] = read_services(write(tmp_path, text.replace("since: .nan", "since: 1")))
    assert seed.manifest["day"] == "2026-01-01", "a date stays the text that it is"


def test_json_with_a_name_twice_is_told_where(tmp_path: Path) -> None:
    text = '{"services": [],\n "services": []}'
    assert mistakes(tmp_path, text, "s.json") == [
        "s.json:2: is neither JSON nor YAML: a name stands here twice, or is none"
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = "services:\n- manifest: no.json\n  state: x\n- manifest: acme.json\n  plans: [{cents: -1}]"
    assert [line.split(" ")[1] for line in mistakes(tmp_path, text)] == [
        "services[0].manifest",
        "services[0].state",
        "services[1].plans[0].cents",
        "services[1].plans[0].name",
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadServicesFile, match=r"nothing.yaml: cannot be read: No such file"):
        read_services(tmp_path / "nothing.yaml")
    (tmp_path / "latin").write_bytes(b"services: \xe9")
    with pytest.raises(BadServicesFile, match="is not text in UTF-8"):
        read_services(tmp_path / "latin")


def test_no_secret_is_told(tmp_path: Path) -> None:
    text = (
        "services:\n- manifest: acme.json\n  client_secret: [hunter2]\n- manifest: {id: a, api: {password: [hunter3]}}"
    )
    assert not any(secret in line for line in mistakes(tmp_path, text) for secret in ("hunter2", "hunter3"))

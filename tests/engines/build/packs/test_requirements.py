"""packs/python/requirements: what an app asks for, and when that has changed."""

from pathlib import Path

import pytest

from platform_sim.engines.build.packs.python.requirements import CannotInstall, Plan, key, read

LOCK = """
version = 1
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
[[package]]
name = "alpha"
version = "1.5"
source = { registry = "https://host/simple" }
[[package]]
name = "split"
version = "1"
source = { registry = "https://host/simple" }
[[package]]
name = "split"
version = "2"
source = { registry = "https://host/simple" }
[[package]]
name = "fromgit"
version = "3"
source = { git = "https://host/x" }
"""


def _app(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_requirements_come_before_pyproject(tmp_path: Path) -> None:
    app = _app(tmp_path, requirements_txt="flask>=3\n", pyproject_toml="[project]\ndependencies=['x']")
    assert read(app) == Plan("requirements.txt", (app / "requirements.txt",))


@pytest.mark.parametrize("content", ["", "\n  # only a comment\n"])
def test_nothing_to_install(tmp_path: Path, content: str) -> None:
    assert read(_app(tmp_path, requirements_txt=content)).nothing


def test_pyproject_alone(tmp_path: Path) -> None:
    plan = read(_app(tmp_path, pyproject_toml='[project]\nname="app"\ndependencies=["alpha<2"]'))
    assert (plan.title, plan.requirements, plan.project, plan.locked) == ("pyproject.toml", ("alpha<2",), False, False)


def test_a_package_is_installed_itself(tmp_path: Path) -> None:
    plan = read(_app(tmp_path, pyproject_toml='[project]\nname="app"\n[build-system]\nrequires=["x"]'))
    assert plan.project
    assert not plan.nothing
    assert read(_app(tmp_path / "old", setup_py="")).project


def test_pyproject_for_tools_only_asks_for_nothing(tmp_path: Path) -> None:
    assert read(_app(tmp_path, pyproject_toml="[tool.ruff]\nline-length=100")).nothing


def test_uv_lock_holds_versions(tmp_path: Path) -> None:
    plan = read(_app(tmp_path, pyproject_toml='[project]\ndependencies=["alpha"]', uv_lock=LOCK))
    assert (plan.title, plan.locked) == ("uv.lock", True)
    assert plan.constraints == ("alpha==1.5",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"Pipfile": ""}, "A Pipfile alone is not supported"),
        ({"pyproject_toml": "[tool.poetry.dependencies]\nx='1'"}, "Poetry"),
        ({"pyproject_toml": "[project"}, "pyproject.toml cannot be read"),
        ({"pyproject_toml": "[project]\ndependencies='x'"}, "must be a list of strings"),
        ({"pyproject_toml": "[project]\ndependencies=[1]"}, "must be a list of strings"),
        ({"pyproject_toml": "[project]", "uv_lock": "=\n"}, "uv.lock cannot be read"),
    ],
)
def test_what_is_not_done_is_said(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(CannotInstall, match=said):
        read(_app(tmp_path, **files))


@pytest.mark.parametrize("change", [{"requirements_txt": "b"}, {"more__base_txt": "b"}])
def test_the_key_follows_every_requirements_file(tmp_path: Path, change: dict[str, str]) -> None:
    app = _app(tmp_path, requirements_txt="a\n-r more/base.txt", more__base_txt="-r ../requirements.txt", other_py="")
    first = key(read(app), app)
    _app(app, other_py="changed")
    assert key(read(app), app) == first
    _app(app, **change)
    assert key(read(app), app) != first


@pytest.mark.parametrize("line", [".", "-e .", "-e lib", "./lib", "--find-links=lib", "x @ file:lib", ".[extra]"])
def test_the_key_follows_the_whole_app_if_something_comes_out_of_it(tmp_path: Path, line: str) -> None:
    app = _app(tmp_path, requirements_txt=f"a\n{line}", lib__setup_py="one")
    first = key(read(app), app)
    assert key(read(app), app) == first
    _app(app, lib__setup_py="two")
    assert key(read(app), app) != first

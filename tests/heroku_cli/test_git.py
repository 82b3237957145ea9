"""git as the CLI sets it up: remotes, its credential helper, clones (heroku-cli §6)."""

from pathlib import Path

import pytest

from .cli import Cli, Said
from .stage import Stage, source

pytestmark = pytest.mark.processes


@pytest.fixture
def repository(stage: Stage, cli: Cli) -> Cli:
    """The CLI in a repository of an app, with no help from `platform-sim env` but the authority's file."""
    for name, text in source(["web"]).items():
        (cli.folder / name).write_text(text)
    for name in [each for each in cli.environment if each.startswith("GIT_CONFIG_") and each[-1].isdigit()]:
        del cli.environment[name]
    del cli.environment["GIT_CONFIG_COUNT"]
    cli.environment["GIT_SSL_CAINFO"] = str(stage.platform.ca_file)
    typed(cli, "git init -q && git add . && git commit -qm First")
    return cli


def typed(cli: Cli, line: str, code: int = 0) -> Said:
    said = cli.shell(line)
    assert said.code == code, (line, said)
    return said


def remotes(cli: Cli, *where: str) -> dict[str, str]:
    """Name -> where it pushes to."""
    lines = typed(cli, " ".join(["git", *where, "remote", "-v"])).stdout.splitlines()
    return {name: url for name, url, kind in (line.split() for line in lines) if kind == "(push)"}


def test_remotes_come_and_go_with_apps(stage: Stage, repository: Cli) -> None:
    base = f"https://localhost:{stage.customer.port}"
    typed(repository, "heroku create shop && heroku create other --remote staging")
    assert remotes(repository) == {"heroku": f"{base}/shop.git", "staging": f"{base}/other.git"}
    refused = typed(repository, "heroku config", code=2)
    assert "Multiple apps in git remotes" in refused.stderr
    assert "=== other" in typed(repository, "heroku info --remote staging").stdout
    typed(repository, "heroku git:remote -a other")
    assert remotes(repository)["heroku"] == f"{base}/other.git"
    assert "Couldn't find that app." in typed(repository, "heroku git:remote -a nothing", code=2).stderr
    typed(repository, "heroku rename third -a other")
    assert set(remotes(repository).values()) == {f"{base}/third.git"}
    typed(repository, "heroku destroy -a third --confirm third")
    assert remotes(repository) == {}


def test_the_cli_s_own_helper_gives_git_the_token(stage: Stage, repository: Cli) -> None:
    typed(repository, "heroku create shop")
    helper = typed(repository, "git config --global --get-regexp '^credential'").stdout
    assert helper == f"credential.https://localhost:{stage.customer.port}.helper !heroku git:credentials\n"
    pushed = typed(repository, "git push heroku main").stderr
    assert "Verifying deploy... done." in pushed
    assert typed(repository, "git push heroku main").stderr == "Everything up-to-date\n"
    typed(repository, "git checkout -q -b feature && git commit -q --allow-empty -m Second")
    kept = typed(repository, "git push heroku feature").stderr
    assert "remote: Pushed to branch other than [main, master], skipping build." in kept
    assert "Released v4" in typed(repository, "git push heroku feature:main").stderr
    assert stage.customer.versions("shop") == [1, 2, 3, 4]
    wrong = repository.shell("git push heroku main:again", HEROKU_API_KEY="wrong")
    assert wrong.code != 0
    assert "remote: Invalid credentials provided." in wrong.stderr
    assert "Authentication failed" in wrong.stderr


def test_a_push_that_cannot_be_built_is_rejected(stage: Stage, repository: Cli) -> None:
    typed(repository, "heroku create shop && git rm -q Procfile && git commit -qm 'No Procfile'")
    said = typed(repository, "git push heroku main", code=1).stderr
    lines = [line.rstrip() for line in said.splitlines()]
    at = lines.index("remote:  !     Push failed")
    assert lines[at + 1 : at + 5] == [
        "remote:",
        "remote: Verifying deploy...",
        "remote:",
        "remote: !\tPush rejected to shop.",
    ]
    assert " ! [remote rejected] main -> main (pre-receive hook declined)" in lines
    assert said.count("Push failed") == 1
    assert stage.customer.versions("shop") == [1, 2]


def test_a_clone_knows_its_app(stage: Stage, repository: Cli) -> None:
    typed(repository, "heroku create shop && git push -q heroku main:master")
    typed(repository, "cd .. && heroku git:clone -a shop && heroku git:clone -a shop elsewhere")
    home = Path(repository.environment["HOME"])
    for folder in ("shop", "elsewhere"):
        assert (home / folder / "Procfile").exists(), "what was deployed is checked out, be it main or master"
        assert "=== shop" in typed(repository, f"cd ../{folder} && heroku info").stdout
    assert remotes(repository, "-C", "../shop") == {"heroku": f"https://localhost:{stage.customer.port}/shop.git"}


def test_the_helper_answers_for_the_platform_alone(stage: Stage, repository: Cli) -> None:
    asked = "printf 'protocol=%s\\nhost=%s\\n\\n' {} | heroku git:credentials get"
    host = f"localhost:{stage.customer.port}"
    told = typed(repository, asked.format(f"https {host}")).stdout.splitlines()
    assert told == ["protocol=https", f"host={host}", "username=heroku", f"password={stage.platform.token}"]
    for elsewhere in ("https example.com", f"http {host}"):
        assert "password" not in repository.shell(asked.format(elsewhere)).stdout

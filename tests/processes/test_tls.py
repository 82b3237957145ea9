"""TLS, Heroku's own names and git over https, as strangers use them: with the authority's file and nothing else."""

import os
import subprocess
from pathlib import Path

import pytest
import requests

from platform_sim.assemble import Platform

from .customer import Customer

pytestmark = pytest.mark.processes


@pytest.fixture
def ready(platform: Platform) -> dict[str, str]:
    """What a ready file says."""
    return {"url": platform.url, "token": platform.token, "ca_file": str(platform.ca_file)}


@pytest.fixture
def intercepted(ready: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `env --intercept` sets, in this process."""
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, ready["url"])
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ready["ca_file"])


def test_a_client_with_herokus_address_built_in(intercepted: None, ready: dict[str, str], customer: Customer) -> None:
    customer.api("POST", "/apps", {"name": "built-in"})
    headers = {"Accept": "application/vnd.heroku+json; version=3", "Authorization": f"Bearer {ready['token']}"}
    apps = requests.get("https://api.heroku.com/apps", headers=headers, timeout=20)
    assert [app["name"] for app in apps.json()] == ["built-in"]
    answer = requests.post("https://id.heroku.com/oauth/token", data={"code": "none"}, timeout=20)
    assert (answer.status_code, answer.json()["id"]) == (401, "unauthorized")


def test_git_pushes_over_https(ready: dict[str, str], customer: Customer, tmp_path: Path) -> None:
    customer.api("POST", "/apps", {"name": "secured"})
    secure = ready["url"].replace("http:", "https:")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "Procfile").write_text("web: sleep 600\n")
    script = f"""
        git init -q -b main . && git add . && git -c user.name=Me -c user.email=me@example.com commit -qm one
        git push {secure.replace("://", f"://x:{ready['token']}@")}/secured.git main
    """
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=tmp_path / "app",
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_SSL_CAINFO": ready["ca_file"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Verifying deploy... done." in done.stderr


def test_who_does_not_trust_the_authority_is_told_by_tls(ready: dict[str, str]) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(ready["url"].replace("http:", "https:") + "/apps", timeout=20)

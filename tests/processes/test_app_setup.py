"""An app out of a tarball: its add-on is asked of the partner, its files are built, its command runs, and it serves."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .customer import Customer, fetch, tarball
from .partner import TinyPartner
from .sources import app
from .up import Up
from .waiting import wait_until

pytestmark = pytest.mark.processes

POSTDEPLOY = """
import os, sys
print("prepared", os.environ["GREETING"], "with", os.environ["STORE_URL"])
print(len(os.environ["SECRET_KEY"]), "digits", file=sys.stderr)
"""
MANIFEST: dict[str, Any] = {
    "name": "Small Sharp Tool",
    "env": {"GREETING": {"value": "hello"}, "SECRET_KEY": {"generator": "secret"}, "ASKED": {"required": True}},
    "addons": [{"plan": "exceptions:test", "as": "STORE", "options": {"colour": "blue"}}],
    "buildpacks": [{"url": "heroku/procfile"}],
    "formation": {"web": {"quantity": 2}, "worker": {"quantity": 0, "size": "standard-2x"}},
    "scripts": {"postdeploy": f"{sys.executable} postdeploy.py"},
    "success_url": "/GREETING",
}


def source(customer: Customer, manifest: dict[str, Any], **files: str) -> str:
    """Upload an app with an app.json; -> where it can be got."""
    blob = customer.api("POST", "/sources")["source_blob"]
    made = {"app.json": json.dumps(manifest), "postdeploy.py": POSTDEPLOY, **app(worker="cat"), **files}
    assert fetch("PUT", blob["put_url"], data=tarball(made)).ok
    return str(blob["get_url"])


def begun(customer: Customer, url: str, **more: Any) -> dict[str, Any]:
    """Ask for an app setup; -> it as it was begun."""
    made: dict[str, Any] = customer.api(
        "POST", "/app-setups", {"source_blob": {"url": url}, "app": {"name": "sharp"}, **more}
    )
    assert made["status"] == "pending"
    return made


def ended(customer: Customer, setup: dict[str, Any]) -> dict[str, Any]:
    """Wait until it is not pending any more; -> it."""

    def ask() -> dict[str, Any] | None:
        now: dict[str, Any] = customer.api("GET", f"/app-setups/{setup['id']}")
        return None if now["status"] == "pending" else now

    return wait_until("the setup has ended", ask)


def test_a_tarball_becomes_an_app_with_its_addon_that_answers(customer: Customer, partner: TinyPartner) -> None:
    customer.register(partner)
    setup = begun(customer, source(customer, MANIFEST), overrides={"env": {"ASKED": "yes", "GREETING": "good day"}})
    assert (setup["app"]["name"], setup["build"], setup["manifest_errors"]) == ("sharp", None, [])

    done = ended(customer, setup)
    assert (done["status"], done["failure_message"]) == ("succeeded", None)
    assert done["build"]["status"] == "succeeded"
    assert "Procfile" in fetch("GET", done["build"]["output_stream_url"]).text
    (uuid,) = partner.living
    assert partner.living[uuid]["options"] == {"colour": "blue"}
    said = done["postdeploy"]
    assert (said["exit_code"], sorted(said["output"].splitlines())) == (
        0,
        ["64 digits", f"prepared good day with {partner.url_of(uuid)}"],
    )
    assert done["resolved_success_url"] == f"http://sharp.localhost:{customer.port}/GREETING"

    customer.up("sharp", 2)
    assert customer.page("sharp", "/STORE_URL").text == partner.url_of(uuid)
    assert (customer.page("sharp", "/GREETING").text, customer.page("sharp", "/ASKED").text) == ("good day", "yes")
    sizes = {each["type"]: (each["quantity"], each["size"]) for each in customer.api("GET", "/apps/sharp/formation")}
    assert sizes == {"web": (2, "Basic"), "worker": (0, "Standard-2X")}


def test_a_failing_command_is_told_and_the_app_and_its_addon_are_gone(customer: Customer, partner: TinyPartner) -> None:
    customer.register(partner)
    url = source(customer, MANIFEST, **{"postdeploy.py": "raise SystemExit('no table')"})
    done = ended(customer, begun(customer, url, overrides={"env": {"ASKED": "yes"}}))
    assert (done["status"], done["failure_message"]) == ("failed", "Postdeploy exit code was not 0.")
    assert done["postdeploy"] == {"exit_code": 1, "output": "no table\n"}
    assert (done["build"]["status"], done["resolved_success_url"]) == ("succeeded", None)
    assert customer.ask("GET", "/apps/sharp").status_code == 404
    wait_until("the partner has deleted its resource", lambda: not partner.living)


def test_a_review_app_comes_with_its_addon_and_takes_it_along(customer: Customer, partner: TinyPartner) -> None:
    customer.register(partner)
    flow = customer.api("POST", "/pipelines", {"name": "flow"})["id"]
    customer.api("POST", f"/pipelines/{flow}/review-app-config", {"base_name": "sharp"})
    customer.api("PATCH", f"/pipelines/{flow}/stage/review/config-vars", {"ASKED": "by the stage"})
    last = customer.folder / "last"
    section = {"formation": {"web": {"quantity": 1}}, "scripts": {"pr-predestroy": f"echo $ASKED > {last}"}}
    wish = MANIFEST | {"environments": {"review": section}}
    body = {"branch": "topic", "pr_number": 5, "pipeline": flow, "source_blob": {"url": source(customer, wish)}}
    made = customer.api("POST", "/review-apps", body)

    def now() -> str:
        return str(customer.api("GET", f"/review-apps/{made['id']}")["status"])

    wait_until("it is created", lambda: now() == "created")
    customer.up("sharp-pr-5")
    assert customer.page("sharp-pr-5", "/ASKED").text == "by the stage"
    assert customer.page("sharp-pr-5", "/HEROKU_BRANCH").text == "topic"
    assert len(partner.living) == 1
    assert customer.api("DELETE", f"/review-apps/{made['id']}")["status"] == "deleting"
    wait_until("it is deleted", lambda: now() == "deleted")
    assert last.read_text() == "by the stage\n", "its last command has run"
    wait_until("the partner has deleted its resource", lambda: not partner.living)
    assert customer.ask("GET", "/apps/sharp-pr-5").status_code == 404


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with Up(tmp_path) as made:
        yield made


def again(up: Up) -> Customer:
    ready = up.start()
    return Customer(ready["url"], ready["token"], up.folder)


@pytest.mark.parametrize("graceful", [False, True], ids=["killed", "stopped"])
def test_a_platform_that_ends_in_the_middle_goes_on_where_it_was(up: Up, partner: TinyPartner, graceful: bool) -> None:
    """Twice: while the partner is asked, and while the command runs."""
    end = up.stop if graceful else up.kill
    customer = again(up)
    customer.register(partner)
    partner.before_answering.shut()
    book = up.folder / "book"
    waits = f"""
import os, time
with open({str(book)!r}, "a") as file: file.write("begun\\n")
while not os.path.exists({str(up.folder / "go")!r}): time.sleep(0.01)
print("through")
"""
    url = source(customer, MANIFEST, **{"postdeploy.py": waits})
    setup = begun(customer, url, overrides={"env": {"ASKED": "yes"}})
    assert partner.before_answering.reached.wait(60)
    end()

    partner.before_answering.open()
    customer = again(up)
    wait_until("the command runs", book.exists)
    assert customer.api("GET", f"/app-setups/{setup['id']}")["status"] == "pending"
    end()

    customer = again(up)
    wait_until("the command runs again", lambda: book.read_text() == "begun\nbegun\n")
    (up.folder / "go").touch()
    done = ended(customer, setup)
    assert (done["status"], done["postdeploy"]) == ("succeeded", {"exit_code": 0, "output": "through\n"})
    assert list(partner.made.values()) == [1]
    customer.up("sharp", 2)

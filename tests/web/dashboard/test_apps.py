"""Apps and what belongs to them: what the pages show, and that their forms do what the API does."""

import pytest

from platform_sim.core.actions.collaborators import add_collaborator
from platform_sim.core.actions.dynos import add_formation_dyno, report_state, run_dyno
from platform_sim.core.actions.releases import current_release
from platform_sim.core.model.apps import Dyno

from ... import support
from ..people import FRIEND
from ..world import Populated
from .browser import Browser

ACME = "/dashboard/apps/acme"


def test_the_list_has_those_of_teams_and_of_others_too(browser: Browser) -> None:
    with browser.world.database.transaction() as tx:
        support.new_app(tx, browser.world.stranger, "strange")
        shared = support.new_app(tx, browser.world.stranger, "shared")
        add_collaborator(tx, browser.world.stranger, shared, "user@example.com")
    page = browser.get("/dashboard/apps")
    for name, owner in (("acme", "user@example.com"), ("crew-app", "crew"), ("shared", "stranger@example.com")):
        assert f"{name} {owner} us heroku-24" in page.text
    assert "strange us" not in page.text
    assert "/dashboard/apps/strange" not in page.links()
    found = browser.get("/dashboard/apps?q=CREW")
    assert [link for link in found.links() if "/apps/" in link] == ["/dashboard/apps/crew-app"]


def test_an_app_is_created_as_the_api_creates_it(browser: Browser) -> None:
    page = browser.do("/dashboard/apps", name="shop", region="eu", stack="heroku-22")
    assert "shop was created." in page.text
    app = browser.world.get("/apps/shop")
    assert (app["owner"]["email"], app["region"]["name"], app["stack"]["name"]) == (
        "user@example.com",
        "eu",
        "heroku-22",
    )
    assert "Creating" not in browser.do("/dashboard/apps", name="").text
    assert browser.do("/dashboard/apps", name="crews", team="crew").text.count("crew@herokumanager.com") == 1
    assert browser.world.get("/apps/crews")["team"]["name"] == "crew"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"name": "acme"}, 422, "already taken"),
        ({"name": "No Good"}, 422, "Name must start"),
        ({"name": "good", "region": "moon"}, 422, "Region moon"),
        ({"name": "good", "team": "nobodys"}, 404, "Couldn't find that team"),
        ({"name": "nul\x00"}, 422, "NUL"),
    ],
)
def test_a_bad_wish_is_answered_in_the_apis_words(
    fields: dict[str, str], status: int, words: str, browser: Browser
) -> None:
    token = browser.token()
    with browser.world.nothing_written():
        answer = browser.post("/dashboard/apps", token=token, **fields)
    assert answer.status_code == status
    assert words in answer.text.replace("&#39;", "'")


def test_the_overview_shows_what_the_app_is(browser: Browser) -> None:
    page = browser.get(ACME)
    assert "http://acme.localhost:5100/" in page.links()
    for words in (
        "Region us",
        "Stack heroku-24",
        "web 1 × Basic serve",
        "web.1 up Basic, runs v",
        "exceptions-first provisioned",
    ):
        assert words in page.text
    newest = browser.world.get("/apps/acme/releases")[-1]
    assert f"v{newest['version']} {newest['description']}" in page.text
    assert page.text.count(" succeeded ") == 5


def test_dynos_are_scaled_and_restarted(browser: Browser) -> None:
    page = browser.do(f"{ACME}/resources/scale", type="worker", quantity="3", size="Standard-2X")
    assert "worker is 3 x Standard-2X now." in page.text
    found = {each["type"]: each for each in browser.world.get("/apps/acme/formation")}
    assert (found["worker"]["quantity"], found["worker"]["size"]) == (3, "Standard-2X")
    assert browser.post(f"{ACME}/resources/scale", type="worker", quantity="101").status_code == 422
    assert browser.post(f"{ACME}/resources/scale", type="nothing", quantity="1").status_code == 404
    assert "All dynos restart." in browser.do(f"{ACME}/resources/restart").text


def test_resources_lead_to_single_sign_on(browser: Browser) -> None:
    page = browser.get(f"{ACME}/resources")
    (opening,) = [link for link in page.links() if link.startswith("/sso/")]
    assert 'name="email" value="user@example.com"' in browser.answer(opening).text
    assert "exceptions-first Exceptions, Test free provisioned" in page.text
    assert "paid by acme" in browser.get("/dashboard/apps/other/resources").text


def test_a_release_is_rolled_back_to(browser: Browser) -> None:
    releases = browser.world.get("/apps/acme/releases")
    deployed = [each for each in releases if each["eligible_for_rollback"]]
    page = browser.get(f"{ACME}/deploy")
    offered = {value for _, value, _ in page.form("/rollback").buttons}
    assert offered == {str(each["version"]) for each in deployed if not each["current"]}
    assert "git remote add heroku http://localhost:5100/acme.git" in page.text
    page = browser.do(f"{ACME}/deploy/rollback", release=str(deployed[0]["version"]))
    assert f"Rollback to v{deployed[0]['version']}: it is release v{releases[-1]['version'] + 1}." in page.text
    assert browser.post(f"{ACME}/deploy/rollback", release="1").status_code == 422
    assert browser.post(f"{ACME}/deploy/rollback", release="999").status_code == 404


def test_old_releases_and_events_are_on_further_pages(browser: Browser) -> None:
    for number in range(60):
        browser.world.call("PATCH", "/apps/acme/config-vars", {"A": str(number)})
    versions = {
        each["version"] for each in browser.world.get("/apps/acme/releases", headers={"Range": "version; max=1000"})
    }
    for path, pattern in (("deploy", versions), ("activity", None)):
        page, seen = browser.get(f"{ACME}/{path}"), 0
        while True:
            seen += len(page.all("tr")) - 1
            older = [link for link in page.links() if link.startswith("?before=")]
            if not older:
                break
            page = browser.get(f"{ACME}/{path}{older[0]}")
        if pattern:
            assert seen == len(pattern)
    with browser.world.database.snapshot() as rows:
        assert seen == sum(
            1 for each in support.dump(rows)["Event"] if each["app_id"] == browser.world.get("/apps/acme")["id"]
        )
    assert browser.answer(f"{ACME}/deploy?before=x").status_code == 200


def test_activity_tells_builds_with_their_output(browser: Browser) -> None:
    page = browser.get(f"{ACME}/activity")
    outputs = {each["output_stream_url"] for each in browser.world.get("/apps/acme/builds")}
    assert {f"http://localhost:5100{link}" for link in page.links() if link.startswith("/streams/")} == outputs
    newest = browser.world.get("/apps/acme/releases")[-1]
    assert f"v{newest['version']} {newest['description']} succeeded" in page.text
    assert "release create" in page.text
    assert "addon create" in page.text


def test_collaborators_come_and_go(browser: Browser) -> None:
    page = browser.do(f"{ACME}/access/add", user="stranger@example.com")
    assert "stranger@example.com may use the app now." in page.text
    assert "stranger@example.com collaborator" in page.text
    assert browser.post(f"{ACME}/access/add", user="stranger@example.com").status_code == 422
    assert browser.post(f"{ACME}/access/add", user="nobody@example.com").status_code == 404
    page = browser.do(f"{ACME}/access/remove", user="stranger@example.com")
    assert "stranger@example.com may not use the app any more." in page.text
    assert browser.post(f"{ACME}/access/remove", user="user@example.com").status_code == 422
    emails = {each["user"]["email"] for each in browser.world.get("/apps/acme/collaborators")}
    assert emails == {"user@example.com", FRIEND}


def test_who_leaves_an_app_is_led_to_the_others(browser: Browser) -> None:
    browser.become(FRIEND)
    page = browser.do(f"{ACME}/access/remove", user=FRIEND)
    assert f"{FRIEND} may not use the app any more." in page.text
    assert page.all("h1")
    assert browser.answer(ACME).status_code == 404


def test_the_team_of_an_app_is_told(browser: Browser) -> None:
    page = browser.get("/dashboard/apps/crew-app/access")
    assert "Team crew" in page.text
    assert f"{FRIEND} member" in page.text


def test_maintenance_name_and_end(full: Populated) -> None:
    browser = Browser(full.world)
    for word, on in (("on", True), ("off", False)):
        assert f"Maintenance mode is {word}." in browser.do(f"{ACME}/settings/maintenance", maintenance=word).text
        assert full.world.get("/apps/acme")["maintenance"] is on
        assert f"maintenance: {word}" in browser.get(f"{ACME}/activity").text
    assert "called shop now" in browser.do(f"{ACME}/settings/rename", name="shop").text
    shop = "/dashboard/apps/shop/settings"
    token = browser.token()
    for typed in ("", "acme", "SHOP"):
        with full.world.nothing_written():
            assert browser.post(f"{shop}/delete", token=token, confirm=typed).status_code == 422
    assert "shop is deleted" in browser.do(f"{shop}/delete", confirm="shop").text
    assert full.world.call("GET", "/apps/shop").status_code == 404


def test_pages_look_again_until_the_dynos_run_what_was_released(full: Populated) -> None:
    """In this world nothing makes dynos follow by itself."""
    browser, world = Browser(full.world), full.world

    def looking() -> list[bool]:
        pages = [browser.get(f"{ACME}{tab}") for tab in ("", "/resources", "/deploy")]
        assert [page.all("script") != [] for page in pages] == ["looks again" in page.text for page in pages]
        return ["looks again" in page.text for page in pages]

    with world.database.transaction() as tx:
        for dyno in tx.all(Dyno, app_id=full.app.id):
            tx.delete(dyno)
        run_dyno(tx, world.customer, full.app, "echo")
    assert looking() == [False, False, False], "what runs once keeps its release"
    with world.database.transaction() as tx:
        dyno = add_formation_dyno(tx, current_release(tx, full.app.id), "web.1", "serve", "Basic")
    assert looking() == [True, True, False], "it starts"
    with world.database.transaction() as tx:
        report_state(tx, dyno, "up")
    assert looking() == [False, False, False]
    world.call("PATCH", "/apps/acme/config-vars", {"NEWER": "1"})
    assert looking() == [True, True, False], "it runs an older release"
    with world.database.transaction() as tx:
        support.deploy(tx, world.customer, full.app, "89abcdef", web="serve", release="migrate")
    assert looking() == [True, True, True]


def test_what_is_not_there_leads_back_to_its_part(browser: Browser) -> None:
    for path, back in (
        ("/dashboard/timeline?app=nobodys", ["/dashboard/timeline"]),
        ("/dashboard/learn/9", ["/dashboard/learn"]),
        ("/dashboard/marketplace/nothing", ["/dashboard/marketplace"]),
        ("/dashboard/operator/sso?addon=nothing", ["/dashboard/operator/sso", "/dashboard/operator"]),
        ("/dashboard/apps/nobodys", ["/dashboard/apps"]),
    ):
        assert browser.get(path, 404).links()[-len(back) :] == back


def test_the_only_app_is_filled_in(browser: Browser) -> None:
    service = "/dashboard/marketplace/exceptions"
    assert browser.get(service).form("/install").fields["app"] == "", "there are several"
    for each in browser.world.get("/apps"):
        if each["name"] != "acme":
            browser.world.call("DELETE", f"/apps/{each['name']}")
    assert browser.get(service).form("/install").fields["app"] == "acme"


def test_a_release_phase_shows_its_output(full: Populated) -> None:
    with full.world.database.transaction() as tx:
        made = support.deploy(tx, full.world.customer, full.app, "89abcdef", web="serve", release="migrate")
    assert made.output_secret is not None
    page = Browser(full.world).get(f"{ACME}/deploy")
    assert [link for link in page.links() if "/streams/" in link] == [f"/streams/{made.output_secret}"]
    assert f"v{made.version} {made.description} Output of v{made.version} pending" in page.text

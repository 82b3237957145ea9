"""`addons:create`, `:destroy`, `:upgrade`: bodies, headers and words (heroku-cli §7, §15)."""

import json

import pytest

from platform_sim.cli.failures import Failure
from platform_sim.cli.heroku import polling
from platform_sim.cli.heroku.addons_create import parse_options

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi

CREATE = "POST /apps/beta/addons"
ONE = "GET /apps/beta/addons/mydb"
RESOLVE = "POST /actions/addons/resolve"
DELETE = "DELETE /apps/id-of-alpha/addons/id-of-fakedb-round-123"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PAUSE", 0.0)


def mydb(**more: object) -> shapes.Json:
    return shapes.addon("mydb", "beta", config_vars=["DB_URL"], **more)


def test_create_with_everything(api: FakeApi, heroku: Run) -> None:
    api.on(CREATE, mydb(provision_message="provisioning message from fakedb"), 201)
    words = ["fakedb:standard-0", "-a", "beta", "--as", "DB", "--name", "mydb", "--", "--foo=bar", "--flag"]
    result = heroku("addons:create", *words, "--opt", "val")
    assert (result.exit_code, result.stderr) == (
        0,
        "Creating fakedb:standard-0 on beta... ~$0.069/hour (max $50/month)\n",
    )
    assert result.stdout.splitlines() == [
        "provisioning message from fakedb",
        "Created mydb as DB_URL",
        "Run heroku addons:docs fakedb to view documentation.",
    ]
    assert api.body_of(CREATE) == {
        "attachment": {"name": "DB"},
        "config": {"foo": "bar", "flag": True, "opt": "val"},
        "name": "mydb",
        "plan": {"name": "fakedb:standard-0"},
    }
    headers = api.last(CREATE).headers
    assert headers["accept"] == "application/vnd.heroku+json; version=3"
    assert headers["accept-expansion"] == "plan"
    assert headers["x-heroku-legacy-provider-messages"] == "true"


def test_create_with_nothing(api: FakeApi, heroku: Run) -> None:
    api.on(CREATE, shapes.addon("mydb", "beta", plan=shapes.plan("fakedb:free", 0), config_vars=[]), 201)
    result = heroku("addons:create", "fakedb", HEROKU_APP="beta")
    assert result.stderr == "Creating fakedb on beta... free\n"
    assert result.stdout.startswith("Created mydb\n")
    assert api.body_of(CREATE) == {"attachment": {}, "config": {}, "plan": {"name": "fakedb"}}


def test_create_in_the_background(api: FakeApi, heroku: Run) -> None:
    api.on(CREATE, mydb(state="provisioning"), 202)
    assert heroku("addons:create", "fakedb", "-a", "beta").stdout.splitlines() == [
        "mydb is being created in the background. The app will restart when complete...",
        "Run heroku addons:info mydb to check creation progress.",
        "Run heroku addons:docs fakedb to view documentation.",
    ]


@pytest.mark.parametrize("as_json", [False, True])
def test_create_and_wait(api: FakeApi, heroku: Run, as_json: bool) -> None:
    api.on(CREATE, mydb(state="provisioning"), 202)
    api.on(ONE, mydb(state="provisioning"))
    api.on(ONE, mydb())
    result = heroku("addons:create", "fakedb", "-a", "beta", "--wait", *(["--json"] if as_json else []))
    assert result.exit_code == 0
    assert api.lines == [CREATE, ONE, ONE]
    assert api.last(ONE).headers["accept-expansion"] == "addon_service,plan"
    if as_json:
        assert json.loads(result.stdout)["state"] == "provisioned"
    else:
        assert result.stdout.splitlines()[:2] == ["Waiting for mydb...", "Created mydb as DB_URL"]
        assert result.stderr.splitlines()[1] == "Creating mydb... done"


def test_create_and_wait_for_one_that_fails(api: FakeApi, heroku: Run) -> None:
    api.on(CREATE, mydb(state="provisioning"), 202)
    api.fails(ONE, 404, "not_found", "Couldn't find that add-on.", resource="add_on")
    result = heroku("addons:create", "fakedb", "-a", "beta", "--wait")
    assert result.exit_code == 1
    assert "The add-on was unable to be created, with status deprovisioned" in result.stderr


def test_create_of_a_plan_that_is_not_there(api: FakeApi, heroku: Run) -> None:
    api.fails(CREATE, 422, "invalid_params", 'Couldn\'t find either the add-on service or the add-on plan of "nosuch".')
    result = heroku("addons:create", "nosuch", "-a", "beta")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "Creating nosuch on beta... !",
        ' ›   Error: Couldn\'t find either the add-on service or the add-on plan of "nosuch".',
        " ›",
        " ›   Error ID: invalid_params",
    ]


def test_a_conflict_is_confirmed_and_sent_again(api: FakeApi, heroku: Run) -> None:
    api.fails(CREATE, 423, "confirmation_required", "DB_URL is set already.")
    api.on(CREATE, mydb(), 201)
    result = heroku("addons:create", "fakedb", "-a", "beta", input="beta\n")
    assert result.exit_code == 0
    assert " ›   Warning: DB_URL is set already." in result.stderr
    assert "To proceed, type beta or re-run this command with --confirm beta: " in result.stderr
    assert [asked.body.get("confirm") for asked in api.asked] == [None, "beta"]


def test_a_conflict_confirmed_before(api: FakeApi, heroku: Run) -> None:
    api.on(CREATE, mydb(), 201)
    assert heroku("addons:create", "fakedb", "-a", "beta", "--confirm", "beta").exit_code == 0
    assert api.body_of(CREATE)["confirm"] == "beta"


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ((), {}),
        (("--a=b", "--c", "d", "--e"), {"a": "b", "c": "d", "e": True}),
        (("--x=true", "--y=", "--z", "--w=1=2"), {"x": True, "y": "", "z": True, "w": "1=2"}),
    ],
)
def test_options_of_the_partner(words: tuple[str, ...], options: object) -> None:
    assert parse_options(words) == options


@pytest.mark.parametrize("words", [("a",), ("--a", "b", "c"), ("-x",)])
def test_what_is_no_option(words: tuple[str, ...]) -> None:
    with pytest.raises(Failure, match="Unexpected argument"):
        parse_options(words)


def test_an_option_without_the_dashes_before_it_is_a_usage_error(api: FakeApi, heroku: Run) -> None:
    result = heroku("addons:create", "fakedb", "-a", "beta", "--foo=bar")
    assert (result.exit_code, api.asked) == (2, [])


def test_destroy(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.on(DELETE, shapes.addon(state="deprovisioned"))
    result = heroku("addons:destroy", "fakedb-round-123", "--confirm", "alpha")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Destroying fakedb-round-123 on alpha... done\n"
    assert api.body_of(RESOLVE) == {"addon": "fakedb-round-123"}
    assert api.body_of(DELETE) == {"force": False}
    assert api.last(DELETE).headers["accept-expansion"] == "plan"


def test_destroy_by_force(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.on(DELETE, shapes.addon(state="deprovisioned"))
    assert heroku("addons:destroy", "x", "-a", "alpha", "--confirm", "alpha", "--force").exit_code == 0
    assert api.body_of(RESOLVE) == {"addon": "x", "app": "alpha"}
    assert api.body_of(DELETE) == {"force": True}


def test_destroy_in_the_background(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.on(DELETE, shapes.addon(state="deprovisioning"), 202)
    result = heroku("addons:destroy", "x", "--confirm", "alpha")
    assert (result.exit_code, result.stderr) == (0, "Destroying fakedb-round-123 on alpha... pending\n")
    assert result.stdout.splitlines() == [
        "fakedb-round-123 is being destroyed in the background. The app will restart when complete...",
        "Run heroku addons:info fakedb-round-123 to check destruction progress",
    ]


def test_destroy_and_wait(api: FakeApi, heroku: Run) -> None:
    held = "GET /apps/alpha/addons/fakedb-round-123"
    api.on(RESOLVE, [shapes.addon()])
    api.on(DELETE, shapes.addon(state="deprovisioning"), 202)
    api.on(held, shapes.addon(state="deprovisioning"))
    api.fails(held, 404, "not_found", "Couldn't find that add-on.", resource="add_on")
    result = heroku("addons:destroy", "x", "--confirm", "alpha", "--wait")
    assert (result.exit_code, result.stdout) == (0, "Waiting for fakedb-round-123...\n")
    assert api.lines[-2:] == [held, held]


@pytest.mark.parametrize("state", ["provisioned", "deprovisioned?"])
def test_destroy_with_an_odd_state(api: FakeApi, heroku: Run, state: str) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.on(DELETE, shapes.addon(state=state))
    result = heroku("addons:destroy", "x", "--confirm", "alpha")
    assert result.exit_code == 1
    assert f"The add-on was unable to be destroyed, with status {state}." in result.stderr


def test_destroy_that_the_platform_refuses(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.fails(DELETE, 422, "invalid_params", "It is attached to beta")
    result = heroku("addons:destroy", "x", "--confirm", "alpha")
    assert result.stderr.splitlines() == [
        "Destroying fakedb-round-123 on alpha... !",
        " ›   Error: The add-on was unable to be destroyed: It is attached to beta.",
    ]


def test_destroy_keeps_what_is_on_another_app_or_not_confirmed(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    other = heroku("addons:destroy", "x", "-a", "beta", "--confirm", "alpha")
    assert "fakedb-round-123 is on alpha not beta" in other.stderr
    wrong = heroku("addons:destroy", "x", "--confirm", "beta")
    assert "Confirmation beta did not match alpha. Aborted." in wrong.stderr
    assert (other.exit_code, wrong.exit_code) == (1, 1)
    assert set(api.lines) == {RESOLVE}


UPGRADE = "PATCH /apps/alpha/addons/fakedb-round-123"


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["fakedb:premium-0", "-a", "alpha"], {"addon": "fakedb", "app": "alpha"}),
        (["fakedb-round-123", "premium-0"], {"addon": "fakedb-round-123", "app": None}),
        (["fakedb-round-123", "fakedb:premium-0"], {"addon": "fakedb-round-123", "app": None}),
    ],
)
def test_upgrade(api: FakeApi, heroku: Run, words: list[str], asked: object) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.on(UPGRADE, shapes.addon(plan=shapes.plan("fakedb:premium-0", 20000), provision_message="bigger now"))
    result = heroku("addons:upgrade", *words)
    assert (result.exit_code, result.stdout) == (0, "bigger now\n")
    assert result.stderr == (
        "Changing fakedb-round-123 on alpha from fakedb:standard-0 to fakedb:premium-0... "
        "done, ~$0.278/hour (max $200/month)\n"
    )
    assert api.body_of(RESOLVE) == asked
    assert api.body_of(UPGRADE) == {"plan": {"name": "fakedb:premium-0"}}
    assert api.last(UPGRADE).headers["x-heroku-legacy-provider-messages"] == "true"


def test_upgrade_to_a_plan_that_is_not_there_names_those_that_are(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    missing = 'Couldn\'t find either the add-on service or the add-on plan of "fakedb:nope".'
    api.fails(UPGRADE, 404, "not_found", missing, resource="plan")
    api.on("GET /addon-services/fakedb/plans", [shapes.plan("fakedb:free", 0), shapes.plan()])
    result = heroku("addons:upgrade", "x", "nope")
    assert result.exit_code == 1
    assert [line.removeprefix(" ›").strip() for line in result.stderr.splitlines()][1:] == [
        f"Error: {missing}",
        "",
        "Here are the available plans for fakedb:",
        "fakedb:free",
        "fakedb:standard-0",
        "",
        "See more plan information with heroku addons:plans fakedb",
        "",
        "Error ID: not_found",
    ]


def test_upgrade_that_the_partner_refuses_and_without_a_plan(api: FakeApi, heroku: Run) -> None:
    api.on(RESOLVE, [shapes.addon()])
    api.fails(UPGRADE, 422, "provisioning_failed", "No downgrade while you owe us.")
    assert "Error: No downgrade while you owe us." in heroku("addons:upgrade", "x", "free").stderr
    result = heroku("addons:upgrade", "x")
    assert result.exit_code == 1
    assert "You need to specify a plan to move x to." in result.stderr

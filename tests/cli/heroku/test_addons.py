"""`heroku addons`, `addons:info`, `addons:plans`, `addons:services`: the recorded layouts (heroku-cli §15)."""

import json

from .. import shapes
from ..conftest import Run
from ..fake_api import FakeApi


def test_of_all_apps(api: FakeApi, heroku: Run) -> None:
    free = shapes.addon("fakedb-beta-1", "beta", plan=shapes.plan("fakedb:free", 0), billed_price={"cents": 0})
    redis = shapes.addon("redis-flat-789", plan=shapes.plan("heroku-redis:premium-0"), billed_price={"cents": 20000})
    api.on("GET /addons", [free, redis, shapes.addon()])
    assert heroku("addons").stdout.splitlines() == [
        "  Owning App   Add-on             Plan                     Price          Max Price    State",
        " ──────────────────────────────────────────────────────────────────────────────────────────────",
        "  alpha        fakedb-round-123   fakedb:standard-0        ~$0.069/hour   $50/month    created",
        "  alpha        redis-flat-789     heroku-redis:premium-0   ~$0.278/hour   $200/month   created",
        "  beta         fakedb-beta-1      fakedb:free              free           free         created",
    ]
    assert api.asked[0].headers["accept-expansion"] == "addon_service,plan"


def test_of_an_app_with_attachments_on_both_sides(api: FakeApi, heroku: Run) -> None:
    own = shapes.addon("fakedb-beta-1", "beta", plan=shapes.plan("fakedb:free", 0), billed_price={"cents": 0})
    foreign = shapes.addon()
    api.on("GET /apps/beta/addons", [own])
    api.on(
        "GET /addon-attachments",
        [
            shapes.attachment("FAKEDB", "alpha", foreign),
            shapes.attachment("SHARED", "beta", foreign),
            shapes.attachment("FAKEDB", "beta", own),
            shapes.attachment("OTHER", "gamma", shapes.addon("unrelated", "gamma")),
        ],
    )
    assert heroku("addons", "-a", "beta").stdout.splitlines() == [
        "",
        "  Add-on                      Plan   Price                   Max Price               State",
        " ────────────────────────────────────────────────────────────────────────────────────────────",
        "  fakedb (fakedb-beta-1)      free   free                    free                    created",
        "  └─ as FAKEDB",
        "  ? (fakedb-round-123)        ?      (billed to alpha app)   (billed to alpha app)",
        "  ├─ as SHARED",
        "  └─ as FAKEDB on alpha app",
        "",
        "The table above shows add-ons and the attachments to the current app (beta) or other apps.",
    ]
    assert [row["name"] for row in json.loads(heroku("addons", "-a", "beta", "--json").stdout)] == [
        "fakedb-beta-1",
        "fakedb-round-123",
    ]


def test_none(api: FakeApi, heroku: Run) -> None:
    api.on("GET /addons", [])
    api.on("GET /apps/alpha/addons", [])
    api.on("GET /addon-attachments", [])
    assert heroku("addons").stdout == "No add-ons.\n"
    assert heroku("addons", HEROKU_APP="alpha").stdout == "No add-ons for app alpha.\n"
    assert heroku("addons", "--all", HEROKU_APP="alpha").stdout == "No add-ons.\n"
    assert heroku("addons", "--json").stdout == "[]\n"


def test_info(api: FakeApi, heroku: Run) -> None:
    found = shapes.addon()
    api.on("POST /actions/addons/resolve", [found])
    api.on(
        f"GET /addons/{found['id']}/addon-attachments",
        [shapes.attachment("SHARED", "beta"), shapes.attachment("FAKEDB", "alpha")],
    )
    assert heroku("addons:info", "fakedb-round-123").stdout.splitlines() == [
        "=== fakedb-round-123",
        "",
        "Plan:         fakedb:standard-0",
        "Price:        ~$0.069/hour",
        "Max Price:    $50/month",
        "Attachments:  alpha::FAKEDB",
        "              beta::SHARED",
        "Owning app:   alpha",
        "Installed at: Fri Jan 02 2026 03:04:05 GMT+0000 (Coordinated Universal Time)",
        "State:        created",
    ]
    assert api.body_of("POST /actions/addons/resolve") == {"addon": "fakedb-round-123", "app": None}
    assert json.loads(heroku("addons:info", "x", "--json").stdout)["attachments"][0]["name"] == "SHARED"


def test_a_name_unknown_in_the_app_is_looked_for_everywhere(api: FakeApi, heroku: Run) -> None:
    api.fails("POST /actions/addons/resolve", 404, "not_found", "Couldn't find that add-on.", resource="add_on")
    api.on("POST /actions/addons/resolve", [shapes.addon()])
    api.on("GET /addons/id-of-fakedb-round-123/addon-attachments", [])
    assert heroku("addons:info", "x", "-a", "beta").exit_code == 0
    assert [asked.body for asked in api.asked[:2]] == [{"addon": "x", "app": "beta"}, {"addon": "x", "app": None}]


def test_an_unknown_app_is_not_looked_past(api: FakeApi, heroku: Run) -> None:
    api.fails("POST /actions/addons/resolve", 404, "not_found", "Couldn't find that app.", resource="app")
    result = heroku("addons:info", "x", "-a", "nope")
    assert (result.exit_code, len(api.asked)) == (1, 1)
    assert "Couldn't find that app." in result.stderr


def test_two_of_the_same_name(api: FakeApi, heroku: Run) -> None:
    api.on("POST /actions/addons/resolve", [shapes.addon("b"), shapes.addon("a")])
    assert "Ambiguous identifier; multiple matching add-ons found: a, b." in heroku("addons:info", "x").stderr


def test_nothing_found(api: FakeApi, heroku: Run) -> None:
    api.on("POST /actions/addons/resolve", [])
    assert "Couldn't find that add-on." in heroku("addons:info", "x").stderr


def test_plans(api: FakeApi, heroku: Run) -> None:
    plans = [shapes.plan(), shapes.plan("fakedb:odd", 750), shapes.plan("fakedb:free", 0, default=True)]
    api.on("GET /addon-services/fakedb/plans", plans)
    assert heroku("addons:plans", "fakedb").stdout.splitlines() == [
        "            Slug                Name         Price          Max Price",
        " ───────────────────────────────────────────────────────────────────────",
        "  default   fakedb:free         Free         free           free",
        "            fakedb:odd          Odd          ~$0.010/hour   $7.50/month",
        "            fakedb:standard-0   Standard-0   ~$0.069/hour   $50/month",
    ]


def test_services(api: FakeApi, heroku: Run) -> None:
    api.on("GET /addon-services", [{"name": "fakedb", "human_name": "Fakedb", "state": "ga"}])
    assert heroku("addons:services").stdout.splitlines() == [
        "  Slug     Name     State",
        " ─────────────────────────",
        "  fakedb   Fakedb   ga",
        "",
        "See plans with heroku addons:plans SERVICE",
    ]
    assert json.loads(heroku("addons:services", "--json").stdout)[0]["name"] == "fakedb"

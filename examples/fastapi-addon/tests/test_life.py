"""What a customer does with the add-on, from the order to the end. Each test has a Heroku of its own."""

import pytest

from platform_sim.testing import Refused


def test_a_whole_life(heroku, partner):
    shop = heroku.app("shop")
    addon = shop.addons.create("greeter:free", options={"greeting": "Good morning"})
    assert (addon.state, addon.plan) == ("provisioned", "greeter:free")
    url = shop.config["GREETER_URL"]
    path = url.removeprefix(partner.url)
    assert partner.ask("GET", path).text == "Good morning, world!"

    addon.change_plan("greeter:pro")
    assert (addon.plan, shop.config["GREETER_URL"]) == ("greeter:pro", url)

    page = addon.sign_in()
    assert (page.status, page.text) == (200, "The greeting of you@example.com, plan pro")

    assert partner.ask("POST", f"/heroku/resources/{addon.uuid}/rotate").status == 200
    assert shop.config["GREETER_URL"] != url
    assert shop.releases[-1]["description"] == "Update GREETER by greeter"
    assert partner.ask("GET", path).status == 404

    addon.destroy()
    assert (addon.state, shop.config) == ("gone", {})
    assert heroku.leaks() == []


def test_the_same_order_twice_is_the_same_greeting(heroku, partner):
    addon = heroku.app("shop").addons.create("greeter:free")
    order = {"uuid": addon.uuid, "plan": "free", "oauth_grant": {"code": "used already"}}
    again = partner.ask("POST", "/heroku/resources", order)
    assert (again.status, again.json["config"]) == (200, addon.config)
    addon.destroy()
    assert partner.ask("POST", "/heroku/resources", order).status == 410


def test_credentials_roll_months_later(heroku, partner):
    """The access token of the order has long expired by then."""
    addon = heroku.app("shop").addons.create("greeter:free")
    heroku.clock.advance(days=90)
    before = addon.config
    assert partner.ask("POST", f"/heroku/resources/{addon.uuid}/rotate").status == 200
    assert addon.config != before


def test_only_a_fresh_and_signed_login_is_let_in(heroku, partner):
    addon = heroku.app("shop").addons.create("greeter:free")
    form = addon.sso_form()
    form.fields["email"] = "somebody.else@example.com"
    assert addon.sign_in(form).status == 403
    heroku.clock.advance(hours=1)
    assert addon.sign_in().status == 403


def test_nobody_but_heroku_orders(heroku, partner):
    addon = heroku.app("shop").addons.create("greeter:free")
    wrong = {"Authorization": "Basic Z3JlZXRlcjp3cm9uZw=="}
    assert partner.ask("DELETE", f"/heroku/resources/{addon.uuid}", headers=wrong).status == 401
    assert addon.sign_in().status == 200


def test_a_service_that_cannot_reach_heroku_refuses(heroku, partner):
    """Its client secret is another since this morning: no order succeeds, and nothing is left."""
    heroku.ask("PUT", "/sim/services/greeter", {"client_secret": "another-one-since-this-morning"})
    with pytest.raises(Refused, match="could not be reached|Try again later"):
        heroku.app("shop").addons.create("greeter:free")
    assert heroku.leaks() == []


def test_with_the_real_cli(heroku, partner, heroku_cli):
    """Skipped where there is no heroku CLI."""
    assert heroku_cli("apps:create", "shop").code == 0
    made = heroku_cli("addons:create", "greeter:free", "--app", "shop")
    assert (made.code, "Your greeting is ready." in made.stdout + made.stderr) == (0, True)
    assert heroku.app("shop").config["GREETER_URL"].startswith(partner.url)

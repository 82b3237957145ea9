"""For the suite of `worlds`: a test with a partner of WSGI, from the app to the end of the add-on."""

import pytest

from platform_sim.testing import Partner

COUNT = 30


@pytest.mark.parametrize("number", range(COUNT))
def test_life(heroku, number):
    partner = Partner("acme")
    heroku.register(partner.manifest, plans=("free", "pro=900"), partner=partner)
    app = heroku.app("shop")
    addon = app.addons.create("acme:free")
    first = app.config["ACME_URL"]
    partner.set_config(addon.uuid, {"ACME_URL": "https://acme.example/rotated"})
    assert app.config["ACME_URL"] == "https://acme.example/rotated" != first
    addon.change_plan("acme:pro")
    assert (addon.plan, addon.sign_in().status) == ("acme:pro", 200)
    addon.destroy()
    assert (addon.state, partner.resources, heroku.leaks()) == ("gone", {}, [])

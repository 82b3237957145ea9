"""A customer's config vars."""

import json

import pytest

from platform_sim.core.access import Actor
from platform_sim.core.actions.addon_config import update_config
from platform_sim.core.actions.addons_end import destroy_addon
from platform_sim.core.actions.config_vars import change_config_vars, describe
from platform_sim.core.actions.releases import app_config, config_of, newest_release
from platform_sim.core.errors import Forbidden, InvalidParams
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App, Release
from platform_sim.core.store import Transaction
from platform_sim.settings import load

from ...support import dump, new_addon, new_app, new_customer, new_database, new_service, partner_of_addon


def test_changes_merge_and_none_removes(tx: Transaction, customer: Actor, app: App) -> None:
    assert change_config_vars(tx, customer, app, {"A": "1", "B": "2"}) == {"A": "1", "B": "2"}
    assert change_config_vars(tx, customer, app, {"B": None, "C": ""}) == {"A": "1", "C": ""}
    assert app_config(tx, app) == {"A": "1", "C": ""}


def test_each_change_is_one_release_that_keeps_the_older_ones_as_they_were(
    tx: Transaction, customer: Actor, app: App
) -> None:
    change_config_vars(tx, customer, app, {"A": "1", "B": "2"})
    first = newest_release(tx, app)
    change_config_vars(tx, customer, app, {"A": None})
    second = newest_release(tx, app)
    assert [r.version for r in tx.all(Release, app_id=app.id)] == [1, 2, 3, 4]
    assert (first.description, second.description) == ("Set A, B config vars", "Remove A config vars")
    assert config_of(tx, first) == {"A": "1", "B": "2"}
    assert config_of(tx, second) == {"B": "2"}
    assert (second.actor_id, second.actor_email) == (customer.account.id, customer.account.email)


def test_values_equal_to_the_present_ones_make_no_release(tx: Transaction, customer: Actor, app: App) -> None:
    change_config_vars(tx, customer, app, {"A": "1"})
    before = dump(tx)
    assert change_config_vars(tx, customer, app, {"A": "1", "UNKNOWN": None}) == {"A": "1"}
    assert change_config_vars(tx, customer, app, {}) == {"A": "1"}
    assert dump(tx) == before


def test_unless_the_setting_says_so() -> None:
    database = new_database(unchanged_config_makes_release=True)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        change_config_vars(tx, customer, app, {"A": "1"})
        change_config_vars(tx, customer, app, {"A": "1"})
        assert newest_release(tx, app).version == 4
        assert newest_release(tx, app).description == "Set A config vars"
    database.close()


@pytest.mark.parametrize("name", ["A", "a1_b", "_X", "1A", "PORT", "A" * 128])
def test_good_names(tx: Transaction, customer: Actor, app: App, name: str) -> None:
    assert change_config_vars(tx, customer, app, {name: "x"}) == {name: "x"}


@pytest.mark.parametrize("name", ["", "A-B", "A B", "A=B", "ÄÖ", "A\n", "A" * 129, "__X", "HEROKU_APP_ID", "a.b"])
def test_bad_names_write_nothing_not_even_the_good_ones_beside_them(
    tx: Transaction, customer: Actor, app: App, name: str
) -> None:
    before = dump(tx)
    with pytest.raises(InvalidParams):
        change_config_vars(tx, customer, app, {"GOOD": "1", name: "x"})
    assert dump(tx) == before


def test_all_vars_together_have_a_limit_in_bytes(tx: Transaction, customer: Actor, app: App) -> None:
    change_config_vars(tx, customer, app, {"A": "ü" * 16_383})
    with pytest.raises(InvalidParams, match="32768 bytes"):
        change_config_vars(tx, customer, app, {"B": "x"})
    assert newest_release(tx, app).version == 3
    assert change_config_vars(tx, customer, app, {"B": ""}) == {"A": "ü" * 16_383, "B": ""}, "32768 are allowed"


def test_a_partner_has_no_more_room_than_a_customer(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx, "acme", "URL", "KEY")
    addon = new_addon(tx, customer, app, "acme", {"ACME_URL": "x" * 20_000})
    change_config_vars(tx, customer, app, {"A": "y" * 12_000})
    partner, before = partner_of_addon(tx, addon), dump(tx, without=[Addon])
    with pytest.raises(InvalidParams, match="limited to 32768 bytes for an app; this would make 33[0-9]+ on acme"):
        update_config(tx, partner, addon.id, [("ACME_KEY", "z" * 1000)])
    assert dump(tx, without=[Addon]) == before


def test_what_becomes_smaller_is_never_refused() -> None:
    database = new_database()
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        change_config_vars(tx, customer, app, {"A": "x" * 200, "B": "y"})
    database.rules = load({}, config_size_limit=100)
    with database.transaction() as tx:
        with pytest.raises(InvalidParams, match="100 bytes"):
            change_config_vars(tx, customer, app, {"A": "z" * 200, "B": "yy"})
        assert change_config_vars(tx, customer, app, {"B": None}) == {"A": "x" * 200}
    database.close()


def test_where_a_setting_keeps_customers_from_the_vars_of_addons() -> None:
    database = new_database(addon_vars_can_be_set=False)
    with database.transaction() as tx:
        customer = new_customer(tx)
        app = new_app(tx, customer)
        new_service(tx)
        addon = new_addon(tx, customer, app, config={"EXCEPTIONS_URL": "theirs"})
        for change in ("mine", None):
            with pytest.raises(InvalidParams, match="^Cannot overwrite attachment values EXCEPTIONS_URL"):
                change_config_vars(tx, customer, app, {"A": "1", "EXCEPTIONS_URL": change})
        assert newest_release(tx, app).version == 4
        change_config_vars(tx, customer, app, {"A": "1", "EXCEPTIONS_URL": "theirs"})
        assert app_config(tx, app) == {"A": "1", "EXCEPTIONS_URL": "theirs"}, "to say it again changes nothing"
        destroy_addon(tx, customer, addon)
        assert change_config_vars(tx, customer, app, {"EXCEPTIONS_URL": "mine"})["EXCEPTIONS_URL"] == "mine"
    database.close()


def test_invariant_14_a_partner_changes_no_config_of_an_app(tx: Transaction, customer: Actor, app: App) -> None:
    new_service(tx)
    partner = partner_of_addon(tx, new_addon(tx, customer, app))
    before = dump(tx)
    with pytest.raises(Forbidden, match="/addons/:id/config"):
        change_config_vars(tx, partner, app, {"EXCEPTIONS_URL": "x"})
    assert dump(tx) == before


def test_no_value_reaches_an_event(tx: Transaction, customer: Actor, app: App) -> None:
    change_config_vars(tx, customer, app, {"A": "s3cr3t-value"})
    change_config_vars(tx, customer, app, {"A": None})
    assert "s3cr3t-value" not in json.dumps(dump(tx)["Event"], default=str)


def test_descriptions_name_what_was_set_before_what_was_removed() -> None:
    assert describe({"A": "1"}, {"A": "2", "B": None, "C": "1"}) == "Set A, C config vars"
    assert describe({"A": "1", "B": "1"}, {"A": None, "B": None}) == "Remove A, B config vars"
    assert describe({"A": "1"}, {"A": "1", "B": "2"}) == "Set B config vars", "an unchanged one is not named"

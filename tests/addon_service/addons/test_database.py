"""The product's own rules."""

import re

import pytest

from addon_service.addons.database import Database
from addon_service.credentials import Credential
from addon_service.datastore.base import DatastoreAway, database_name
from addon_service.errors import Invalid, Unavailable

from ..customer import DatabasePartner
from ..fake_engine import FakeEngine, failing
from ..partner import UUID


@pytest.fixture
def product(db: DatabasePartner) -> Database:
    db.ready()
    return db.service.database


def test_config_carries_the_login_under_the_declared_name(product: Database) -> None:
    with product.store.read() as tx:
        config = product.config(tx, UUID, Credential(7, 2, "s"))
        name = product.name(tx, UUID)
    assert config == {"DATABASE_URL": f"postgres://{name}_2:s@db.test:5432/{name}"}
    assert product.config_vars == ("DATABASE_URL",)


def test_names_come_of_chance_and_fit_every_server() -> None:
    names = {database_name(f"{n:08x}-aaaa-4bbb-8ccc-{n:012x}") for n in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"d[0-9a-f]{20}", name) for name in names)
    assert len("d" + "0" * 20 + "_" + "9" * 10) <= 32, "a MySQL user name, with its number"


def test_the_name_is_not_made_of_the_uuid(product: Database) -> None:
    with product.store.read() as tx:
        assert product.name(tx, UUID).removeprefix("d") not in UUID.replace("-", "")


def test_plans_are_those_of_the_settings_in_their_order(product: Database) -> None:
    assert list(product.plans) == ["test", "basic", "premium"]
    assert "500 MB, 10 connections" in product.welcome("premium")


def test_a_plan_fits_as_long_as_it_holds_what_was_found(product: Database, engine: FakeEngine) -> None:
    engine.bytes = 12_340_000
    with product.store.read() as tx:
        product.check_plan(tx, UUID, "test")
    product.survey(UUID)
    with product.store.read() as tx:
        with pytest.raises(Invalid, match=r"12.3 of 10 MB"):
            product.check_plan(tx, UUID, "test")
        with pytest.raises(Invalid, match="does not exist"):
            product.check_plan(tx, UUID, "gold")
        usage = product.usage(tx, UUID, "retired-plan")
    assert (usage.stored, usage.limit) == (12_340_000, 0)


def test_a_survey_that_fails_leaves_what_was_known(product: Database, engine: FakeEngine) -> None:
    product.survey(UUID)
    engine.fault = failing("use", DatastoreAway("away"))
    with pytest.raises(DatastoreAway):
        product.survey(UUID)
    with product.store.read() as tx:
        assert product.usage(tx, UUID, "basic").stored == 8_000_000
        assert product.facts(tx, UUID, 10)["database"]["connections"] == 3


def test_it_is_open_while_there_is_a_server(product: Database, engine: FakeEngine) -> None:
    product.check_open()
    engine.absent = "no wheel"
    with pytest.raises(Unavailable, match="no wheel"):
        product.check_open()

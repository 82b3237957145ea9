"""The product's own rules."""

import pytest

from addon_service.addons.exceptions import Exceptions, Report
from addon_service.credentials import Credential
from addon_service.errors import Invalid, PlanLimit
from addon_service.service import Service

from ..partner import UUID, Partner


@pytest.fixture
def product(service: Service, partner: Partner) -> Exceptions:
    partner.provision()
    return service.exceptions


def test_config_carries_the_secret_under_the_declared_name(product: Exceptions, service: Service) -> None:
    with service.store.read() as tx:
        config = product.config(tx, UUID, Credential(1, 1, "s"))
    assert config == {"EXCEPTIONS_URL": "http://partner.test/accounts/s"}
    assert product.config_vars == ("EXCEPTIONS_URL",)


def test_plans_are_those_of_the_settings_in_their_order(product: Exceptions) -> None:
    assert list(product.plans) == ["test", "basic", "premium"]
    assert "up to 10" in product.welcome("premium")


def test_a_plan_fits_as_long_as_it_holds_what_is_stored(product: Exceptions, service: Service) -> None:
    with service.store.write() as tx:
        for number in range(3):
            product.add(tx, UUID, "basic", Report("m"), f"id-{number}", "t")
            if number == 1:
                product.check_plan(tx, UUID, "test")
        with pytest.raises(Invalid, match="3 are stored"):
            product.check_plan(tx, UUID, "test")
        with pytest.raises(Invalid, match="does not exist"):
            product.check_plan(tx, UUID, "gold")


def test_a_plan_that_is_no_longer_sold_takes_nothing_more(product: Exceptions, service: Service) -> None:
    with service.store.write() as tx, pytest.raises(PlanLimit, match="up to 0"):
        product.add(tx, UUID, "retired-plan", Report("m"), "id", "t")


def test_erasing_leaves_nothing(product: Exceptions, service: Service) -> None:
    with service.store.write() as tx:
        product.add(tx, UUID, "basic", Report("m"), "id", "t")
        product.erase(tx, UUID)
        assert product.latest(tx, UUID, 10) == []
        assert product.usage(tx, UUID, "basic").stored == 0

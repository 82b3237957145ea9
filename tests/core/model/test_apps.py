"""Names of apps that are made of other names."""

import pytest

from platform_sim.core.model.apps import legacy_number


def test_the_number_in_a_heroku_id() -> None:
    assert legacy_number("app123@heroku.com") == 123


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme",
        "app123",
        "123@heroku.com",
        "app@heroku.com",
        "app1@kensa.heroku.com",
        "app-1@heroku.com",
        "app 1@heroku.com",
    ]
    + ["appapp1@heroku.com", "app1@heroku.com@heroku.com", "app\u0661@heroku.com", "app" + "9" * 30 + "@heroku.com"],
)
def test_what_is_no_heroku_id(text: str) -> None:
    assert legacy_number(text) is None

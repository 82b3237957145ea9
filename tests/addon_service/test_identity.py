"""The shared secrets: given, or made once."""

from pathlib import Path

from addon_service.folder import DataFolder
from addon_service.identity import load_identity
from addon_service.settings import PRODUCTS, load

from .heroku import FrozenClock


def test_missing_secrets_are_made_once_for_all_who_ask(tmp_path: Path) -> None:
    first = load_identity(load({}).product("exceptions"), DataFolder(tmp_path), FrozenClock())
    again = load_identity(load({}).product("exceptions"), DataFolder(tmp_path), FrozenClock())
    assert first.password == again.password != ""
    assert first.sso_salt == again.sso_salt not in ("", first.password)


def test_given_secrets_are_used_and_not_written_down(tmp_path: Path) -> None:
    environment = {"ADDON_PASSWORD": "p", "ADDON_SSO_SALT": "s", "ADDON_CLIENT_SECRET": "c"}
    identity = load_identity(load(environment).product("exceptions"), DataFolder(tmp_path), FrozenClock())
    assert (identity.password, identity.sso_salt, identity.client_secret()) == ("p", "s", "c")
    assert list(tmp_path.iterdir()) == []
    assert "'p'" not in repr(identity)


def test_the_client_secret_is_read_at_each_use(tmp_path: Path) -> None:
    identity = load_identity(load({}).product("exceptions"), DataFolder(tmp_path), FrozenClock())
    assert identity.client_secret() is None
    (tmp_path / "client-secret").write_text("one\n")
    assert identity.client_secret() == "one"
    (tmp_path / "client-secret").write_text("two\n")
    assert identity.client_secret() == "two"


def test_the_prefix_is_the_slug_in_the_manner_of_variables(tmp_path: Path) -> None:
    identity = load_identity(
        load({"ADDON_SLUG": "acme-errors"}).product("exceptions"), DataFolder(tmp_path), FrozenClock()
    )
    assert (identity.prefix, identity.config_var) == ("ACME_ERRORS", "ACME_ERRORS_URL")


def test_each_product_has_secrets_of_its_own(tmp_path: Path) -> None:
    folder, settings = DataFolder(tmp_path), load({"ADDON_DATABASE_CLIENT_SECRET": ""})
    clock = FrozenClock()
    own, other = (load_identity(settings.product(key), folder, clock) for key in PRODUCTS)
    assert (own.slug, other.slug, other.config_var) == ("exceptions", "database", "DATABASE_URL")
    assert len({own.password, own.sso_salt, other.password, other.sso_salt}) == 4
    (tmp_path / "client-secret").write_text("one\n")
    (tmp_path / "database-client-secret").write_text("two\n")
    assert (own.client_secret(), other.client_secret()) == ("one", "two")

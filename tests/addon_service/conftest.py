"""A partner for each test: real store in a temporary folder, frozen clock, played Heroku, no threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from addon_service.app import create_app, service_of
from addon_service.service import Service
from addon_service.settings import Settings, load

from .compiled import TEMPLATES, once
from .customer import DATABASE_ENVIRONMENT, DatabasePartner
from .fake_engine import FakeEngine
from .heroku import FakeHeroku, FrozenClock
from .partner import ENVIRONMENT, Partner


@pytest.fixture(scope="session", autouse=True)
def rules_are_compiled_once() -> Iterator[None]:
    """There is an application for each test, and all have the same rules."""
    with once():
        yield


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def heroku() -> FakeHeroku:
    return FakeHeroku()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(ENVIRONMENT, data=tmp_path / "data")


@pytest.fixture
def app(settings: Settings, clock: FrozenClock, heroku: FakeHeroku) -> Iterator[Flask]:
    app = create_app(settings, clock, heroku)
    app.jinja_env.bytecode_cache = TEMPLATES
    yield app
    service_of(app).close()


@pytest.fixture
def service(app: Flask) -> Service:
    return service_of(app)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def db(tmp_path: Path, clock: FrozenClock, heroku: FakeHeroku, engine: FakeEngine) -> Iterator[DatabasePartner]:
    """The partner as Heroku's customer of its database, over a server that is a dictionary."""
    partner = DatabasePartner(create_app(load(DATABASE_ENVIRONMENT, data=tmp_path / "data"), clock, heroku, engine))
    yield partner
    partner.service.close()


@pytest.fixture
def partner(app: Flask) -> Partner:
    return Partner(app)

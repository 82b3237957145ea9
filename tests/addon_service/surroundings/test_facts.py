"""What is written down of an instance's surroundings."""

from datetime import timedelta

import pytest

from addon_service.service import Service
from addon_service.surroundings.answers import Attachment, Instance, Person, Ref
from addon_service.surroundings.facts import Seen, app_names, asked_at, forget, keep_seen, known

from ..heroku import START
from ..partner import UUID, Partner

SEEN = Seen(
    START,
    Instance("x", "basic", Ref("app-1", "shop")),
    (Attachment("2", "BLUE", "app-2", "annex"), Attachment("1", "EXCEPTIONS", "app-1", "shop")),
    (Person("a@x.test", ("owner", "admin")), Person("b@x.test", ("member",))),
    None,
)


@pytest.fixture
def store(service: Service, partner: Partner) -> object:
    partner.provision(oauth_grant=None)
    return service.store


def test_before_the_first_look_nothing_is_known(service: Service, store: object) -> None:
    with service.store.read() as tx:
        assert (known(tx, UUID).asked_at, known(tx, UUID).apps, asked_at(tx, UUID)) == (None, [], None)
        assert app_names(tx, UUID) == {}


def test_what_was_seen_is_known_the_owning_app_first(service: Service, store: object) -> None:
    with service.store.write() as tx:
        assert keep_seen(tx, UUID, SEEN)
        found = known(tx, UUID)
        assert [each["app"] for each in found.apps] == ["shop", "annex"]
        assert [each["owner"] for each in found.apps] == [True, False]
        assert [(each["email"], each["roles"]) for each in found.people] == [
            ("a@x.test", ["owner", "admin"]),
            ("b@x.test", ["member"]),
        ]
        assert found.asked_at == "2026-03-04T05:06:07Z"
        assert app_names(tx, UUID) == {"app-1": "shop", "app-2": "annex", "": "shop"}


def test_an_earlier_question_changes_nothing(service: Service, store: object) -> None:
    early = Seen(START - timedelta(seconds=1), SEEN.instance, (), (), "nobody")
    with service.store.write() as tx:
        keep_seen(tx, UUID, SEEN)
        assert not keep_seen(tx, UUID, early)
        assert len(known(tx, UUID).apps) == 2


def test_an_attachment_that_is_listed_twice_is_one(service: Service, store: object) -> None:
    twice = Seen(START, SEEN.instance, (SEEN.attachments or ()) * 2, (), None)
    with service.store.write() as tx:
        assert keep_seen(tx, UUID, twice)
        assert len(known(tx, UUID).apps) == 2


def test_nothing_is_left(service: Service, store: object) -> None:
    with service.store.write() as tx:
        keep_seen(tx, UUID, SEEN)
        forget(tx, UUID)
        assert known(tx, UUID) == known(tx, "another")

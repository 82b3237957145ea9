"""What is read from Heroku's answers."""

from typing import Any

import pytest

from addon_service.surroundings.answers import (
    MOST_PEOPLE,
    Attachment,
    Instance,
    Owner,
    Person,
    Ref,
    merged,
    read_attachments,
    read_collaborators,
    read_instance,
    read_members,
    read_owner,
)

ODD: list[Any] = [None, 5, "x", [], {}, {"app": None}, {"app": {"name": None}}, {"owner": 5}, {"owner": {"email": 5}}]


@pytest.mark.parametrize("body", ODD)
def test_what_has_not_its_shape_is_left_out(body: Any) -> None:
    assert read_instance(body) is None
    assert read_owner(body) is None
    for read in (read_attachments, read_collaborators):
        assert not read(body)
        assert not read([body])
    assert read_members([body], "acme") == []


def test_an_instance_has_a_name_a_plan_and_an_app() -> None:
    app = {"id": "app-1", "name": "shop"}
    whole = {"name": "exceptions-flat-1", "plan": {"id": "p", "name": "exceptions:basic"}, "app": app}
    assert read_instance(whole) == Instance("exceptions-flat-1", "basic", Ref("app-1", "shop"))
    assert read_instance({"name": "", "plan": {"name": "x:"}, "app": app}) == Instance(None, None, Ref("app-1", "shop"))


def test_an_attachment_without_ids_is_known_by_its_names() -> None:
    assert read_attachments([{"name": "BLUE", "app": {"name": "shop"}, "log_input_url": 5}]) == (
        Attachment("shop BLUE", "BLUE", "shop", "shop"),
    )


@pytest.mark.parametrize(
    ("body", "owner"),
    [
        ({"owner": {"email": "a@x.test"}, "team": None}, Owner("a@x.test", None)),
        ({"owner": {"email": "acme@herokumanager.com"}}, Owner("acme@herokumanager.com", "acme")),
        ({"owner": {"email": "b@x.test"}, "team": {"id": "t", "name": "acme"}}, Owner("b@x.test", "acme")),
    ],
)
def test_an_owner_is_a_person_or_a_team(body: Any, owner: Owner) -> None:
    assert read_owner(body) == owner


def test_people_are_told_apart_by_address_and_keep_every_role() -> None:
    named = [
        ("Ana@x.test", "owner"),
        *read_collaborators([{"user": {"email": "ana@x.test"}, "role": "admin"}, {"user": {"email": "bob@x.test"}}]),
        *read_collaborators([{"user": {"email": "acme@herokumanager.com"}, "role": "owner"}]),
        *read_members([{"email": "bob@x.test", "role": "member"}, {"user": {"email": "eve@x.test"}}], "acme"),
        ("ana@x.test", "owner"),
    ]
    assert merged(named) == (
        Person("Ana@x.test", ("owner", "admin")),
        Person("bob@x.test", ("collaborator", "member of team acme")),
        Person("eve@x.test", ("member of team acme",)),
    )


def test_there_is_an_end_to_people() -> None:
    assert len(merged([(f"{number}@x.test", "member") for number in range(999)])) == MOST_PEOPLE

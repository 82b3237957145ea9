"""Heroku's answers about what surrounds an instance, read into what we use of them. Pure.

An answer may hold anything: what has not the shape of partner-api §4.3 is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TEAM_DOMAIN = "@herokumanager.com"  # of the address that owns a team's apps
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Ref:
    """A thing by id and name."""

    id: str
    name: str


@dataclass(frozen=True)
class Instance:
    """The add-on itself: its name, its plan as a short slug, and the app that it is billed to."""

    name: str | None
    plan: str | None
    app: Ref


@dataclass(frozen=True)
class Attachment:
    """Where the instance is attached. `owner_id`: the app that it is billed to."""

    id: str
    name: str
    app_id: str
    app: str
    owner_id: str | None = None
    log_input_url: str | None = field(repr=False, default=None)


@dataclass(frozen=True)
class Owner:
    """Who owns an app: a person, or a team."""

    email: str
    team: str | None


@dataclass(frozen=True)
class Person:
    """Who may enter, and as what."""

    email: str
    roles: tuple[str, ...]


def read_instance(body: Any) -> Instance | None:
    """Of `GET /addons/:id`."""
    app, plan = _ref(body, "app"), _ref(body, "plan")
    if app is None:
        return None
    name = body.get("name")
    return Instance(
        name if isinstance(name, str) and name else None, plan and plan.name.rpartition(":")[2] or None, app
    )


def read_attachments(body: Any) -> tuple[Attachment, ...]:
    """Of `GET /addons/:id/addon-attachments`."""
    found = []
    for item in _items(body):
        app, owner, url = _ref(item, "app"), _ref(item.get("addon"), "app"), item.get("log_input_url")
        if app is not None and isinstance(item.get("name"), str):
            id = item["id"] if isinstance(item.get("id"), str) else f"{app.id} {item['name']}"
            owner_id, url = None if owner is None else owner.id, url if isinstance(url, str) and url else None
            found.append(Attachment(id, item["name"], app.id, app.name, owner_id, url))
    return tuple(found)


def read_owner(body: Any) -> Owner | None:
    """Of `GET /apps/:app`. A team shows as `team`, and in the address that owns its apps."""
    owner = body.get("owner") if isinstance(body, dict) else None
    email = owner.get("email") if isinstance(owner, dict) else None
    if not isinstance(email, str):
        return None
    team = _ref(body, "team")
    name = team.name if team is not None else email.removesuffix(TEAM_DOMAIN) if email.endswith(TEAM_DOMAIN) else None
    return Owner(email, name)


def read_collaborators(body: Any) -> list[tuple[str, str]]:
    """E-mail and role of each, of `GET /apps/:app/collaborators`."""
    return [(email, _role(item, "collaborator")) for item in _items(body) if (email := _email(item.get("user")))]


def read_members(body: Any, team: str) -> list[tuple[str, str]]:
    """E-mail and role of each, of `GET /teams/:team/members`."""
    found = [(_email(item) or _email(item.get("user")), _role(item, "member")) for item in _items(body)]
    return [(email, f"{role} of team {team}") for email, role in found if email]


def merged(named: list[tuple[str, str]]) -> tuple[Person, ...]:
    """One person for each address, with all roles, in the order in which they were named first."""
    roles: dict[str, list[str]] = {}
    shown: dict[str, str] = {}
    for email, role in named:
        if email.lower().endswith(TEAM_DOMAIN):
            continue  # a team, not a person
        shown.setdefault(email.lower(), email)
        held = roles.setdefault(email.lower(), [])
        if role not in held:
            held.append(role)
    return tuple(Person(shown[key], tuple(held)) for key, held in roles.items())[:MOST_PEOPLE]


def _items(body: Any) -> Iterator[dict[str, Any]]:
    return (item for item in (body if isinstance(body, list) else []) if isinstance(item, dict))


def _ref(thing: Any, key: str) -> Ref | None:
    inner = thing.get(key) if isinstance(thing, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or not isinstance(name, str):
        return None
    return Ref(inner["id"] if isinstance(inner.get("id"), str) else name, name)


def _email(thing: Any) -> str | None:
    email = thing.get("email") if isinstance(thing, dict) else None
    return email if isinstance(email, str) and email else None


def _role(item: dict[str, Any], usual: str) -> str:
    role = item.get("role")
    return role if isinstance(role, str) and role else usual

"""What an operator says of services and plans, read from JSON or YAML. Every mistake is noted with its place. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlsplit

from platform_sim.core.model.addons import ABILITIES, PLAN_STATES, PlanState, ServiceState
from platform_sim.core.model.values import PROCESS_TYPE, is_uuid, kind

MOST_CENTS = 10_000_000
LONGEST = 1000
"""Characters of a text: a name, a description, a secret."""


@dataclass(frozen=True)
class PlanSpec:
    """What an operator says of a plan. None leaves things as they are; a new plan is free, and named by its slug."""

    name: str
    cents: int | None = None
    """A month; 0 is free."""
    human_name: str | None = None
    description: str | None = None
    state: PlanState | None = None
    default: bool | None = None
    passes: tuple[str, ...] | None = None
    actions: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True)
class ServiceSpec:
    """What an operator says of a service. None leaves things as they are; `local` "" takes the address away."""

    state: ServiceState | None = None
    local: str | None = None
    abilities: tuple[str, ...] | None = None
    client_secret: str | None = None
    plans: tuple[PlanSpec, ...] = ()


@dataclass(frozen=True)
class ServiceSeed:
    """A service that an operator wants to be there: its valid manifest, and what else is said of it."""

    manifest: dict[str, Any]
    spec: ServiceSpec


@dataclass(frozen=True, order=True)
class Mistake:
    """Something that cannot be used: where it stands (`plans[0].cents`), what is wrong and what is wanted."""

    path: str
    what: str

    def __str__(self) -> str:
        """As a sentence; the value itself is not told, it may be a secret."""
        return f"{self.path} {self.what}."


Read = Callable[[str, Any, list[Mistake]], Any]
"""(path, value, notes) -> the value to use; what is wrong is added to the notes, and the result is then of no use."""


def check(is_good: Callable[[Any], bool], wanted: str) -> Read:
    """A value that passes a test as it is."""

    def read(path: str, value: Any, notes: list[Mistake]) -> Any:
        if not is_good(value):
            notes.append(Mistake(path, f"must be {wanted}{_instead(value)}"))
        return value

    return read


def _instead(value: Any) -> str:
    return "" if isinstance(value, str) else f", not {kind(value)}"


def list_of(item: Read) -> Read:
    """A list whose items are all read, as a tuple."""

    def read(path: str, value: Any, notes: list[Mistake]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            notes.append(Mistake(path, f"must be a list, not {kind(value)}"))
            return ()
        return tuple(item(f"{path}[{index}]", each, notes) for index, each in enumerate(value))

    return read


def read_fields(
    path: str, given: Any, notes: list[Mistake], fields: Mapping[str, Read], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The known fields of an object that are not null. A field that there is not is a mistake: most are misspelt."""
    if not isinstance(given, dict):
        notes.append(Mistake(path or "this", f"must be an object, not {kind(given)}"))
        return {}
    below = f"{path}." if path else ""
    for name in given:
        if name not in fields:
            notes.append(Mistake(f"{below}{str(name)[:64]}", f"is not a field here; there are {', '.join(fields)}"))
    for name in required:
        if given.get(name) is None:
            notes.append(Mistake(f"{below}{name}", "is missing"))
    known = {name: given[name] for name in fields if given.get(name) is not None}
    return {name: fields[name](below + name, value, notes) for name, value in known.items()}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST and "\x00" not in value


def _is_email(value: Any) -> bool:
    return _is_text(value) and "@" in value.strip("@") and not any(c.isspace() for c in value)


def _is_cents(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_CENTS


def _is_slug(value: Any) -> bool:
    return isinstance(value, str) and PROCESS_TYPE.fullmatch(value) is not None


def _is_url(value: Any) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (ValueError, AttributeError, TypeError):
        return False


def is_local_place(value: Any) -> bool:
    """Whether it is scheme, host and port alone, such as `http://localhost:5300`, or empty."""
    if value == "":
        return True
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        return False
    return _is_url(value) and value.count("/") == 2 and not set("@?#") & set(value)


def _among(names: tuple[str, ...]) -> Read:
    def read(path: str, value: Any, notes: list[Mistake]) -> Any:
        if not isinstance(value, str) or value not in names:
            given = ascii(value)[:64] if isinstance(value, str) else kind(value)
            notes.append(Mistake(path, f"must be one of {', '.join(names)}, not {given}"))
        return value

    return read


TEXT = check(_is_text, f"a text that is not blank, of at most {LONGEST} characters")
SWITCH = check(lambda value: isinstance(value, bool), "true or false")

ACTION: dict[str, Read] = {
    "id": check(lambda value: isinstance(value, str) and is_uuid(value), "a uuid; leave it out and one is made"),
    "label": TEXT,
    "action": TEXT,
    "url": check(_is_url, "a URL with http or https"),
    "requires_owner": SWITCH,
}


def _action(path: str, value: Any, notes: list[Mistake]) -> dict[str, Any]:
    read = read_fields(path, value, notes, ACTION, ("label",))
    if isinstance(value, dict) and ("action" in read) == ("url" in read):
        notes.append(Mistake(path, "must have `action`, which is sent at the login, or `url` instead of it"))
    return read


PLAN: dict[str, Read] = {
    "name": check(_is_slug, "a slug of letters, digits, - and _ (at most 128)"),
    "cents": check(_is_cents, f"a whole number from 0 to {MOST_CENTS}, the price of a month in cents"),
    "human_name": TEXT,
    "description": TEXT,
    "state": _among(tuple(PLAN_STATES)),
    "default": SWITCH,
    "passes": list_of(check(_is_email, "an e-mail address")),
    "actions": list_of(_action),
}


def _plans(path: str, value: Any, notes: list[Mistake]) -> tuple[PlanSpec, ...]:
    before = len(notes)
    plans = list_of(lambda at, each, to: read_fields(at, each, to, PLAN, ("name",)))(path, value, notes)
    if len(notes) > before:
        return ()
    for index, plan in enumerate(plans):
        if plan["name"] in [each["name"] for each in plans[:index]]:
            notes.append(Mistake(f"{path}[{index}].name", "is the slug of an earlier plan in this list"))
    if sum(plan.get("default", False) for plan in plans) > 1:
        notes.append(Mistake(path, "must not have two plans with `default`"))
    return tuple(PlanSpec(**plan) for plan in plans)


SERVICE: dict[str, Read] = {
    "state": _among(get_args(ServiceState)),
    "local": check(
        is_local_place, "scheme, host and port alone, such as http://localhost:5300; the manifest has the path"
    ),
    "abilities": list_of(_among(tuple(ABILITIES))),
    "client_secret": TEXT,
    "plans": _plans,
}


def read_service(given: Any) -> tuple[ServiceSpec, list[Mistake]]:
    """What an object says of a service; with mistakes, the first is of no use."""
    notes: list[Mistake] = []
    read = read_fields("", given, notes, SERVICE)
    return (ServiceSpec() if notes else ServiceSpec(**read)), notes


def read_plan(given: Any, name: str) -> tuple[PlanSpec, list[Mistake]]:
    """What an object says of the plan `name`, whose slug never changes (partner-api §1.5)."""
    notes: list[Mistake] = []
    PLAN["name"]("the plan's name", name, notes)
    read = read_fields("", given, notes, PLAN)
    if read.get("name", name) != name:
        notes.append(Mistake("name", f"must be {name}: a plan's slug never changes; add another plan instead"))
    return (PlanSpec(name) if notes else PlanSpec(**{**read, "name": name})), notes

"""What a verb is: its sentence, what may stand behind it, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_sim.core.model.moments import read_length, read_moment, read_start
from platform_sim.core.model.values import ADDON_NAME, APP_NAME, ATTACHMENT_NAME, CONFIG_VAR, PROCESS_TYPE
from platform_sim.scenarios.kinds import AnyJson, Choice, Kind, Nothing, Text, Whole
from platform_sim.scenarios.scene import Scene, Seen
from platform_sim.scenarios.shapes import Brings, Either, Field, ListOf, MapOf, Obj, Ref

Json = dict[str, Any]
Act = Callable[[Scene, Json], Seen]

TEXT = Text()
LENGTH = Text("a length of time, as in 90s, 9h or 1d12h", test=read_length)
MOMENT = Text("a time, as in 2026-03-01T12:00:00Z", test=read_moment)
START = Text("a time, as in 2026-03-01T12:00:00Z", test=read_start)
METHOD = Choice(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
PATH = Text("a path that begins with /", r"/.*")
APP, ADDON, SERVICE, USER = Ref("app"), Ref("add-on"), Ref("service"), Ref("user")
PLAN = Ref("plan")
NEW_APP = Brings("app", APP_NAME.pattern, "a name for an app: small letters, digits and dashes")
NEW_ADDON = Brings(
    "add-on",
    ADDON_NAME.pattern,
    "a name for an add-on: a letter, then letters, digits, - and _, at least two characters in all",
)
AS = Text("a name of great letters, digits and _", ATTACHMENT_NAME.pattern)
CONFIG = MapOf(Either((Text(empty=True), Nothing())), "name of a config var", CONFIG_VAR.pattern)
COUNTS = MapOf(Whole(0, 1000), "process type", PROCESS_TYPE.pattern)
OPTIONS = MapOf(Text(empty=True), "option")
HEADERS = MapOf(Text(empty=True), "header", r"[A-Za-z0-9-]+")
COMMAND = ListOf(TEXT, 1)
ENVIRONMENT = MapOf(Text(empty=True), "variable", CONFIG_VAR.pattern)
BODY = AnyJson()


@dataclass(frozen=True)
class Verb:
    """One thing that a step can do. `short`: the field that is meant when a text stands alone; `looks`: it changes
    nothing, so that `within` may do it again."""

    sentence: str
    kind: Kind
    act: Act
    short: str = ""
    looks: bool = False

    def given(self, value: Any) -> Json:
        """What stands behind it, as an object."""
        return value if isinstance(value, dict) else {self.short: value} if self.short else {}


def verb(
    sentence: str,
    act: Act,
    fields: Mapping[str, tuple[Kind, str]],
    required: tuple[str, ...] = (),
    *,
    one: tuple[str, ...] = (),
    short: str = "",
    looks: bool = False,
) -> Verb:
    """A verb with fields; with `short`, the text that field takes may stand alone."""
    shape = Obj({name: Field(*each) for name, each in fields.items()}, required, one)
    kinds: list[Kind] = [shape]
    if short:
        kinds.append(fields[short][0])
    if not required and not one and not short:
        kinds.append(Nothing())
    return Verb(sentence, Either(tuple(kinds)) if len(kinds) > 1 else shape, act, short, looks)

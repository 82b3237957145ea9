"""The language of scenario files, in one table: what there is, of which kind, in a sentence. Pure.

The check (`document.py`), the published schema (`schema.py`) and the tables of docs/scenarios.md are made of it.
"""

from platform_sim.core.model.addons import ABILITIES, PLAN_STATES
from platform_sim.core.model.catalog import is_local_place
from platform_sim.core.model.values import ADDON_NAME, APP_NAME, ATTACHMENT_NAME, CONFIG_VAR
from platform_sim.scenarios.kinds import AnyJson, Choice, Nothing, Switch, Text, Whole
from platform_sim.scenarios.matching import Matcher, Var, check_path, check_pattern
from platform_sim.scenarios.shapes import Brings, Either, Field, ListOf, MapOf, Obj
from platform_sim.scenarios.verb import (
    ADDON,
    AS,
    COMMAND,
    CONFIG,
    COUNTS,
    ENVIRONMENT,
    LENGTH,
    OPTIONS,
    PLAN,
    SERVICE,
    START,
    TEXT,
    USER,
)
from platform_sim.scenarios.verbs_faults import SECTION as FAULT
from platform_sim.scenarios.verbs_faults import VERBS as FAULTS
from platform_sim.scenarios.verbs_load import VERBS as LOAD
from platform_sim.scenarios.verbs_nouns import VERBS as NOUNS
from platform_sim.scenarios.verbs_partner import VERBS as PARTNER_VERBS
from platform_sim.scenarios.verbs_world import VERBS as WORLD

VERBS = {**NOUNS, **WORLD, **PARTNER_VERBS, **LOAD, **FAULTS}
VALUE_NAME = r"[a-z][a-z0-9_]*"
SLUG = r"[a-z][a-z0-9_-]*"
STATES = ("provisioning", "provisioned", "deprovisioning", "gone")
IS = ("set", "unset", "changed", "unchanged")


def _place(text: str) -> None:
    if not is_local_place(text) or not text:
        raise ValueError(
            "must be scheme, host and port alone, such as http://localhost:5300; the manifest has the path"
        )


def _plan(text: str) -> None:
    name, _, cents = text.partition("=")
    if not name or (cents and not cents.isdecimal()):
        raise ValueError("must be the name of a plan, or NAME=CENTS, as in pro=900")


VALUE = Either(
    (
        TEXT,
        Whole(-(2**53), 2**53),
        Switch(),
        Obj({"random": Field(Whole(1, 128), "So many characters, made up.")}, ("random",)),
    )
)
PLAN_WISH = Either(
    (
        Text("the name of a plan, or NAME=CENTS", test=_plan),
        Obj(
            {
                "name": Field(TEXT, "Its slug."),
                "cents": Field(Whole(), "The price of a month in cents; 0 is free."),
                "human_name": Field(TEXT, "Its name for people."),
                "description": Field(TEXT, "What it is."),
                "state": Field(Choice(tuple(PLAN_STATES)), "Who may buy it."),
                "default": Field(Switch(), "Whether the service alone means this plan."),
                "passes": Field(ListOf(TEXT), "Who is invited, by e-mail."),
                "actions": Field(ListOf(AnyJson()), "Actions, as in docs/your-own-partner.md."),
            },
            ("name",),
        ),
    )
)
ANSWER = Obj(
    {
        "method": Field(Choice(("POST", "PUT", "DELETE", "GET")), "Of the request."),
        "status": Field(Whole(100, 599), "Of the answer."),
        "body": Field(AnyJson(), "A text as it is, all else as JSON."),
        "times": Field(Whole(1, 1000), "For how many requests; else one."),
    },
    ("method", "status"),
)
PARTNER = Either(
    (
        Choice(("scripted",)),
        Obj(
            {
                "url": Field(Text("a place", test=_place), "It runs there."),
                "command": Field(COMMAND, "A program that is started and ended with the scenario."),
                "same as": Field(SERVICE, "The program of another service."),
                "scripted": Field(ListOf(ANSWER), "One that answers so, and when it is not told, does all right."),
                "environment": Field(ENVIRONMENT, "Of the program."),
                "folder": Field(TEXT, "Where the program is started, relative to the file."),
            },
            one=("url", "command", "same as", "scripted"),
        ),
    )
)
MANIFEST = Either(
    (
        Text("the name of a file"),
        Obj(
            {
                "command": Field(COMMAND, "A program that prints it."),
                "environment": Field(ENVIRONMENT, "Of the program."),
            },
            ("command",),
            mark="command",
        ),
        AnyJson(),
    )
)
SERVICE_WISH = Obj(
    {
        "manifest": Field(MANIFEST, "The manifest, the name of its file, or a command that prints it."),
        "plans": Field(ListOf(PLAN_WISH), "`free`, `pro=900` (cents a month) or an object; the first is the default."),
        "partner": Field(PARTNER, "Who answers; left out, whoever is where the manifest says."),
        "state": Field(Choice(("alpha", "beta", "ga", "shutdown")), "As in the Partner Portal."),
        "abilities": Field(ListOf(Choice(tuple(ABILITIES))), "What is enabled for the service."),
        "client_secret": Field(TEXT, "Made up if it is left out."),
        "elsewhere": Field(Switch(), "Whether its partner may be asked on another machine, where it is; else refused."),
        "optional": Field(Switch(), "If it cannot be had here, steps that are `for` it are left out."),
    }
)
ORDER = Either(
    (
        PLAN,
        Obj(
            {
                "plan": Field(PLAN, "As `service:plan`."),
                "as": Field(AS, "The name of the attachment."),
                "options": Field(OPTIONS, "What the partner is told besides."),
            },
            ("plan",),
        ),
    )
)
APP_WISH = Either(
    (
        Nothing(),
        Obj(
            {
                "owner": Field(USER, "Whose it is; else of whoever plays."),
                "config": Field(CONFIG, "Config vars that the owner sets."),
                "addons": Field(MapOf(ORDER, "name of an add-on", ADDON_NAME.pattern, "add-on"), "Name to plan."),
                "attachments": Field(
                    MapOf(ADDON, "name of an attachment", ATTACHMENT_NAME.pattern), "Name to add-on of any app."
                ),
                "deploy": Field(TEXT, "A folder that is built and released, relative to the file."),
                "scale": Field(COUNTS, "Process type to number of dynos."),
            }
        ),
    )
)
PATH_IN = Text("a path", test=check_path)
SAVED_PART = Obj(
    {
        "path": Field(PATH_IN, "A path into the answer."),
        "find": Field(Text("a regular expression", test=check_pattern), "What its first group finds there is saved."),
    },
    ("path", "find"),
)
WORDS = Either((TEXT, ListOf(TEXT, 1), Matcher()))
VAR = Var(said=IS)
ADDON_IS = Either(
    (
        Choice(STATES),
        Obj({"state": Field(Choice(STATES), "Its state."), "plan": Field(PLAN, "Its plan.")}),
    )
)


def _of_each(kind: object, noun: str) -> MapOf:
    return MapOf(kind, f"name of an {noun}" if noun[0] == "a" else noun, noun=noun, refers=True)  # type: ignore[arg-type]


EXPECT = Obj(
    {
        "status": Field(Whole(100, 599), "Of the answer."),
        "error": Field(TEXT, "The id of the error that is answered."),
        "message": Field(WORDS, "What the error says: a part of it, or matchers."),
        "json": Field(MapOf(Matcher(), "path", r".*"), "Path into the answer to what is there."),
        "text": Field(WORDS, "A part of the page, or of what a program has said; several; or matchers."),
        "config": Field(
            _of_each(MapOf(VAR, "name of a config var", CONFIG_VAR.pattern), "app"),
            "App to config var to set, unset, changed or unchanged by the step, a value, or matchers.",
        ),
        "addons": Field(_of_each(ADDON_IS, "add-on"), "Add-on to its state, or state and plan."),
        "releases": Field(_of_each(Whole(), "app"), "App to the number of its releases."),
        "new releases": Field(_of_each(Whole(), "app"), "App to the number of releases that the step has made."),
        "dynos": Field(_of_each(COUNTS, "app"), "App to the dynos that are up on the newest release, and no others."),
        "leaks": Field(Choice(("none",)), "Neither platform nor partner has what the other has not."),
    }
)
STEP = {
    "chapter": Field(TEXT, "A title: what follows belongs to it."),
    "say": Field(TEXT, "What the report tells of the step."),
    "as": Field(USER, "Whose step it is; else of whoever plays."),
    "for": Field(SERVICE, "Left out where this optional service is not there."),
    "within": Field(LENGTH, "Of the wall: so long a step that looks is done again until it is as expected."),
    "expect": Field(EXPECT, "What has to be so afterwards. Without `status` and `error`, an error fails the step."),
    "save": Field(
        MapOf(Either((PATH_IN, SAVED_PART)), "name", VALUE_NAME, "value"),
        "Name to path into the answer: later `${name}`.",
    ),
}
"""Fields of a step beside its verb."""
DOCUMENT = {
    "scenario": Field(TEXT, "A title."),
    "about": Field(TEXT, "What it is good for."),
    "seed": Field(Whole(0, 2**31), "Ids, names and tokens repeat. For a platform of its own."),
    "settings": Field(
        MapOf(Either((TEXT, Whole(), Switch())), "setting", r"[a-z][a-z0-9_]*"),
        "As in docs/settings.md. For a platform of its own.",
    ),
    "frozen_at": Field(START, "The clock stands there from the beginning."),
    "values": Field(MapOf(VALUE, "name", VALUE_NAME, "value"), "Values for `${name}`."),
    "environment": Field(ENVIRONMENT, "Variables of all programs that the file starts."),
    "uses": Field(
        Obj(
            {
                "services": Field(ListOf(Brings("service")), "Services."),
                "apps": Field(ListOf(Brings("app")), "Apps."),
                "addons": Field(ListOf(Brings("add-on")), "Add-ons."),
                "users": Field(ListOf(Brings("user")), "Customers."),
            }
        ),
        "What is there already, so that steps may name it.",
    ),
    "users": Field(
        MapOf(
            Either((Nothing(), Obj({"name": Field(TEXT, "Their name.")}))), "e-mail address", r"[^@\s]+@[^@\s]+", "user"
        ),
        "Customers beside whoever plays.",
    ),
    "services": Field(MapOf(SERVICE_WISH, "name of a service", SLUG, "service"), "Services that are registered."),
    "apps": Field(MapOf(APP_WISH, "name of an app", APP_NAME.pattern, "app"), "Apps with what they have."),
    "faults": Field(ListOf(FAULT), "What is to go wrong in the steps (docs/faults.md)."),
    "steps": Field(AnyJson(), "What is done, in order."),
}
"""Fields of a file. `steps` are read by `document.py`."""

"""Verbs of everybody else: the clock, pages and logins, the partner's own acts, programs, any call of the API."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from platform_sim.scenarios import browser, dynos, services
from platform_sim.scenarios.http import Unreachable, visit
from platform_sim.scenarios.kinds import Choice, Text, Whole
from platform_sim.scenarios.programs import ProgramProblem
from platform_sim.scenarios.scene import Json, Scene, Seen, StepFailed, seen_in
from platform_sim.scenarios.shapes import MapOf
from platform_sim.scenarios.verb import (
    ADDON,
    APP,
    BODY,
    COMMAND,
    ENVIRONMENT,
    HEADERS,
    LENGTH,
    METHOD,
    MOMENT,
    PATH,
    SERVICE,
    TEXT,
    verb,
)
from platform_sim.stand_ins.questions import basic, route

FORM = MapOf(Text(empty=True), "field")


def _ask(scene: Scene, given: Json) -> Seen:
    words = given.get("call", "")
    method, _, path = words.partition(" ") if words else (given.get("method", "GET"), "", given.get("path", ""))
    return scene.seen(method, path.strip(), given.get("body"), headers=given.get("headers"))


def _clock(act: str) -> Any:
    def move(scene: Scene, given: Json) -> Seen:
        return scene.seen("POST", f"/sim/clock/{act}", {k: v for k, v in given.items() if v})

    return move


def _wait_for_addon(scene: Scene, given: Json) -> Seen:
    path, wanted = route("addons", given["addon"]), given.get("state", "provisioned")

    def state() -> str:
        found = scene.seen("GET", path)
        return "gone" if found.status in (404, 410) else str((found.json or {}).get("state"))

    if not dynos.waited(scene, lambda: state() in (wanted, "gone")) or state() != wanted:
        raise StepFailed(f"{given['addon']} is {state()}, not {wanted}")
    return Seen()


def _wait_idle(scene: Scene, given: Json) -> Seen:
    def idle() -> bool:
        return not any(scene.must("GET", "/sim/status")["jobs"].values())

    if not dynos.waited(scene, idle):
        raise StepFailed(
            f"after {dynos.SECONDS:g} s there is still something to do: {scene.must('GET', '/sim/status')['waiting']}"
        )
    return Seen()


def _visit(scene: Scene, given: Json) -> Seen:
    method, path = given.get("method", "GET"), given.get("path", "/")
    headers = {"Accept": "text/html, application/json;q=0.9", **given.get("headers", {})}
    if "app" in given:
        url = f"http://{given['app']}.localhost:{urlsplit(scene.platform.url).port}{path}"
    elif "partner" in given:
        service = scene.service(given["partner"])
        url = service.url + path
        if not service.url:
            raise StepFailed(f"where the partner of {service.name} is, is not known: say `partner` for it")
        if given.get("sign in"):
            headers["Authorization"] = basic(service.name, service.manifest["api"]["password"])
    else:
        url = given["url"]
    body = b""
    if "json" in given:
        body, headers["Content-Type"] = json.dumps(given["json"]).encode(), "application/json"
    elif "form" in given:
        body, headers["Content-Type"] = urlencode(given["form"]).encode(), "application/x-www-form-urlencoded"
    return _seen(method, url, headers, body)


def _seen(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Seen:
    try:
        return seen_in(visit(method, url, headers, body))
    except Unreachable as problem:
        raise StepFailed(str(problem)) from None


def _sign_in(scene: Scene, given: Json) -> Seen:
    """As a browser: the signed form is posted, and a redirect on this machine is followed."""
    addon = scene.must("GET", route("addons", given["addon"]))
    try:
        if "query" in given:
            form = browser.form_at(f"{addon['web_url']}?{urlencode(given['query'])}")
        else:
            found = scene.must("GET", f"{route('addons', addon['id'])}/sso")
            form = browser.Form(found["method"], found["action"], found["params"])
        fields = form.fields | given.get("extra", {})
        if "age" in given:
            salt = str(scene.service(addon["addon_service"]["name"]).manifest["api"]["sso_salt"])
            fields |= services.older(fields, salt, given["age"])
        seen = seen_in(browser.sent(browser.Form(form.method, form.action, fields)))
    except Unreachable as problem:
        raise StepFailed(str(problem)) from None
    return replace(seen, json={"fields": fields}) if seen.json is None else seen


def _run(scene: Scene, given: Json) -> Seen:
    known = {**scene.environment, **services.address_of(scene), **given.get("environment", {})}
    folder = (scene.folder / given.get("folder", ".")).resolve()
    try:
        ended = scene.programs.run(given["command"], known, folder)
    except ProgramProblem as problem:
        raise StepFailed(str(problem)) from None
    if ended.status and "ends with" not in given:
        raise StepFailed(f"`{given['command'][0]}` ended with {ended.status}. It said: {ended.said[-1500:].strip()}")
    if ended.status != given.get("ends with", 0):
        raise StepFailed(f"`{given['command'][0]}` ended with {ended.status}, not with {given['ends with']}")
    return Seen(None, ended.said, services.json_in(ended.said))


CALL = Text("a method and a path, as in GET /apps", r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /.*")
_BODY: Any = {"body": (BODY, "What is sent, as JSON.")}
_ADDON: Any = {"addon": (ADDON, "The add-on, by its name.")}
VERBS = {
    "ask": verb(
        "Any call of the API or of /sim.",
        _ask,
        {
            "call": (CALL, "Method and path in one."),
            "method": (METHOD, "Else GET."),
            "path": (PATH, "Where."),
            **_BODY,
            "headers": (HEADERS, "Besides those that every call has."),
        },
        one=("call", "path"),
        short="call",
        looks=True,
    ),
    "freeze clock": verb("Stop the platform's clock.", _clock("freeze"), {"at": (MOMENT, "A later time; else now.")}),
    "resume clock": verb("Let the clock run on.", _clock("resume"), {}),
    "advance clock": verb(
        "Move the clock forward at once.", _clock("advance"), {"by": (LENGTH, "How far.")}, ("by",), short="by"
    ),
    "run clock": verb(
        "Let what is due be done, one after the other, each at its time.",
        _clock("run"),
        {"until": (Text("a time, or idle"), "A time, or `idle`: until nothing waits but deadlines.")},
        ("until",),
        short="until",
    ),
    "wait for addon": verb(
        "Wait until an add-on is in a state.",
        _wait_for_addon,
        {**_ADDON, "state": (Choice(("provisioned", "deprovisioning", "gone")), "Else provisioned.")},
        ("addon",),
        short="addon",
        looks=True,
    ),
    "wait until idle": verb("Wait until nothing is left to do.", _wait_idle, {}, looks=True),
    "visit": verb(
        "Look at a page of an app, of a partner, or at any URL of this machine.",
        _visit,
        {
            "app": (APP, "The app."),
            "partner": (SERVICE, "The service whose partner is visited."),
            "url": (TEXT, "A URL."),
            "path": (PATH, "Else /."),
            "method": (METHOD, "Else GET."),
            "json": (BODY, "What is sent, as JSON."),
            "form": (FORM, "What is sent, as a form."),
            "headers": (HEADERS, "Headers."),
            "sign in": (Choice(("as operator",)), "With the password of the manifest, as the platform does."),
        },
        one=("app", "partner", "url"),
        looks=True,
    ),
    "sign in": verb(
        "Single sign-on into the partner's dashboard, as a browser.",
        _sign_in,
        {
            **_ADDON,
            "age": (LENGTH, "How long ago it was signed."),
            "extra": (FORM, "More fields, or others."),
            "query": (FORM, "By the link in the dashboard, with these parameters, not by the API."),
        },
        ("addon",),
        short="addon",
        looks=True,
    ),
    "run program": verb(
        "Run a command on this machine to its end.",
        _run,
        {
            "command": (COMMAND, "The words of it."),
            "environment": (ENVIRONMENT, "Variables besides those of whoever plays."),
            "folder": (TEXT, "Where, relative to the file."),
            "ends with": (Whole(0, 255), "Its exit code; else 0."),
        },
        ("command",),
        looks=True,
    ),
}

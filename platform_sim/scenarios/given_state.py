"""What a scenario says is there before its steps: users, services, apps. What is there already is left as it is."""

import contextlib
from collections.abc import Iterator, Mapping

from platform_sim.scenarios import dynos, verbs_faults, verbs_nouns
from platform_sim.scenarios.scene import Json, LeftOut, Scene, Seen, StepFailed
from platform_sim.scenarios.services import Registrar
from platform_sim.stand_ins.questions import Refused, route


def values(scene: Scene, wanted: Mapping[str, object]) -> None:
    """Values of the file; `{random: N}` makes up N characters."""
    for name, value in wanted.items():
        if isinstance(value, dict):
            length = int(value["random"])
            made = "".join(scene.chance.secret(name, number) for number in range(length // 32 + 1))
            scene.saved[name] = made[:length]
            scene.made_up.add(made[:length])
        else:
            scene.saved[name] = value


def put_in_place(scene: Scene, document: Json, registrar: Registrar, later: set[str]) -> Iterator[str]:
    """All of it; tells each thing as it begins. `later`: services that a step registers. StepFailed if one cannot
    be."""
    for email, user in document.get("users", {}).items():
        yield f"user {email}"
        _user(scene, email, user or {})
    for name in document.get("services", {}):
        yield f"service {name}" if name not in later else f"partner of {name}"
        with contextlib.suppress(LeftOut):
            (registrar.start if name in later else registrar.register)(name)
    for name, app in document.get("apps", {}).items():
        yield f"app {name}"
        _app(scene, name, scene.filled(app or {}))
    for name, app in document.get("apps", {}).items():
        _attach_all(scene, name, scene.filled(app or {}))
    for fault in document.get("faults", ()):
        yield f"fault {fault['kind']}"
        _done(verbs_faults.fail(scene, scene.filled(fault)))


def _user(scene: Scene, email: str, wanted: Json) -> None:
    try:
        scene.people[email] = scene.platform.ask("POST", "/sim/users", {"email": email, **wanted})["token"]
    except Refused:
        try:
            scene.token_of(email)
        except Refused as refusal:
            raise StepFailed(f"the user {email} cannot be made: {refusal}") from None


def _app(scene: Scene, name: str, wanted: Json) -> None:
    scene.who = wanted.get("owner", "")
    found = scene.seen("GET", route("apps", name))
    if found.status == 404:
        _done(scene.seen("POST", "/apps", {"name": name}))
    elif found.is_error:
        raise StepFailed(f"the app {name} is somebody else's: {found.message}")
    if wanted.get("config"):
        _done(verbs_nouns.set_config(scene, {"app": name, "vars": wanted["config"]}))
    there = {each["name"] for each in scene.must("GET", f"{route('apps', name)}/addons")}
    for addon, order in wanted.get("addons", {}).items():
        if addon not in there:
            given = {"plan": order} if isinstance(order, str) else order
            made = _done(verbs_nouns.create_addon(scene, {"app": name, "name": addon, **given}))
            _until_made(scene, addon, made)
    if "deploy" in wanted:
        _done(verbs_nouns.deploy(scene, {"app": name, "folder": wanted["deploy"]}))
    if "scale" in wanted:
        _done(verbs_nouns.scale(scene, {"app": name, "to": wanted["scale"]}))
    scene.who = ""


def _until_made(scene: Scene, addon: str, made: Seen) -> None:
    """An add-on that is given is there; a partner that has answered 202 is waited for, unless it is told what to do."""
    if made.json["state"] != "provisioning" or scene.services[made.json["addon_service"]["name"]].scripted:
        return
    path = route("addons", made.json["id"])
    if not dynos.waited(scene, lambda: scene.must("GET", path)["state"] != "provisioning"):
        raise StepFailed(f"the add-on {addon} is still provisioning")


def _attach_all(scene: Scene, app: str, wanted: Json) -> None:
    """When all add-ons are there: some are another app's."""
    if not wanted.get("attachments"):
        return
    scene.who = wanted.get("owner", "")
    there = {each["name"] for each in scene.must("GET", f"{route('apps', app)}/addon-attachments")}
    for name, addon in wanted.get("attachments", {}).items():
        if name not in there:
            _done(verbs_nouns.attach(scene, {"app": app, "addon": addon, "as": name}))
    scene.who = ""


def _done(seen: Seen) -> Seen:
    if seen.is_error:
        raise StepFailed(f"{seen.message} ({seen.status} {seen.id})")
    return seen

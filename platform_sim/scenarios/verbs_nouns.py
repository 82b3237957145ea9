"""Verbs of a customer: apps, add-ons, config, deploys, dynos. Each is the call of the API that the CLI makes."""

import io
import tarfile
import threading
import time
from pathlib import Path
from typing import Any

from platform_sim.scenarios import dynos
from platform_sim.scenarios.http import Unreachable, visit
from platform_sim.scenarios.kinds import Choice
from platform_sim.scenarios.scene import Json, Scene, Seen, StepFailed
from platform_sim.scenarios.shapes import ListOf
from platform_sim.scenarios.verb import (
    ADDON,
    APP,
    AS,
    CONFIG,
    COUNTS,
    NEW_ADDON,
    NEW_APP,
    OPTIONS,
    PLAN,
    TEXT,
    verb,
)
from platform_sim.stand_ins.questions import route

BUILD_SECONDS = 300.0
LEFT_BEHIND = ("__pycache__", ".git", ".venv", "node_modules")
"""What is not deployed with a folder."""
GIT = ("git", "-c", "user.name=You", "-c", "user.email=you@example.com")
GIT_ALONE = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0"}


def _create_app(scene: Scene, given: Json) -> Seen:
    return scene.seen("POST", "/apps", {"name": given["name"]})


def _destroy_app(scene: Scene, given: Json) -> Seen:
    return scene.seen("DELETE", route("apps", given["app"]))


def create_addon(scene: Scene, given: Json) -> Seen:
    """Order an add-on, and wait for the partner's answer."""
    if (service := given["plan"].partition(":")[0]) in scene.missing:
        scene.service(service)
    wish = {"plan": given["plan"], "config": given.get("options"), "name": given.get("name")}
    if "as" in given:
        wish["attachment"] = {"name": given["as"]}
    found = scene.seen("POST", f"{route('apps', given['app'])}/addons", {k: v for k, v in wish.items() if v})
    if not found.is_error and found.json:
        scene.saved["addon"] = found.json
    return found


def _of(scene: Scene, addon: str) -> str:
    """The path of an add-on below its app."""
    found = scene.must("GET", route("addons", addon))
    return route("apps", found["app"]["id"], "addons", found["id"])


def _change_plan(scene: Scene, given: Json) -> Seen:
    return scene.seen("PATCH", _of(scene, given["addon"]), {"plan": given["plan"]})


def _destroy_addon(scene: Scene, given: Json) -> Seen:
    return scene.seen("DELETE", _of(scene, given["addon"]))


def attach(scene: Scene, given: Json) -> Seen:
    """Attach an add-on to one more app, or under one more name."""
    addon = scene.must("GET", route("addons", given["addon"]))["id"]
    wish = {"addon": addon, "app": given["app"]} | ({"name": given["as"]} if "as" in given else {})
    return scene.seen("POST", "/addon-attachments", wish)


def _detach(scene: Scene, given: Json) -> Seen:
    path = f"{route('apps', given['app'])}{route('addon-attachments', given['as'])}"
    return scene.seen("DELETE", route("addon-attachments", scene.must("GET", path)["id"]))


def set_config(scene: Scene, given: Json) -> Seen:
    """Set config vars; null takes one away."""
    return scene.seen("PATCH", f"{route('apps', given['app'])}/config-vars", given["vars"])


def _unset_config(scene: Scene, given: Json) -> Seen:
    return set_config(scene, {"app": given["app"], "vars": dict.fromkeys(given["vars"])})


def scale(scene: Scene, given: Json) -> Seen:
    """How many dynos of each type are to run."""
    updates = [{"type": kind, "quantity": count} for kind, count in given["to"].items()]
    return scene.seen("PATCH", f"{route('apps', given['app'])}/formation", {"updates": updates})


def deploy(scene: Scene, given: Json) -> Seen:
    """Build and release a folder, waiting for its end; the text is what the build has said."""
    folder = (scene.folder / given["folder"]).resolve()
    if not folder.is_dir():
        raise StepFailed(f"{folder} is no folder: `folder` is relative to the file")
    return _pushed(scene, given["app"], folder) if given.get("by") == "git" else _uploaded(scene, given["app"], folder)


def _uploaded(scene: Scene, app: str, folder: Path) -> Seen:
    source = scene.must("POST", f"{route('apps', app)}/sources")["source_blob"]
    try:
        visit("PUT", source["put_url"], {}, _archive(folder))
        build = scene.must("POST", f"{route('apps', app)}/builds", {"source_blob": {"url": source["get_url"]}})
        path, pause, end = f"{route('apps', app)}{route('builds', build['id'])}", threading.Event(), _in(BUILD_SECONDS)
        while build["status"] == "pending" and time.monotonic() < end and not scene.stopped():
            pause.wait(0.05)
            build = scene.must("GET", path)
        said = visit("GET", build["output_stream_url"], {}).text
    except Unreachable as problem:
        raise StepFailed(str(problem)) from None
    if build["status"] != "succeeded":
        raise StepFailed(f"the build of {app} is {build['status']}. It said: {said[-1500:].strip()}")
    return Seen(201, said, build)


def _pushed(scene: Scene, app: str, folder: Path) -> Seen:
    """`git push` of a fresh repository."""
    target = scene.scratch / f"{app}-{len(list(scene.scratch.iterdir()))}"
    target.mkdir()
    with tarfile.open(fileobj=io.BytesIO(_archive(folder))) as archive:
        archive.extractall(target, filter="data")
    known = {**scene.environment, **GIT_ALONE, "HEROKU_API_KEY": scene.token_of(scene.who)}
    address = scene.platform.url.replace("://", f"://:{scene.token_of(scene.who)}@")
    said = ""
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "."),
        ("commit", "--quiet", "-m", folder.name),
        ("push", f"{address}{route(app)}.git", "main"),
    ):
        ended = scene.programs.run([*GIT, *words], known, target)
        said = ended.said.replace(scene.token_of(scene.who), "******")
        if ended.status:
            raise StepFailed(f"git {words[0]} ended with {ended.status}. It said: {said[-1500:].strip()}")
    return Seen(0, said)


def _archive(folder: Path) -> bytes:
    def chosen(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        return None if Path(entry.name).name in LEFT_BEHIND else entry

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(folder, ".", filter=chosen)
    return packed.getvalue()


def _log(scene: Scene, given: Json) -> Seen:
    session = scene.must("POST", f"{route('apps', given['app'])}/log-sessions", {"lines": 1500})
    try:
        answer = visit("GET", session["logplex_url"], {})
    except Unreachable as problem:
        raise StepFailed(str(problem)) from None
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line[:3] not in ("id:", "")]
    return Seen(answer.status, "\n".join(lines), lines)


def _wait_for_dynos(scene: Scene, given: Json) -> Seen:
    dynos.wait_up(scene, given["app"], given["are"])
    return Seen()


def _in(seconds: float) -> float:
    return time.monotonic() + seconds


_ADDON: dict[str, Any] = {"addon": (ADDON, "The add-on, by its name.")}
_APP: dict[str, Any] = {"app": (APP, "The app.")}
VERBS = {
    "create app": verb("Make an app.", _create_app, {"name": (NEW_APP, "Its name.")}, ("name",), short="name"),
    "destroy app": verb("Destroy an app with its add-ons.", _destroy_app, _APP, ("app",), short="app"),
    "create addon": verb(
        "Order an add-on and wait for the partner's answer; it is also saved as `addon`.",
        create_addon,
        {
            **_APP,
            "plan": (PLAN, "As `service:plan`, or the service alone for its default plan."),
            "name": (NEW_ADDON, "Its name; left out, the platform makes one up."),
            "as": (AS, "The name of the attachment, before `_URL` in config vars."),
            "options": (OPTIONS, "What the partner is told besides."),
        },
        ("app", "plan"),
    ),
    "change plan": verb(
        "Change an add-on's plan.",
        _change_plan,
        {**_ADDON, "plan": (PLAN, "As `service:plan`.")},
        ("addon", "plan"),
    ),
    "destroy addon": verb("Destroy an add-on.", _destroy_addon, _ADDON, ("addon",), short="addon"),
    "attach addon": verb(
        "Attach an add-on to one more app, or under one more name.",
        attach,
        {**_ADDON, **_APP, "as": (AS, "The name of the attachment.")},
        ("addon", "app"),
    ),
    "detach addon": verb(
        "Take an attachment away.",
        _detach,
        {**_APP, "as": (AS, "The name of the attachment.")},
        ("app", "as"),
    ),
    "set config": verb(
        "Set config vars; null takes one away.",
        set_config,
        {**_APP, "vars": (CONFIG, "Name to value.")},
        ("app", "vars"),
    ),
    "unset config": verb(
        "Take config vars away.", _unset_config, {**_APP, "vars": (ListOf(TEXT, 1), "Names.")}, ("app", "vars")
    ),
    "deploy": verb(
        "Build and release a folder, and wait for its end.",
        deploy,
        {
            **_APP,
            "folder": (TEXT, "Relative to the file."),
            "by": (Choice(("archive", "git")), "How: an upload (the default), or `git push` of a fresh repository."),
        },
        ("app", "folder"),
    ),
    "scale": verb(
        "Say how many dynos of each type are to run.",
        scale,
        {**_APP, "to": (COUNTS, "Process type to number.")},
        ("app", "to"),
    ),
    "wait for dynos": verb(
        "Wait until exactly these dynos are up on the newest release.",
        _wait_for_dynos,
        {**_APP, "are": (COUNTS, "Process type to number.")},
        ("app", "are"),
        looks=True,
    ),
    "read log": verb("Read an app's log.", _log, _APP, ("app",), short="app", looks=True),
}

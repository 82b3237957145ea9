"""Services of a scenario: their manifests, their partners (a URL, a program, a scripted one), their registration."""

import contextlib
import io
import json
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from platform_sim.core.model import json_text
from platform_sim.core.model.moments import read_length
from platform_sim.core.model.sso import resource_token, user_scoped_token
from platform_sim.loopback import free_port
from platform_sim.scenarios.programs import ProgramProblem
from platform_sim.scenarios.scene import Json, LeftOut, Scene, Seen, Service, StepFailed
from platform_sim.scenarios.standing import (
    NotHere,
    Standing,
    check_reach,
    is_here,
    own_place,
    place_of,
    plan_of,
    set_local,
    standing,
)
from platform_sim.stand_ins.partner import Partner
from platform_sim.stand_ins.questions import route
from platform_sim.stand_ins.wsgi import Wsgi

SPEC = ("state", "abilities", "local")
"""What is told to the platform as it stands."""


class Registrar:
    """Registers services as the file describes them. A partner that two share is started once.

    `brought`: services that are there for this playing alone, whose partners somebody has chosen.
    """

    def __init__(self, scene: Scene, wanted: Mapping[str, Json], brought: Collection[str] = ()) -> None:
        self._scene, self._wanted, self._brought = scene, wanted, brought
        self._servers: list[WSGIServer] = []
        self._found: dict[str, Standing | None] = {}
        """Of each service that was looked for: how it stood before the playing."""
        self._refused: dict[str, str] = {}
        self._borrowed: dict[str, str] = {}
        """Services whose partner is another for this playing: where it was called before."""
        self._said_by: dict[str, Any] = {}

    def refused(self) -> dict[str, str]:
        """Name -> why it cannot be played with here, of services that are not optional. Changes nothing."""
        for name in self._wanted:
            # Another mistake, as a manifest that needs what a step will have saved, is told when it is registered.
            with contextlib.suppress(StepFailed, ProgramProblem):
                self._look(name)
        return {name: why for name, why in self._refused.items() if not self._wanted[name].get("optional")}

    def _look(self, name: str) -> None:
        """Once: whether the file may have this service here. NotHere if it may not."""
        if name not in self._found and name not in self._refused:
            try:
                self._found[name] = self._judged(name)
            except NotHere as problem:
                self._refused[name] = str(problem)
        if name in self._refused:
            raise NotHere(self._refused[name])

    def _judged(self, name: str) -> Standing | None:
        scene, wish, there = self._scene, self._wish(name), standing(self._scene, name)
        place = None if wish is None else ""
        if isinstance(wish, dict) and "url" in wish:
            place = place_of(scene.filled(wish["url"]))
        if there is None and place == "":
            return None
        wanted = scene.filled(self._wanted[name] | {"partner": None})
        manifest = self._manifest(name, wanted, Partner(name))
        if there is not None:
            there.check(scene, wanted, manifest, place)
        if place != "" and name not in self._brought:
            check_reach(name, place or (there.place if there else own_place(manifest)), wanted)
        return there

    def _wish(self, name: str) -> Any:
        """Who its partner is: of one that is the same as another's, that one."""
        wish = self._wanted[name].get("partner")
        other = wish.get("same as") if isinstance(wish, dict) else None
        return self._wanted.get(other, {}).get("partner", wish) if other else wish

    def start(self, name: str) -> None:
        """Have the partner's program run before its service is registered, if it has one of its own."""
        if "command" in (self._wanted[name].get("partner") or "") and name not in self._refused:
            self._prepare(name)

    def register(self, name: str) -> Seen:
        """Start the partner, push the manifest, sell the plans. LeftOut for an optional one that is not there."""
        try:
            self._look(name)
            service = self._scene.services.get(name) or self._prepare(name)
            self._tell(name, self._scene.filled(self._wanted[name]), service)
        except (StepFailed, ProgramProblem) as problem:
            if not self._wanted[name].get("optional"):
                raise StepFailed(str(problem)) from None
            self._scene.missing[name] = f"{name} is not there: {_last_line(str(problem))}"
            raise LeftOut(self._scene.missing[name]) from None
        if service.scripted is not None:
            service.scripted.joins(self._scene.platform, service.client_secret)
        return Seen(201, f"{name} is registered", service.manifest)

    def _prepare(self, name: str) -> Service:
        filled = self._scene.filled(self._wanted[name] | {"partner": None})
        wanted = self._wanted[name].get("partner", {})
        answers = _scripted(wanted)
        partner = Partner(name) if answers is not None else None
        manifest = self._manifest(name, filled, partner)
        there = self._found.get(name)
        known = there.client_secret if there else self._scene.chance.secret(name)
        service = Service(name, manifest, filled.get("client_secret") or known)
        if partner is None:
            service.url = self._place(name, wanted, service)
        else:
            partner.manifest, service.scripted = manifest, partner
            for each in self._scene.filled(answers):
                partner.answer(each["method"], each["status"], each.get("body"), times=each.get("times", 1))
            service.url = self._serve(partner)
        self._scene.services[name] = service
        return service

    def _tell(self, name: str, filled: Json, service: Service) -> None:
        scene, there = self._scene, self._found[name]
        if there is not None:
            if service.url and service.url != there.local:
                self._borrowed[name] = there.local
                scene.must("PUT", route("sim", "services", name), {"local": service.url})
            return
        scene.must("POST", f"{route('api', 'v3', 'addons', name)}/manifests", {"contents": service.manifest})
        spec: Json = {key: filled[key] for key in SPEC if key in filled}
        spec |= {"plans": [plan_of(each) for each in filled.get("plans", ())], "client_secret": service.client_secret}
        if service.url:
            spec["local"] = service.url
            if "url" not in self._wish(name) and is_here(own_place(service.manifest)):
                # At the end nobody listens there. Elsewhere the manifest would lead to another machine.
                self._borrowed[name] = ""
        scene.must("PUT", route("sim", "services", name), spec)

    def _manifest(self, name: str, filled: Json, partner: Partner | None) -> Json:
        wanted = filled.get("manifest")
        if wanted is None:
            assert partner is not None, "checked"
            return partner.manifest
        if isinstance(wanted, str):
            found = _read(self._scene.folder / wanted, name)
            found = self._scene.filled(found)
        elif "command" in wanted:
            found = self._said(name, wanted)
        else:
            found = wanted
        if not isinstance(found, dict) or found.get("id") != name:
            given = found.get("id") if isinstance(found, dict) else None
            raise StepFailed(f"the manifest of {name} has the id {given!r}: it must be the name of the service")
        return found

    def _said(self, name: str, wanted: Json) -> Any:
        if name in self._said_by:
            return self._said_by[name]
        environment = {**self._scene.environment, **address_of(self._scene), **wanted.get("environment", {})}
        ended = self._scene.programs.run(wanted["command"], environment, self._scene.folder)
        if ended.status or json_in(ended.said) is None:
            raise StepFailed(f"the command for the manifest of {name} has said: {ended.said[-1000:].strip()}")
        self._said_by[name] = json_in(ended.said)
        return self._said_by[name]

    def _place(self, name: str, wanted: Json, service: Service) -> str:
        """Where the partner is called; "" for where the manifest says."""
        if "url" in wanted:
            return str(self._scene.filled(wanted["url"]))
        if "same as" in wanted:
            return self._scene.service(wanted["same as"]).url
        if "command" in wanted:
            return self._started(name, service)
        return ""

    def _started(self, name: str, service: Service) -> str:
        """The program of the partner, told what kensa told one; `${port}` and `${ready}` are for it alone."""
        scene, port, ready = self._scene, free_port(), self._scene.scratch / f"{name}.ready.json"
        api = service.manifest["api"]
        scene.saved |= {"port": str(port), "ready": str(ready)}
        wanted = scene.filled(self._wanted[name]["partner"])
        told = {
            "PORT": str(port),
            "HEROKU_USERNAME": name,
            "HEROKU_PASSWORD": str(api.get("password")),
            "SSO_SALT": str(api.get("sso_salt") or ""),
            "CLIENT_SECRET": service.client_secret,
        }
        known = {**scene.environment, **address_of(scene), **told, **wanted.get("environment", {})}
        waits = ready if "${ready}" in json.dumps(self._wanted[name]["partner"]) else None
        folder = (scene.folder / wanted.get("folder", ".")).resolve()
        return scene.programs.start(name, wanted["command"], known, folder, port, waits)

    def _serve(self, partner: Partner) -> str:
        server = make_server("127.0.0.1", 0, _whole(partner), _Threading, _Quiet)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="scripted-partner", daemon=True)
        thread.start()
        self._servers.append(server)
        return f"http://localhost:{server.server_port}"

    def end(self) -> None:
        """Services have their own partners again, and no scripted one listens any more."""
        while self._borrowed:
            set_local(self._scene, *self._borrowed.popitem())
        while self._servers:
            server = self._servers.pop()
            server.shutdown()
            server.server_close()


def _whole(partner: Wsgi) -> Wsgi:
    """It reads to the end of what is sent, which on a socket only the length tells."""

    def application(environ: Json, start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return partner(environ | {"wsgi.input": io.BytesIO(environ["wsgi.input"].read(length))}, start_response)

    return application


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the timeline tells what was asked."""


def _scripted(wanted: Any) -> list[Json] | None:
    """The answers of a scripted partner; None for another."""
    if wanted == "scripted":
        return []
    return wanted["scripted"] if isinstance(wanted, dict) and "scripted" in wanted else None


def older(fields: Mapping[str, str], salt: str, age: str) -> dict[str, str]:
    """What makes a login one of `age` ago, rightly signed (partner-api §5.3)."""
    at = str(int(fields["timestamp"]) - int(read_length(age).total_seconds()))
    return {
        "timestamp": at,
        "resource_token": resource_token(fields["resource_id"], salt, at),
        "token": resource_token(fields["id"], salt, at),
        "user_scoped_resource_token": user_scoped_token(
            fields["resource_id"], salt, at, fields["user_id"], fields["email"]
        ),
    }


def address_of(scene: Scene) -> dict[str, str]:
    """What points programs at the platform."""
    url = scene.platform.url
    known = {
        "HEROKU_API_URL": url,
        "HEROKU_ID_URL": url,
        "HEROKU_HOST": url,
        "HEROKU_API_KEY": scene.token_of(scene.who),
    }
    return known | {"NO_PROXY": f"localhost,127.0.0.1,.localhost:{urlsplit(url).port}"}


def json_in(said: str) -> Any:
    """What a program has printed, if it is JSON."""
    try:
        return json_text.read(said)
    except ValueError:
        return None


def _read(file: Path, name: str) -> Any:
    if file.exists() and not file.is_file():  # a pipe or a device might have no end
        raise StepFailed(f"the manifest of {name}, {file}, cannot be read: it is no plain file")
    try:
        return json_text.read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise StepFailed(f"the manifest of {name}, {file}, cannot be read: {problem}") from None


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1][-300:]

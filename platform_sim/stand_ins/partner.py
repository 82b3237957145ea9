"""A scripted partner: answers as it is told, keeps what it was asked, calls back. It is a WSGI application itself.

Untold it does everything right: one resource a uuid, 410 once it is gone, a login only with a good signature.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.core.model import json_text
from platform_sim.partners.played import HEADER, SCRIPTED
from platform_sim.stand_ins.questions import Questions, basic, route

RESOURCES, SSO = "/heroku/resources", "/heroku/sso"
__tracebackhide__ = True
Json = dict[str, Any]
Said = tuple[int, Any]


@dataclass(frozen=True)
class Asked:
    """A request that came, and the status of its answer. `body`: JSON, or the fields of a form."""

    method: str
    path: str
    body: Json
    status: int
    headers: dict[str, str] = field(repr=False)


@dataclass
class Resource:
    """What the partner holds for an add-on."""

    uuid: str
    plan: str
    config: dict[str, str] = field(repr=False)
    order: Json = field(repr=False)
    """The body of the POST."""
    tokens: Json = field(default_factory=dict, repr=False)
    """What its grant was exchanged for."""


class Partner:
    """`requests`: what it was asked, in order. `resources`: what it holds, by uuid. Safe for many threads."""

    def __init__(self, slug: str = "myaddon", *, config_vars: tuple[str, ...] = ()) -> None:
        prefix = slug.upper().replace("-", "_")
        place = f"http://{slug}.localhost:9"
        self.manifest: Json = {
            "id": slug,
            "name": slug.capitalize(),
            "api": {
                "config_vars": list(config_vars or [f"{prefix}_URL"]),
                "password": f"password-of-{slug}",
                "sso_salt": f"salt-of-{slug}",
                "regions": ["us", "eu"],
                "version": "3",
                "production": {
                    "base_url": f"https://{slug}.example{RESOURCES}",
                    "sso_url": f"https://{slug}.example{SSO}",
                },
                "test": {"base_url": place + RESOURCES, "sso_url": place + SSO},
            },
        }
        self.requests: list[Asked] = []
        self.resources: dict[str, Resource] = {}
        self._gone: set[str] = set()
        self._next: dict[str, list[Said]] = {}
        self._lock = threading.Lock()
        self._platform: tuple[Questions, str] | None = None

    def answer(self, method: str, status: int, content: Any = None, *, times: int = 1) -> None:
        """The next requests with this method are answered so, and nothing else is done; of a 200 or 202 to a POST the
        resource is made, with `content` over what would have been said. A text is sent as it is, all else as JSON."""
        self._next.setdefault(method, []).extend([(status, content)] * times)

    def config(self, uuid: str) -> dict[str, str]:
        """What it hands out for a new resource: each declared var."""
        return dict.fromkeys(self.manifest["api"]["config_vars"], f"https://{self.manifest['id']}.example/{uuid}")

    def copy(self) -> "Partner":
        """One that holds the same and goes on by itself; it has to join a platform of its own."""
        with self._lock:
            other = Partner(self.manifest["id"])
            other.manifest, other.requests, other._gone = self.manifest, list(self.requests), set(self._gone)
            other.resources = deepcopy(self.resources)
            other._next = {method: list(answers) for method, answers in self._next.items()}
        return other

    def joins(self, platform: Questions, client_secret: str) -> None:
        """Called on registration: where it calls back."""
        self._platform = platform, client_secret

    def token(self, uuid: str) -> str:
        """An access token for a resource: its grant is exchanged once, then the token is refreshed. Refused if not."""
        platform, secret = self._at_home()
        resource = self.resources[uuid]
        if resource.tokens:
            told = platform.token_for(
                grant_type="refresh_token", refresh_token=resource.tokens["refresh_token"], client_secret=secret
            )
        else:
            code = resource.order["oauth_grant"]["code"]
            told = platform.token_for(grant_type="authorization_code", code=code, client_secret=secret)
        resource.tokens = resource.tokens | told
        return str(told["access_token"])

    def set_config(self, uuid: str, config: Mapping[str, str]) -> None:
        """The partner changes config vars, as when it rotates credentials. Refused for an undeclared one."""
        pairs = [{"name": name, "value": value} for name, value in config.items()]
        self._call("PATCH", uuid, "config", {"config": pairs})
        self.resources[uuid].config |= config

    def finish(self, uuid: str, config: Mapping[str, str] | None = None) -> None:
        """After a 202: sets the config and says that the resource is there."""
        self.set_config(uuid, self.config(uuid) if config is None else config)
        self._call("POST", uuid, "actions/provision", None)

    def _call(self, method: str, uuid: str, what: str, content: Any) -> None:
        bearer = f"Bearer {self.token(uuid)}"
        self._at_home()[0].ask(method, f"{route('addons', uuid)}/{what}", content, authorization=bearer)

    def _at_home(self) -> tuple[Questions, str]:
        if self._platform is None:
            raise RuntimeError(
                "this partner is not registered anywhere: heroku.register(partner.manifest, partner=partner)"
            )
        return self._platform

    def __call__(self, environ: Json, start_response: Any) -> list[bytes]:
        """See PEP 3333."""
        body = environ["wsgi.input"].read()
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        given = _read(environ.get("CONTENT_TYPE", ""), body)
        with self._lock:
            status, content = self._answer(method, path, headers.get("authorization", ""), given)
            self.requests.append(Asked(method, path, given, status, headers))
        is_text = isinstance(content, str)
        kind = "text/plain" if is_text else "application/json"
        start_response(f"{status} Answer", [("Content-Type", kind), (HEADER, SCRIPTED)])
        return [] if content is None else [content.encode() if is_text else json.dumps(content).encode()]

    def _answer(self, method: str, path: str, authorization: str, given: Json) -> Said:
        if path == SSO:
            return self._signed_in(given)
        if not hmac.compare_digest(authorization.encode(), self._credentials().encode()):
            return 401, {"message": "These are not the credentials of the manifest."}
        told = self._next[method].pop(0) if self._next.get(method) else None
        uuid = str(given.get("uuid")) if method == "POST" else path.rpartition("/")[2]
        if told is not None and not (method == "POST" and told[0] in (200, 201, 202)):
            return told
        if uuid in self._gone or (method != "POST" and uuid not in self.resources):
            return 410, {"message": "It is gone."}
        return self._done(method, uuid, given, told)

    def _credentials(self) -> str:
        return basic(self.manifest["id"], self.manifest["api"]["password"])

    def _done(self, method: str, uuid: str, given: Json, told: Said | None) -> Said:
        if method == "POST":
            status, content = told or (200, None)
            made = self.resources.setdefault(uuid, Resource(uuid, given.get("plan", ""), self.config(uuid), given))
            said = {"id": uuid} | ({} if status == 202 else {"config": made.config})
            return status, said | content if isinstance(content, dict) else content or said
        if method == "PUT":
            self.resources[uuid].plan = given.get("plan", "")
            return 200, {"config": self.resources[uuid].config}
        if method == "DELETE":
            self._gone.add(uuid)
            del self.resources[uuid]
            return 204, None
        return 404, {"message": "There is nothing here."}

    def _signed_in(self, form: Json) -> Said:
        uuid, salt = str(form.get("resource_id")), self.manifest["api"]["sso_salt"]
        strings = (uuid, salt, form.get("timestamp"), form.get("user_id"), form.get("email"))
        wanted = hashlib.sha256(":".join(map(str, strings)).encode()).hexdigest()
        given = str(form.get("user_scoped_resource_token"))
        good = hmac.compare_digest(wanted.encode(), given.encode()) and uuid in self.resources
        return (200, f"The dashboard of {uuid}") if good else (403, "This login is not good.")


def _read(kind: str, body: bytes) -> Json:
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        found = json_text.read(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

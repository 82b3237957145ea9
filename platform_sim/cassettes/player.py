"""A partner from a cassette: a WSGI application that answers as the partner has, and calls back as it has.

It knows no secret and looks at none: whoever asks is answered. What was never recorded is refused with 422 and a
sentence, which the platform shows to its customer.
"""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from platform_sim.cassettes.calls import Caller, Platform
from platform_sim.cassettes.matching import Ask, Life, ask, lives, nearest, plan_of
from platform_sim.cassettes.tape import BadCassette, Recorded, Tape, checked, read
from platform_sim.cassettes.values import Values
from platform_sim.core.model import json_text
from platform_sim.partners.contract import Send
from platform_sim.partners.played import HEADER, RECORDED

Json = dict[str, Any]
HOOKS = "/cassette/webhooks"
"""Where webhooks are received that the partner has made at an address which nobody has kept."""
DROPPED = frozenset({"content-length", "transfer-encoding", "connection", "date", "server", "content-encoding", HEADER})
"""Headers of an answer that belong to the connection of that time."""


class NeverRecorded(Exception):
    """A request that the cassette has no answer to; the text says which, and what comes nearest."""


class Playing:
    """A recorded life, played for one resource of now."""

    def __init__(self, life: Life, uuid: str, values: Values) -> None:
        self.life, self.uuid, self.values = life, uuid, values
        self.played: set[int] = set()
        self.ids = {uuid}
        self.callback_url = ""

    def next(self, wanted: Ask) -> Recorded:
        """The first that fits and was not played; else the last that fits: a repeat is answered as before."""
        fits = [each for each in self.life.asked if self.life.ask_of(each) == wanted]
        if not fits:
            raise NeverRecorded(f"{wanted}. {nearest(wanted, map(self.life.ask_of, self.life.asked))}")
        return next((each for each in fits if each.number not in self.played), fits[-1])


class Player:
    """`resources`: uuids that live now. `problems`: what was refused, and calls that did not end as recorded.

    `values`: texts for placeholders, such as `{"ACME_URL": "postgres://..."}`; others are made up. `told` hears of each
    problem. Safe for many threads.
    """

    def __init__(
        self,
        tape: Tape,
        *,
        values: Mapping[str, str] | None = None,
        told: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.tape = tape
        self.resources: set[str] = set()
        self.problems: list[str] = []
        self._told = told
        self._values = dict(values or {})
        self._lives = lives(tape)
        self._begun: dict[str, int] = {}
        """How often a life was begun, by its add-on."""
        self._playing: dict[str, Playing] = {}
        self._lock = threading.Lock()
        self._caller: Caller | None = None

    @classmethod
    def load(cls, source: str | Path | Json, *, values: Mapping[str, str] | None = None) -> "Player":
        """From a file, or from what `heroku.cassette` has returned. BadCassette, OSError."""
        if isinstance(source, dict):
            return cls(checked(source), values=values)
        try:
            return cls(read(Path(source).read_text(encoding="utf-8")), values=values)
        except BadCassette as problem:
            raise BadCassette(f"{source}: {problem}") from None
        except UnicodeDecodeError as problem:
            raise BadCassette(f"{source}: it is not UTF-8: {problem}") from None

    def joins(
        self, send: Send, client_secret: Callable[[], str | None], credentials: tuple[str, str] = ("", "")
    ) -> None:
        """From now on what the partner has called is called too, through `send`; `credentials`: of the manifest."""
        self._caller = Caller(Platform(send, client_secret, credentials), self._problem)

    def _problem(self, sentence: str) -> None:
        self.problems.append(sentence)
        self._told(sentence)

    def act(self, uuid: str) -> int:
        """Make the calls that the partner has made about this resource without having been asked, as in a rotation;
        how many. KeyError for a resource that is not played."""
        playing = self._playing[uuid]
        calls = playing.life.of_its_own()
        self._call(playing, calls)
        return len(calls)

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until all calls are made; whether that has come within these wall seconds."""
        return self._caller is None or self._caller.settle(seconds)

    def __call__(self, environ: Json, start_response: Any) -> list[bytes]:
        """See PEP 3333."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == HOOKS:
            start_response("204 No Content", [])
            return []
        sent = _read(environ.get("CONTENT_TYPE", ""), body or environ.get("QUERY_STRING", "").encode())
        try:
            playing, recorded = self._found(method, path, sent, environ.get("HTTP_HOST", "localhost"))
        except NeverRecorded as problem:
            sentence = f"This cassette of {self.tape.service} has no answer to {problem}"
            self._problem(sentence)
            return _say(start_response, 422, {"Content-Type": "application/json"}, {"message": sentence})
        if recorded.status is None:
            message = f"When this was recorded there was no answer here: {recorded.problem}."
            return _say(start_response, 503, {"Content-Type": "application/json"}, {"message": message})
        headers = {name: text for name, text in recorded.said_headers.items() if name.lower() not in DROPPED}
        content = playing.values.filled(recorded.said)
        self._call(playing, playing.life.caused_by(recorded))
        return _say(start_response, recorded.status, playing.values.filled(headers), content)

    def _found(self, method: str, path: str, sent: Any, host: str) -> tuple[Playing, Recorded]:
        with self._lock:
            playing = self._named(path, sent) or self._begin(method, path, sent, host)
            wanted = ask(method, path, sent, playing.ids)
            recorded = playing.next(wanted)
            playing.played.add(recorded.number)
            playing.values.learn(recorded.sent, sent)
            if method == "POST" and plan_of(sent) is not None:
                playing.callback_url = str(sent.get("callback_url"))
                playing.ids |= {str(playing.values.filled(id)) for id in playing.life.ids}
                self._keep(playing, there=(recorded.status or 500) < 300)
            elif method == "DELETE" and recorded.status is not None:
                self._keep(playing, there=not (recorded.status < 300 or recorded.status in (404, 410)))
            return playing, recorded

    def _keep(self, playing: Playing, *, there: bool) -> None:
        (self.resources.add if there else self.resources.discard)(playing.uuid)

    def _named(self, path: str, sent: Any) -> Playing | None:
        """The life that a request is about: by the body of an order, by a login's field, by its path."""
        given = sent if isinstance(sent, dict) else {}
        names = {str(given.get(name)) for name in ("uuid", "resource_id")} | set(path.split("/"))
        return next((each for each in self._playing.values() if each.ids & names), None)

    def _begin(self, method: str, path: str, sent: Any, host: str) -> Playing:
        """An order begins a life that was recorded for the same plan: the one that was played least."""
        wanted = ask(method, path, sent, ())
        uuid = str(sent.get("uuid")) if isinstance(sent, dict) and "uuid" in sent else ""
        orders = [(each, each.ask_of(each.order)) for each in self._lives if each.order]
        fits = [life for life, order in orders if uuid and order == wanted]
        if not fits:
            about = "" if uuid or method == "POST" else ", about a resource that was not ordered here"
            raise NeverRecorded(f"{wanted}{about}. {nearest(wanted, [order for _, order in orders])}")
        life = min(fits, key=lambda each: self._begun.get(each.addon, 0))
        self._begun[life.addon] = self._begun.get(life.addon, 0) + 1
        values = Values(self.tape.service, {"url": f"http://{host}{HOOKS}"} | self._values)
        values.name(self.tape.names.get(life.addon, ""), str(sent.get("name", "")))
        playing = self._playing[uuid] = Playing(life, uuid, values)
        return playing

    def _call(self, playing: Playing, calls: list[Recorded]) -> None:
        if not calls:
            return
        if self._caller is None:
            self._problem(
                f"{len(calls)} recorded calls of {self.tape.service} are not made: no platform is known to call"
            )
            return
        self._caller.make(playing.uuid, playing.callback_url, playing.values, calls)


def _read(kind: str, body: bytes) -> Any:
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return json_text.read(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")


def _say(start_response: Any, status: int, headers: Mapping[str, str], content: Any) -> list[bytes]:
    body = b"" if content is None else content.encode() if isinstance(content, str) else json.dumps(content).encode()
    start_response(f"{status} Recorded", [*headers.items(), ("Content-Length", str(len(body))), (HEADER, RECORDED)])
    return [body]

"""Invariant 19: faults act only where the script says; an empty script changes no byte on the wire.

One life of an add-on is played over real sockets against a partner that keeps every byte it reads: without the layer of
faults at all, with it and no fault, and with faults of every kind that are for somebody else.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_sim.core.actions import faults
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.fault_kinds import KINDS
from platform_sim.core.model.faults import Fault
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.store import Database
from platform_sim.engines.partner_calls import office
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.http_send import HttpSend

from ..engines.partner_calls.world import MANIFEST, ScriptedPartner, World
from ..partners.peer import Peer, peers_that_end
from ..web.world import new_world

NOBODY = {"service": "nobody", "app": "nobody", "addon": "nobody", "type": "nobody", "path": "/nobody"}
FRESH = ("Request-Id",)
"""What is another one at each request."""
Prepare = Callable[[World], None]


@dataclass
class Played:
    """What a life has left."""

    wire: list[bytes]
    exchanges: list[dict[str, Any]]
    events: list[dict[str, Any]]
    acted: int


@dataclass
class Stage:
    """A partner on a socket, the same for all lives: so its address is the same byte for byte."""

    peer: Peer
    partner: ScriptedPartner

    def play(self, prepare: Prepare) -> Played:
        """Order, plan change, destruction, with a DELETE that has to be repeated."""
        self.partner.__init__()  # type: ignore[misc]
        self.peer.requests.clear()
        base = f"http://127.0.0.1:{self.peer.port}/heroku/resources"
        world = World(manifest={**MANIFEST, "api": {**MANIFEST["api"], "production": {"base_url": base}}})
        world.runner = world.boot("boot-1", HttpSend())
        prepare(world)
        addon, _ = world.create()
        world.settle()
        world.ask_for_plan(addon, "big")
        world.settle()
        self.partner.script = [PartnerAnswer(500, {}, b"", 0)]
        world.destroy(addon, force=True)
        world.settle()
        assert world.addon(addon).state == "deprovisioned"
        played = _left(world, list(self.peer.requests))
        world.close()
        return played


def _left(world: World, wire: list[bytes]) -> Played:
    with world.database.snapshot() as rows:
        exchanges = [asdict(each) for each in rows.all(Exchange)]
        events = [asdict(each) for each in rows.all(Event) if each.kind != "fault"]
        acted = sum(each.acted for each in rows.all(Fault))
    for each in exchanges:
        del each["after_event"], each["milliseconds"]
    for each in events:
        del each["number"]
    return Played(wire, exchanges, events, acted)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    partner = ScriptedPartner()

    def talk(connection: socket.socket, over: threading.Event) -> None:
        head, _, body = peer.requests[-1].partition(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n")[0].decode().split()
        said = partner(PartnerRequest(method, f"http://localhost{path}", {}, body, 1.0))
        connection.sendall(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n" % (said.status or 0, len(said.body)))
        connection.sendall(said.body)

    with peers_that_end() as make:
        peer = make(talk)
        yield Stage(peer, partner)


def nothing(world: World) -> None:
    """No script."""


def for_nobody(world: World) -> None:
    """Every kind, each for something that is not there; those that cannot be narrowed at all are left out."""
    add_for_nobody(world.database, world.actor.account)


def add_for_nobody(database: Database, operator: Account) -> None:
    with database.transaction() as tx:
        for kind in KINDS.values():
            for key in kind.match:
                # Only a method that is used is taken: of nobody's path.
                narrowed = {"method": "POST", "path": NOBODY["path"]} if key == "method" else {key: NOBODY[key]}
                faults.add(tx, operator, kind.name, narrowed, 2)


class Plainly:
    """What sends where there is no layer of faults."""

    def __init__(self, *_: object) -> None: ...

    def hold(self, request: PartnerRequest) -> None:
        """Nothing is held."""

    def sent(self, send: Send, request: PartnerRequest, *_: object) -> PartnerAnswer:
        """As it is."""
        return send(request)


def test_invariant_19_an_empty_script_changes_no_byte(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(office, "Mishaps", Plainly)
        bare = stage.play(nothing)
    assert [each.split(b" ")[0] for each in bare.wire] == [b"POST", b"PUT", b"DELETE", b"DELETE"]
    assert stage.play(nothing) == bare
    assert stage.play(for_nobody) == bare


def test_invariant_19_a_fault_acts_where_the_script_says_and_nowhere_else(stage: Stage) -> None:
    def for_the_plan(world: World) -> None:
        with world.database.transaction() as tx:
            faults.add(tx, world.actor.account, "partner-status", {"method": "PUT"}, 1)

    bare, struck = stage.play(nothing), stage.play(for_the_plan)
    assert struck.acted == 1
    put = bare.wire[1]
    assert json.loads(put.partition(b"\r\n\r\n")[2]) == {"plan": "big"}
    assert struck.wire == [bare.wire[0], put, put, *bare.wire[2:]], "asked once more, with the same bytes"
    assert struck.exchanges[0] == bare.exchanges[0]
    assert "fault partner-status" in struck.exchanges[1]["problem"]


CALLS = (
    ("POST", "/apps", {"name": "acme"}),
    ("PATCH", "/apps/acme/config-vars", {"A": "1"}),
    ("GET", "/apps/acme", None),
    ("GET", "/apps/nothing", None),
    ("POST", "/apps", {"name": "acme"}),
    ("DELETE", "/apps/acme", None),
)


def asked_at_the_doors(folder: Path, prepare: Callable[[Database, Account], None]) -> list[Any]:
    """What a customer is answered: status, headers and body, but for the id that each request has."""
    world = new_world(folder)
    prepare(world.database, world.customer.account)
    answers = [world.call(method, path, body) for method, path, body in CALLS]
    world.database.close()
    told = [(each.status_code, sorted(each.headers.items()), each.data) for each in answers]
    return [(status, [each for each in headers if each[0] not in FRESH], data) for status, headers, data in told]


def test_invariant_19_nor_in_what_the_doors_answer(tmp_path: Path) -> None:
    bare = asked_at_the_doors(tmp_path / "one", lambda *_: None)
    assert [status for status, _, _ in bare] == [201, 200, 200, 404, 422, 200]
    assert asked_at_the_doors(tmp_path / "other", add_for_nobody) == bare

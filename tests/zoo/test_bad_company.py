"""Partners that are not there, or are no partners: a clear word, an end in time, and no flood of findings."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from platform_sim.cli.main import cli
from platform_sim.conformance.home import Home
from platform_sim.conformance.rule import Kind
from platform_sim.conformance.run import Report, Target, run
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Problem, Send
from platform_sim.partners.http_send import HttpSend

from ..partners.authority import server_context
from ..partners.peer import Peer, Talk, peers_that_end
from .animal import check, told
from .animals_doors import ChangedPassword
from .animals_hygiene import SendsOn
from .partner import Right
from .parts import MANIFEST, PLANS, SECRET

LIMIT = {"partner_timeout": 0.3}


def over(send: Send, local: str = "", **how: Any) -> Report:
    """A run with another `Send` than a right partner."""
    return run(Target(MANIFEST, PLANS, local, SECRET), send, **({"patience": 0.3, "slowness": 0.0} | how))


def broken(report: Report) -> set[str]:
    return {result.rule.id for result in report.findings}


def unseen(report: Report) -> set[str]:
    """Why the rules that need a partner were not looked at."""
    return {result.because for result in report.results if result.kind in (Kind.NOT_EVALUABLE, Kind.LOST)}


# Nobody there


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        ("refused connection", "nobody listens"),
        ("unknown host", "its host is not known"),
        ("no connection", "nobody answers"),
        ("bad address", "its address cannot be used"),
    ],
)
def test_nobody_is_there(problem: Problem, word: str) -> None:
    report = over(lambda _: PartnerAnswer(None, {}, b"", 1, problem))
    assert broken(report) == set(), told(report.findings)
    assert word in report.absent
    assert unseen(report) == {report.absent}
    assert report.exchanges == ()


def test_the_command_says_so_once_and_exits_with_3(tmp_path: Path) -> None:
    manifest = tmp_path / "addon-manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    result = CliRunner().invoke(cli, ["check", url, "--manifest", str(manifest), "--port", "0"])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert "nobody listens" in result.stderr and url in result.stderr


# Somebody else than a partner


@pytest.mark.parametrize(
    ("kind", "rule", "word"), [(ChangedPassword, "T09", "credentials"), (SendsOn, "H07", "elsewhere")]
)
def test_one_finding_where_nothing_else_means_much(kind: type[Right], rule: str, word: str) -> None:
    report = check(kind)
    assert broken(report) == {rule}
    assert len(report.exchanges) == 1
    assert any(word in reason for reason in unseen(report))


@pytest.fixture
def peers() -> Iterator[Callable[..., Peer]]:
    with peers_that_end() as make:
        yield make


def hangs(connection: socket.socket, end: threading.Event) -> None:
    end.wait()


def floods(connection: socket.socket, end: threading.Event) -> None:
    """Without an end: whoever read it all would run out of memory."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    while not end.is_set():
        connection.sendall(b" " * 65_536)


def cuts(connection: socket.socket, end: threading.Event) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": ')


def babbles(connection: socket.socket, end: threading.Event) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.processes
@pytest.mark.parametrize(
    ("talk", "rule", "word"),
    [
        (hangs, "V01", "no answer (timeout)"),
        (floods, "H08", "too_large"),
        (cuts, "H08", "cut"),
        (babbles, "H08", "garbled"),
    ],
)
def test_a_server_that_is_no_partner(peers: Callable[..., Peer], talk: Talk, rule: str, word: str) -> None:
    peer = peers(talk)
    report = over(HttpSend(), f"http://127.0.0.1:{peer.port}", settings=LIMIT)
    assert broken(report) == {rule}, told(report.findings)
    assert len(peer.requests) == 1
    assert any(word in reason for reason in unseen(report))
    assert sum(len(each.answer.body) for each in report.exchanges) <= 1_048_576


@pytest.mark.processes
def test_a_certificate_of_nobody(peers: Callable[..., Peer], tmp_path: Path) -> None:
    context, _ = server_context(tmp_path)
    peer = peers(hangs, lambda connection: context.wrap_socket(connection, server_side=True))
    report = over(HttpSend(), f"https://127.0.0.1:{peer.port}")
    assert broken(report) == {"T10"}, told(report.findings)
    assert peer.requests == []


# Partners that end before they should


AMONG_STRANGERS = 26
"""Requests until the scene `strangers`, in which nearly each is a moment of its own, is half over."""


class Mortal(Right):
    """From one request on there is no answer any more, until it is started again."""

    def __init__(self, lives: int, problem: Problem) -> None:
        super().__init__()
        self.left, self.problem, self.in_vain = lives, problem, 0

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        if self.left == 0:
            self.in_vain += 1
            return PartnerAnswer(None, {}, b"", 1, self.problem)
        self.left -= 1
        return super().__call__(request)

    def start_again(self) -> bool:
        """It remembers what it has."""
        self.left = 1_000
        return True


def play(partner: Mortal, **how: Any) -> Report:
    def ready(home: Home) -> None:
        partner.platform = home.platform.url

    try:
        return over(partner, ready=ready, **how)
    finally:
        partner.close()


def test_a_partner_that_dies_loses_the_rest_and_the_last_steps_are_named() -> None:
    partner = Mortal(40, "refused connection")
    report = play(partner)
    assert {result.kind for result in report.findings} == {Kind.LOST}, told(report.findings)
    (reason,) = {result.because for result in report.findings}
    assert reason.startswith("the service died: ") and "`" in reason and "nobody listens" in reason
    assert partner.in_vain < 10
    assert set(report.leaks) <= set(partner.held)


def test_a_partner_that_is_started_again_loses_one_scene() -> None:
    lost = play(Mortal(AMONG_STRANGERS, "refused connection"))
    partner = Mortal(AMONG_STRANGERS, "refused connection")
    report = play(partner, restart=partner.start_again)
    assert 0 < len(report.findings) < len(lost.findings)
    assert {result.kind for result in report.findings} == {Kind.LOST}
    assert partner.in_vain == 1
    assert report.leaks == ()


def test_a_partner_that_begins_to_hang_is_not_waited_for_at_each_step() -> None:
    partner = Mortal(40, "timeout")
    report = play(partner)
    assert partner.in_vain <= 4
    lost = [result for result in report.findings if result.kind is Kind.LOST]
    assert lost
    assert all(result.because.startswith("the service hangs") for result in lost)
    assert broken(report) & {"V01", "V04"}

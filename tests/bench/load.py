"""The load: 16 kept connections that ask as fast as they are answered, one target after the other, round by round.

A program of its own (`python -m tests.bench.load`): a plan as JSON on its standard input, rates as JSON on its output.
"""

import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CONNECTIONS = 16
NUMBER = "########"
"""In a body: replaced by a number that is another one in each request."""
ROOT = Path(__file__).parents[2]


class LoadFailed(RuntimeError):
    """A target did not answer as it should; nothing can be measured."""


@dataclass(frozen=True)
class Target:
    """One request that is asked over and over, on 127.0.0.1. Its answers must have a Content-Length."""

    name: str
    port: int
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    status: int = 200

    def bytes(self) -> bytes:
        """The request as it is sent, but for its number."""
        known = {"Host": f"127.0.0.1:{self.port}"} | dict(self.headers)
        if self.body:
            known |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in known.items())]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


class _Round:
    """One target for some seconds; `done` when all connections have their last answer."""

    def __init__(self, target: Target, seconds: float, numbers: Iterator[int], loop: asyncio.AbstractEventLoop) -> None:
        self.target = target
        self.answers = 0
        self.done: asyncio.Future[None] = loop.create_future()
        self._bytes = target.bytes()
        self._is_numbered = NUMBER.encode() in self._bytes
        self._numbers = numbers
        self._loop = loop
        self._ends = loop.time() + seconds
        self._open = 0

    def next_request(self) -> bytes | None:
        """The next request, or None when the time is over."""
        if self._loop.time() >= self._ends:
            return None
        if self._is_numbered:
            return self._bytes.replace(NUMBER.encode(), b"%08d" % next(self._numbers))
        return self._bytes

    def opened(self) -> None:
        """A connection takes part."""
        self._open += 1

    def left(self) -> None:
        """A connection is through."""
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)

    def fail(self, why: str) -> None:
        """Give up."""
        if not self.done.done():
            self.done.set_exception(LoadFailed(f"{self.target.name}: {why}"))


class _Connection(asyncio.Protocol):
    """Sends a request, reads its answer, sends the next."""

    def __init__(self) -> None:
        self._data = b""
        self._round: _Round | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def begin(self, now: _Round) -> None:
        """Take part in a round."""
        self._round = now
        now.opened()
        self._send()

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._round = None
        self._transport.close()

    def _send(self) -> None:
        assert self._round is not None
        assert self._transport is not None
        request = self._round.next_request()
        if request is None:
            self._round.left()
            return
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """asyncio: a piece of an answer."""
        self._data += data
        head_end = self._data.find(b"\r\n\r\n")
        if head_end < 0 or self._round is None:
            return
        try:
            status, length = read_head(self._data[:head_end])
        except ValueError as problem:
            self._round.fail(str(problem))
            return
        if len(self._data) < head_end + 4 + length:
            return
        if status != self._round.target.status:
            self._round.fail(f"answered {self._data[:500]!r}")
            return
        self._data = self._data[head_end + 4 + length :]
        self._round.answers += 1
        self._send()

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: gone; in the middle of a round that is a failure."""
        if self._round is not None:
            self._round.fail(f"a connection was closed ({fault})")


def read_head(head: bytes) -> tuple[int, int]:
    """Status and length of an answer; ValueError for one without Content-Length."""
    lines = head.lower().split(b"\r\n")
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(lines[0].split()[1]), int(value)
    raise ValueError(f"an answer has no Content-Length: {head!r}")


async def run(targets: Sequence[Target], rounds: int, seconds: float) -> dict[str, list[float]]:
    """Rates (answers a second) of each target in each round; a round before the first warms up and is not counted."""
    loop = asyncio.get_running_loop()
    numbers = itertools.count(1)
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    for number in range(rounds + 1):
        for target in targets:
            connections = await _connect(target, loop)
            now = _Round(target, seconds if number else seconds / 2, numbers, loop)
            began = loop.time()
            for connection in connections:
                connection.begin(now)
            await now.done
            if number:
                rates[target.name].append(now.answers / (loop.time() - began))
            for connection in connections:
                connection.close()
    return rates


async def _connect(target: Target, loop: asyncio.AbstractEventLoop) -> list[_Connection]:
    return [(await loop.create_connection(_Connection, "127.0.0.1", target.port))[1] for _ in range(CONNECTIONS)]


def in_a_process(targets: Sequence[Target], rounds: int, seconds: float) -> dict[str, list[float]]:
    """`run` in a process of its own; LoadFailed with what it said if it fails."""
    plan = {"targets": [asdict(target) for target in targets], "rounds": rounds, "seconds": seconds}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=json.dumps(plan),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise LoadFailed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the load ended early")
    rates: dict[str, list[float]] = json.loads(done.stdout)
    return rates


def main() -> None:
    """Read the plan, run it, print the rates."""
    plan: dict[str, Any] = json.load(sys.stdin)
    targets = [Target(**each) for each in plan["targets"]]
    json.dump(asyncio.run(run(targets, plan["rounds"], plan["seconds"])), sys.stdout)


if __name__ == "__main__":
    main()

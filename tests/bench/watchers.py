"""Two hundred open pages of the live timeline: what they cost those who use the API.

Also a program: `python -m tests.bench.watchers PORT NUMBER` is the open pages; it says "open" when all have begun,
reads what it gets and throws it away, and ends when its standard input does.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.load import NUMBER, ROOT, Target, in_a_process
from tests.bench.measures import VALUE, Size
from tests.bench.programs import CannotMeasure
from tests.bench.report import Line, by_turns, spread
from tests.processes.customer import ACCEPT, Customer

MANY = 200
AIM = 0.8
PATH = "/dashboard/timeline/live"


def live_pages(customer: Customer, size: Size) -> list[Line]:
    """Reads, which nothing tells the pages, and writes, each of which they all hear of; with pages and without."""
    app = customer.api("POST", "/apps", {"name": "bench-watched"})["name"]
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {customer.token}"}
    body = f'{{"{VALUE}": "{NUMBER}"}}'
    targets = [
        Target("reads", customer.port, f"/apps/{app}", headers=headers),
        Target("writes", customer.port, f"/apps/{app}/config-vars", "PATCH", headers, body),
    ]
    alone: dict[str, list[float]] = {target.name: [] for target in targets}
    watched: dict[str, list[float]] = {target.name: [] for target in targets}
    for _ in range(size.rounds):
        _measure(alone, targets, size.seconds)
        with _pages(customer.port):
            _measure(watched, targets, size.seconds)
    return [
        Line(
            f"API {name} with {MANY} live pages",
            by_turns(watched[name], alone[name]),
            "x",
            AIM,
            True,
            f"{spread(watched[name])} /s against {spread(alone[name])} /s with none",
        )
        for name in alone
    ]


def _measure(rates: dict[str, list[float]], targets: list[Target], seconds: float) -> None:
    for name, found in in_a_process(targets, 1, seconds).items():
        rates[name] += found


@contextlib.contextmanager
def _pages(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.watchers", str(port), str(MANY)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        try:
            if program.stdout.readline() != "open\n":
                raise CannotMeasure(f"not all of {MANY} live pages could be opened")
            yield
        finally:
            program.stdin.close()
    if program.returncode:
        raise CannotMeasure("a live page was closed while it was open")


class _Page(asyncio.Protocol):
    """One open page."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        host = f"localhost:{self._port}"
        transport.write(f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """asyncio: some of the stream."""
        if not self.begun.done():
            self.begun.set_result(None)


async def _watch(port: int, number: int) -> None:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Page(port), "127.0.0.1", port) for _ in range(number)]
    await asyncio.gather(*(page.begun for _, page in made))
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    closed = [transport.is_closing() for transport, _ in made]
    for transport, _ in made:
        transport.close()
    if any(closed):
        raise SystemExit(1)


if __name__ == "__main__":
    asyncio.run(_watch(int(sys.argv[1]), int(sys.argv[2])))

"""What `make bench` measures against a running platform: the API, restarts, the router."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load import CONNECTIONS, NUMBER, Target, in_a_process
from tests.bench.programs import CannotMeasure, app_alone, bare_server, get_json
from tests.bench.report import Line, by_turns, spread
from tests.processes.customer import ACCEPT, Customer

APP_FILE = Path(__file__).with_name("app.py")
VALUE = "BENCH_VALUE"


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds of so many seconds of load, crowds of customers, restarts, starts."""

    rounds: int
    seconds: float
    crowds: int
    restarts: int
    starts: int
    worlds: int
    """Platforms of tests, one after the other."""
    at_once: int
    tests: int


FULL = Size(rounds=7, seconds=1.5, crowds=7, restarts=9, starts=7, worlds=200, at_once=300, tests=1000)
QUICK = Size(rounds=3, seconds=0.4, crowds=3, restarts=3, starts=3, worlds=30, at_once=50, tests=100)


def api(customer: Customer, folder: Path, size: Size) -> list[Line]:
    """Reads and durable writes of the API against a bare Flask route with an answer of the same size."""
    app = customer.api("POST", "/apps", {"name": "bench-api"})
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {customer.token}"}
    name = app["name"]
    with bare_server(folder / "bare", app) as bare_port:
        targets = [
            Target("bare", bare_port, "/bare"),
            Target("app", customer.port, f"/apps/{name}", headers=headers),
            Target("account", customer.port, "/account", headers=headers),
            Target("write", customer.port, f"/apps/{name}/config-vars", "PATCH", headers, f'{{"{VALUE}": "{NUMBER}"}}'),
        ]
        rates = in_a_process(targets, size.rounds, size.seconds)
    bare = rates["bare"]

    def line(what: str, key: str, aim: float) -> Line:
        detail = f"{spread(rates[key])} /s against {spread(bare)} /s of a bare route"
        return Line(what, by_turns(rates[key], bare), "x", aim, True, detail)

    writes = line("API writes, PATCH config-vars", "write", 0.25)
    _check_written(customer, name)
    return [
        line("API reads, GET /apps/:app", "app", 0.5),
        line("API reads, GET /account", "account", 0.5),
        writes,
    ]


def _check_written(customer: Customer, app: str) -> None:
    """Each write must have been one: a release."""
    newest = customer.versions(app)[-1]
    if newest < 10:
        raise CannotMeasure(f"writes have made only {newest} releases")


def deploy(customer: Customer, python: str) -> int:
    """Deploy the app `bench-app`; -> the port of its dyno."""
    customer.api("POST", "/apps", {"name": "bench-app"})
    files = {"Procfile": f"web: {python} web.py\n", "web.py": APP_FILE.read_text()}
    customer.deploy("bench-app", files)
    customer.up("bench-app")
    return int(get_json(customer.port, "/", "bench-app.localhost")["port"])


def router(customer: Customer, size: Size, dyno_port: int) -> Line:
    """The same app by its name and on its own port."""
    targets = [
        Target("direct", dyno_port, "/"),
        Target("router", customer.port, "/", headers={"Host": f"bench-app.localhost:{customer.port}"}),
    ]
    rates = in_a_process(targets, size.rounds, size.seconds)
    detail = f"{spread(rates['router'])} /s against {spread(rates['direct'])} /s on the app's own port"
    return Line("Router, GET / of an app", by_turns(rates["router"], rates["direct"]), "x", 0.5, True, detail)


def restart(customer: Customer, folder: Path, size: Size) -> Line:
    """From config:set to the new value in the app's answer, against the app's own boot."""
    alone = folder / "alone" / "web.py"
    alone.parent.mkdir()
    alone.write_text(APP_FILE.read_text())
    app_alone(alone, "warm")
    set_and_seen(customer, "warm")
    boots, restarts = [], []
    for _ in range(size.restarts):
        value = secrets.token_hex(4)
        boots.append(app_alone(alone, value))
        restarts.append(set_and_seen(customer, value))
    detail = f"{spread(restarts, 3, ' s')} against {spread(boots, 3, ' s')} for the app alone"
    return Line("config:set to new value served", by_turns(restarts, boots), "x", 1.25, False, detail)


def set_and_seen(customer: Customer, value: str) -> float:
    """Seconds from sending the PATCH to the app's answer with the new value."""
    began = time.monotonic()
    customer.api("PATCH", "/apps/bench-app/config-vars", {VALUE: value})
    while get_json(customer.port, "/", "bench-app.localhost").get("value") != value:
        if time.monotonic() - began > 60:
            raise CannotMeasure("the app never answered with its new config var")
    return time.monotonic() - began


def sizes(size: Size) -> Sequence[str]:
    """The words over the lines."""
    return (
        f"{CONNECTIONS} kept connections; by turns, {size.rounds} rounds of {size.seconds:g} s for each after one that "
        f"warms up; answers of about 1 KB; {size.crowds} crowds, {size.restarts} restarts, {size.starts} starts.",
        "Ratios are medians of the ratios of each turn; in brackets the range.",
    )

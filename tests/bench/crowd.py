"""Reads of the API while fifty customers wait for the reference partner; partner and customers are processes.

Also a program: `python -m tests.bench.crowd` is the customers, who all ask at once. Where and for which apps as JSON on
its standard input; when they began and when the last had its answer, on the system's monotonic clock, on its output.
"""

import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

from platform_sim.demo.scene import Scene
from tests.bench.load import ROOT
from tests.bench.programs import CannotMeasure
from tests.bench.report import Line, spread
from tests.processes.customer import ACCEPT, Customer

COMMAND = [sys.executable, "-m", "tests.bench.crowd"]
MANY = 50
AIM = 50
PAUSE = 0.002
"""Between two reads: one client that looks all the time, not a load of its own."""


def reads_meanwhile(customer: Customer, folder: Path, rounds: int) -> list[Line]:
    """How long a read takes from the first request for an add-on to the last answer: median and 95th percentile."""
    with Scene(customer.url, customer.token, folder / "scene") as scene:
        scene.start_partner()
        scene.register()
        measured = [_round(customer, f"crowd-{number}") for number in range(rounds)]
    middles = [1000 * median(reads) for reads, _ in measured]
    tails = [1000 * quantiles(reads, n=20)[-1] for reads, _ in measured]
    crowd = f"{MANY} provisioned in {spread([seconds for _, seconds in measured], 1, ' s')}"
    name = f"Read while {MANY} provision"
    return [
        Line(f"{name}, median", median(middles), "ms", AIM, False, f"{spread(middles, 1, ' ms')}; {crowd}"),
        Line(f"{name}, 95th of 100", median(tails), "ms", AIM, False, spread(tails, 1, " ms")),
    ]


def _round(customer: Customer, prefix: str) -> tuple[list[float], float]:
    """Seconds of each read that fell into the time of the crowd, and how long that was."""
    apps = [f"{prefix}-{number}" for number in range(MANY)]
    for app in apps:
        customer.api("POST", "/apps", {"name": app})
    plan = json.dumps({"url": customer.url, "token": customer.token, "apps": apps})
    reads: list[tuple[float, float]] = []
    with subprocess.Popen(COMMAND, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as crowd:
        assert crowd.stdin is not None
        assert crowd.stdout is not None
        crowd.stdin.write(plan)
        crowd.stdin.close()
        connection = http.client.HTTPConnection("127.0.0.1", customer.port)
        while crowd.poll() is None:
            reads.append(_read(connection, customer.token, apps[0]))
            time.sleep(PAUSE)
        connection.close()
        if crowd.returncode:
            raise CannotMeasure("not all of a crowd of customers got their add-on")
        began, ended = json.loads(crowd.stdout.read())
    during = [end - start for start, end in reads if end > began and start < ended]
    if len(during) < 2:
        raise CannotMeasure("the crowd was through before anything was read")
    return during, ended - began


def _read(connection: http.client.HTTPConnection, token: str, app: str) -> tuple[float, float]:
    start = time.monotonic()
    connection.request("GET", f"/apps/{app}", headers={"Accept": ACCEPT, "Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise CannotMeasure(f"a read was answered with {answer.status}")
    return start, time.monotonic()


def main() -> None:
    """All at once; fails if one of them does not get a provisioned add-on."""
    plan = json.load(sys.stdin)
    customer = Customer(plan["url"], plan["token"], Path())
    with ThreadPoolExecutor(MANY) as crowd:
        began = time.monotonic()
        body = {"plan": "exceptions:test"}
        made = list(crowd.map(lambda app: customer.api("POST", f"/apps/{app}/addons", body), plan["apps"]))
        ended = time.monotonic()
    if {each["state"] for each in made} != {"provisioned"}:
        sys.exit(1)
    json.dump([began, ended], sys.stdout)


if __name__ == "__main__":
    main()

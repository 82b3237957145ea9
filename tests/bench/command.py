"""What one command of the CLI costs the platform: `heroku apps` asks for the apps and twice for the account
(heroku-cli §15), each time over a new connection with TLS."""

import http.client
import ssl
from statistics import median

import psutil

from tests.bench.programs import LONGEST, CannotMeasure
from tests.bench.report import Line, spread
from tests.processes.customer import ACCEPT, Customer

ASKED = ("/account", "/account", "/users/~/apps")
TIMES = 40
"""In a round: the system counts a process's time in steps of 10 ms."""
AIM = 10


def apps_command(customer: Customer, ca_file: str, pid: int, rounds: int) -> Line:
    """Milliseconds of a processor that the platform's process works for one command."""
    tls = ssl.create_default_context(cafile=ca_file)
    for path in ASKED:
        _ask(customer, tls, path)
    worked = [_round(customer, tls, pid) for _ in range(rounds)]
    count = len(customer.api("GET", "/users/~/apps"))
    detail = f"{spread(worked, 1, ' ms')} on a processor, {len(ASKED)} requests with TLS, {count} apps"
    return Line("heroku apps, work of the platform", median(worked), "ms", AIM, False, detail)


def _round(customer: Customer, tls: ssl.SSLContext, pid: int) -> float:
    before = _worked(pid)
    for _ in range(TIMES):
        for path in ASKED:
            _ask(customer, tls, path)
    return 1000 * (_worked(pid) - before) / TIMES


def _worked(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _ask(customer: Customer, tls: ssl.SSLContext, path: str) -> None:
    connection = http.client.HTTPSConnection("localhost", customer.port, timeout=LONGEST, context=tls)
    try:
        connection.request("GET", path, headers={"Accept": ACCEPT, "Authorization": f"Bearer {customer.token}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise CannotMeasure(f"GET {path} answered {answer.status}")
    finally:
        connection.close()

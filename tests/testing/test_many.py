"""Many private Herokus, at once and one after the other: what each takes, and that nothing is left of any."""

import gc
import threading
import weakref
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path

import psutil

from platform_sim.assemble import Platform
from platform_sim.testing import Heroku, Partner

from ..processes.waiting import wait_until

MANY = 40


def held() -> tuple[int, int]:
    return threading.active_count(), psutil.Process().num_fds()


def platforms() -> int:
    gc.collect()
    return sum(isinstance(each, Platform) for each in gc.get_objects())


def test_many_at_once_take_two_sockets_each_and_no_thread_and_share_nothing() -> None:
    Heroku.start().stop()
    threads, files = held()
    alive = [Heroku.start(seed=7) for _ in range(MANY)]
    try:
        assert held()[0] <= threads + 1, "but for the one thread that waits for the first knock, for all"
        assert held()[1] <= files + 2 * MANY + 1
        assert len({each.url for each in alive}) == MANY
        assert len({each.token for each in alive}) == 1, "of one seed"
        for number, each in enumerate(alive):
            each.app(f"app-{number}")
        alive[0].clock.freeze()
        for number, each in enumerate(alive):
            assert [app["name"] for app in each.ask("GET", "/apps")] == [f"app-{number}"]
            assert each.ask("GET", "/sim/clock")["frozen"] is (number == 0)
        assert held()[0] <= threads + 1 + MANY, "an app is looked after by one thread"
    finally:
        for each in alive:
            each.stop()
    wait_until("no thread is left", lambda: held()[0] <= threads + 1)


def test_one_after_the_other_nothing_is_left() -> None:
    """The bench plays a thousand (`make bench`); what keeps one platform alive keeps all."""

    def life() -> "weakref.ref[Platform]":
        partner = Partner("acme")
        with Heroku() as heroku:
            heroku.register(partner.manifest, plans=("free", "pro=900"), partner=partner)
            addon = heroku.app("shop").addons.create("acme:free")
            partner.set_config(addon.uuid, {"ACME_URL": "https://acme.example/rotated"})
            addon.change_plan("acme:pro")
            assert addon.sign_in().status == 200
            addon.destroy()
            assert heroku.leaks() == []
            root = Path(heroku._platform.layout.root)
        assert not root.exists()
        return weakref.ref(heroku._platform)

    def is_gone(lives: "Sequence[weakref.ref[Platform]]") -> bool:
        """A thread that is about to end may hold its platform a moment longer."""
        gc.collect()
        return [each() for each in lives] == [None] * len(lives)

    first = life()
    wait_until("the first is gone", lambda: is_gone([first]))
    before, there = held(), platforms()
    gone = [life() for _ in range(20)]
    wait_until("all are gone", lambda: is_gone(gone))
    assert platforms() == there
    wait_until("threads and files are as before", lambda: held()[0] <= before[0] and held()[1] <= before[1])


def test_a_port_answers_who_comes_and_has_a_thread_from_then_on() -> None:
    def serving() -> list[str]:
        return sorted(each.name for each in threading.enumerate() if each.name in ("edge", "control"))

    before = serving()
    with Heroku() as heroku:
        port = int(heroku.url.rpartition(":")[2])
        heroku.app("shop")
        assert serving() == before, "asked in process"
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/sim/openapi.json")
        assert connection.getresponse().status == 200
        connection.close()
        assert serving() == sorted([*before, "control", "edge"])
    assert serving() == before

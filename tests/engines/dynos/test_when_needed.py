"""A runtime that is made with the first dyno: before that it answers as one without any."""

from collections.abc import Iterable
from typing import Any

from platform_sim.engines.dynos.runtime import DynoSpec, DynoWatcher, Ended, Known, Running
from platform_sim.engines.dynos.when_needed import RuntimeWhenNeeded

SPEC = DynoSpec("key", "app", "web.1", "serve", None)


class Recorder:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def end_leftovers(self, known: Iterable[Known]) -> list[Ended]:
        self.asked.append(("end_leftovers", *known))
        return [Ended(1, "serve")]

    def start(self, spec: DynoSpec, watcher: DynoWatcher) -> Running:
        self.asked.append(("start", spec.key))
        return Running(spec.key, 1, 0.0, None)

    def stop(self, key: str, grace_seconds: float | None = None) -> None:
        self.asked.append(("stop", key, grace_seconds))

    def withdraw(self, attach_secret: str) -> None:
        self.asked.append(("withdraw", attach_secret))

    def running(self) -> list[Running]:
        return [Running("key", 1, 0.0, None)]

    def close(self, grace_seconds: float | None = None) -> None:
        self.asked.append(("close", grace_seconds))


class Watcher:
    def on_ready(self, key: str) -> None: ...

    def on_boot_timeout(self, key: str) -> None: ...

    def on_exit(self, key: str, status: int) -> None: ...


def test_it_is_made_with_the_first_dyno() -> None:
    made: list[Recorder] = []

    def make() -> Recorder:
        made.append(Recorder())
        return made[-1]

    runtime = RuntimeWhenNeeded(make, is_new=True)
    assert runtime.end_leftovers([Known(1, 0.0)]) == runtime.running() == []
    runtime.stop("key")
    runtime.close()
    assert made == []
    runtime.start(SPEC, Watcher())
    runtime.start(SPEC, Watcher())
    runtime.stop("key", 3)
    runtime.withdraw("secret")
    runtime.close(1)
    assert len(made) == 1
    assert made[0].asked == [("start", "key")] * 2 + [("stop", "key", 3), ("withdraw", "secret"), ("close", 1)]
    assert [each.key for each in runtime.running()] == ["key"]


def test_in_a_folder_that_was_there_before_leftovers_are_looked_for() -> None:
    recorder = Recorder()
    runtime = RuntimeWhenNeeded(lambda: recorder, is_new=False)
    assert runtime.end_leftovers([Known(7, 0.0)]) == [Ended(1, "serve")]
    assert recorder.asked == [("end_leftovers", Known(7, 0.0))]

"""All that acts by itself in a platform: drains, dynos, jobs. Begun with it, and anew after a snapshot was put in
place."""

import sys
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from platform_sim.core.model.addresses import Addresses
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.seams import LogSink
from platform_sim.core.store import Database
from platform_sim.engines.build.builder import build_environment
from platform_sim.engines.build.jobs import BuildRoom
from platform_sim.engines.drains.engine import DrainEngine
from platform_sim.engines.dynos.processes import ProcessRuntime
from platform_sim.engines.dynos.runtime import Limits
from platform_sim.engines.dynos.supervisor import Supervisor
from platform_sim.engines.dynos.terminals import TerminalDesk
from platform_sim.engines.dynos.when_needed import RuntimeWhenNeeded
from platform_sim.engines.jobs.runner import JobRunner
from platform_sim.engines.logs.hub import LogHub
from platform_sim.engines.logs.outputs import OutputStore
from platform_sim.engines.logs.release_output import ReleaseOutput
from platform_sim.engines.partner_calls.handlers import partner_handlers
from platform_sim.engines.router.edge import Edge
from platform_sim.engines.scenarios.plays import scenario_handlers
from platform_sim.engines.webhooks import webhook_handlers
from platform_sim.options import Options
from platform_sim.partners.client import PartnerClient
from platform_sim.partners.http_send import HttpSend
from platform_sim.scenarios.glue import play as play_scenario


@dataclass(frozen=True)
class Machinery:
    """Of one platform. `start` and `stop` take turns, as often as one likes."""

    options: Options
    database: Database
    layout: Layout
    addresses: Addresses
    edge: Edge
    desk: TerminalDesk
    logs: LogHub
    outputs: OutputStore
    _ends: list[Any] = field(default_factory=list)

    def start(self, boot_id: str) -> None:
        """Take up what the rows say is to be done; `boot_id`: of this start."""
        stopping = threading.Event()
        self._ends.extend([self.database.listening(), self.database.clock.listening(), stopping.set])
        said = ReleaseOutput(self.database, self.logs, self.outputs)
        self.database.on_commit(said.committed)
        drains = DrainEngine(self.database, self.logs, boot_id)
        self._ends.insert(-1, drains.stop)
        drains.start()
        self._start_dynos(boot_id, said)
        self._start_jobs(boot_id, stopping)

    def stop(self) -> None:
        """End everything, newest first; safe to call twice."""
        while self._ends:
            self._ends.pop()()

    def _start_dynos(self, boot_id: str, log: LogSink) -> None:
        supervisor = Supervisor(
            self.database,
            self._runtime(log),
            log,
            slugs=self.layout.slugs,
            boot_id=boot_id,
            wake=self.edge.wake,
            let_finish=self.edge.let_finish,
        )
        self._ends.insert(-1, supervisor.close)
        supervisor.start()

    def _start_jobs(self, boot_id: str, stopping: threading.Event) -> None:
        """Workers of their own for each: long builds and receivers that hang must not hold up partners."""
        rules, send = self.database.rules, HttpSend(self.database.rules.partner_answer_limit)
        client = PartnerClient(self.options.send or send, rules.partner_timeout)
        partners = partner_handlers(self.database, client, self.addresses)
        play = partial(play_scenario, environment=self.options.environment)
        builds = self._build_room(stopping).handlers()
        builds |= scenario_handlers(self.database, self.addresses, play, stopping)
        webhooks = webhook_handlers(self.database, send)
        for handlers, workers, grace in ((partners, 24, 5.0), (builds, 8, 5.0), (webhooks, 4, 1.0)):
            runner = JobRunner(self.database, boot_id, handlers, workers, grace)
            self._ends.insert(-1, runner.stop)
            runner.start()

    def _runtime(self, log: LogSink) -> RuntimeWhenNeeded:
        rules = self.database.rules
        path = self.options.environment.get("PATH", "/usr/local/bin:/usr/bin:/bin")
        limits = Limits(boot_seconds=rules.boot_timeout, stop_seconds=rules.stop_grace)
        make = partial(ProcessRuntime, self.layout.dynos, log, limits, path=path, desk=self.desk)
        return RuntimeWhenNeeded(make, is_new=self.options.data is None)

    def _build_room(self, stopping: threading.Event) -> BuildRoom:
        return BuildRoom(
            database=self.database,
            layout=self.layout,
            addresses=self.addresses,
            outputs=self.outputs,
            python=Path(sys.executable),
            environment=build_environment(self.options.environment),
            stopping=stopping,
        )

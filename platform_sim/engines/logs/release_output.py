"""The output of release commands and of postdeploy commands, copied out of the log: what `release.output_stream_url`
serves (platform-api §6), and what an app setup shows when its command has ended."""

import contextlib

from platform_sim.core.model.apps import Dyno, Release
from platform_sim.core.model.records import Event
from platform_sim.core.model.seams import LogSink, LogSource, Outputs
from platform_sim.core.model.setups import POSTDEPLOY, AppSetup
from platform_sim.core.store import Database, Snapshot

COPIED = ("release", POSTDEPLOY)
"""Types of the dynos whose lines are copied."""


class ReleaseOutput:
    """A `LogSink` that passes every line on, and those of `release.NNNN` and `postdeploy.NNNN` dynos to their
    output too."""

    def __init__(self, database: Database, log: LogSink, outputs: Outputs) -> None:
        self._database = database
        self._log = log
        self._outputs = outputs
        self._keys: dict[tuple[str, str], str | None] = {}

    def __call__(self, app_id: str, source: LogSource, dyno: str, text: str) -> None:
        """See `LogSink`."""
        self._log(app_id, source, dyno, text)
        if source == "app" and dyno.partition(".")[0] in COPIED:
            key = self._key(app_id, dyno)
            if key:
                with contextlib.suppress(ValueError):  # said after its end: the log has it, the output is closed
                    self._outputs.append(key, text + "\n")

    def _key(self, app_id: str, dyno: str) -> str | None:
        # No lock: a listener of commits waits for nobody who may be waiting for the database.
        if (app_id, dyno) not in self._keys:
            with self._database.snapshot() as rows:
                row = rows.find(Dyno, app_id=app_id, name=dyno)
                self._keys[app_id, dyno] = _key_of(rows, row) if row else None
        return self._keys.get((app_id, dyno))

    def committed(self, events: list[Event]) -> None:
        """A listener for commits: the output of a release whose command has ended is complete."""
        for event in events:
            if event.kind == "dyno" and event.action == "destroy":
                self._keys.pop((event.app_id or "", event.data["name"]), None)
            if event.kind == "release" and "status" in event.previous:
                self._keys = {known: key for known, key in list(self._keys.items()) if known[0] != event.app_id}
                with self._database.snapshot() as rows:
                    release = rows.find(Release, id=event.subject_id)
                if release and release.output_secret:
                    self._outputs.finish(release.output_secret)


def _key_of(rows: Snapshot, dyno: Dyno) -> str | None:
    if dyno.type == POSTDEPLOY:
        setup = rows.find(AppSetup, postdeploy_dyno_id=dyno.id)
        return setup.postdeploy_secret if setup else None
    release = rows.find(Release, id=dyno.release_id)
    return release.output_secret if release else None

"""A platform as it is when nobody runs it: what belongs to a process, not to the platform, is taken out of its rows.

The same as a start makes of what a killed platform has left: jobs that were being done are to be done, processes are
gone, dynos are to be started, calls have got no answer. So putting such rows in place changes none of them.
"""

from collections.abc import Mapping
from typing import Any

from platform_sim.core.actions.exchanges import CUT
from platform_sim.core.model.apps import Dyno
from platform_sim.core.model.records import ClockState, Exchange, Job, Sequence
from platform_sim.core.store.still import Still

BOOTS = "boot:"
"""The stream of the ids of starts: each start has its own, so it goes with no snapshot."""
_PROCESS: dict[str, Any] = {"pid": None, "pid_started": None, "port": None, "boot_id": None}


def settle(still: Still) -> None:
    """Bring a still into this form; once more changes nothing."""
    still.change(Job, lambda job: {"boot_id": None, "state": "todo"}, state="doing")
    still.change(Exchange, lambda call: {"problem": CUT}, status=None, problem=None)
    still.change(Dyno, _dyno)
    still.change(Sequence, lambda stream: None if stream.id.startswith(BOOTS) else {})
    still.change(ClockState, lambda state: None)


def _dyno(dyno: Dyno) -> Mapping[str, Any]:
    """A command that ran cannot go on, and is not run twice; the others start again."""
    if dyno.kind != "formation" and dyno.pid is not None:
        return _PROCESS | {"wanted": False}
    return _PROCESS | ({"state": "starting"} if dyno.state == "up" else {})

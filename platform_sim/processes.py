"""Looks at processes of this machine, whoever has started them. Starts and ends none."""

import time

import psutil

_LOOKS, _PAUSE = 500, 0.01  # at a process that shows nothing of itself, and seconds between two of them


def environment_of(process: psutil.Process) -> dict[str, str]:
    """What it was started with; psutil.Error or OSError. While it becomes another program (exec) the system shows
    neither environment nor command line for a moment, on a busy machine a long one: then it is looked at again."""
    for _ in range(_LOOKS):
        if (found := process.environ()) or not process.exe() or process.cmdline():
            break
        time.sleep(_PAUSE)
    return found or process.environ()

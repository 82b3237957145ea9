"""Ends a group of processes whose starter has gone without ending it, as one that got SIGKILL has.

A small shell in a session of its own waits at a pipe that only the starter holds open: the pipe ends with the starter.
"""

import contextlib
import os
import subprocess

WATCH = """
trap '' TERM INT HUP
read -r group || exit 0
read -r word && exit 0
kill -s TERM -- "-$group"
left=$1
while [ "$left" -gt 0 ] && kill -s 0 -- "-$group"; do sleep 1; left=$((left - 1)); done
kill -s KILL -- "-$group"
"""
"""Is told the group first, and a word when the starter has ended it itself."""


class Guard:
    """For one group. Begin it before there is the group, so that no moment is left unwatched.

    `grace`: wall seconds between SIGTERM and SIGKILL.
    """

    def __init__(self, grace: float) -> None:
        there, self._here = os.pipe()
        try:
            # No environment and no folder of anybody's: it is nobody's partner.
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", WATCH, "platform-sim-guard", str(max(1, round(grace)))],
                env={"PATH": os.defpath},
                cwd="/",
                stdin=there,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except BaseException:
            os.close(self._here)
            raise
        finally:
            os.close(there)

    def watch(self, group: int) -> None:
        """From now on this one ends with the starter."""
        self._tell(str(group))

    def leave(self) -> None:
        """The starter has ended the group itself, or there was none."""
        self._tell("ended")
        os.close(self._here)
        self._process.wait()

    def _tell(self, word: str) -> None:
        # Somebody may have killed the guard.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._here, f"{word}\n".encode())

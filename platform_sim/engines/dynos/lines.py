"""What the platform says about dynos in an app's log, word for word (platform-api §7). Texts only."""

TERMINATING = "Stopping all processes with SIGTERM"
KILLING = "Stopping process with SIGKILL"
RESTARTING = "Restarting"
MEMORY = "Error R14 (Memory quota exceeded)"
MEMORY_VASTLY = "Error R15 (Memory quota vastly exceeded)"


def memory(megabytes: float, percent: float) -> str:
    """Before R14 and R15."""
    return f"Process running mem={megabytes:.0f}MB({percent:.1f}%)"


def starting(command: str) -> str:
    """A process is about to be started."""
    return f"Starting process with command `{command}`"


def state_changed(before: str, after: str) -> str:
    """The dyno's state as the platform sees it: starting, up, crashed, down, complete."""
    return f"State changed from {before} to {after}"


def exited(status: int) -> str:
    """Always the last line about a process."""
    return f"Process exited with status {status}"


def boot_timeout(seconds: float) -> str:
    """R10."""
    return f"Error R10 (Boot timeout) -> Web process failed to bind to $PORT within {seconds:g} seconds of launch"


def exit_timeout(seconds: float) -> str:
    """R12."""
    return f"Error R12 (Exit timeout) -> Process failed to exit within {seconds:g} seconds of SIGTERM"


def release_timeout(seconds: float) -> str:
    """The release phase has a limit (platform-api §6); these words are ours."""
    return f"Release command did not end within {seconds:g} seconds, it is stopped and the release fails"

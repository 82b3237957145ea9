"""Files that hold secrets: for their owner only, from their first moment on."""

from pathlib import Path

from platform_sim.cli.failures import EnvironmentProblem


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; what was there is replaced. EnvironmentProblem if that cannot be."""
    try:
        path.unlink(missing_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise EnvironmentProblem(f"{path} cannot be written: {problem.strerror}; name another file") from None

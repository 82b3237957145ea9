"""How long `platform-sim up` takes to be ready, and what of it is the interpreter and imports."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from tests.bench.load import ROOT
from tests.bench.measures import Size
from tests.bench.programs import CannotMeasure, ended_with, wait_for
from tests.bench.report import Line, spread

COMMAND = str(Path(sys.executable).with_name("platform-sim"))
IMPORTS = "import platform_sim.cli.main, platform_sim.cli.up"
_MOST_ENTRIES = 25
_ENTRY = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def startup(folder: Path, size: Size) -> list[Line]:
    """A new data folder and one that is there, by turns."""
    started(folder / "warm")
    fresh, again = [], []
    for number in range(size.starts):
        data = folder / f"start-{number}"
        fresh.append(started(data))
        again.append(started(data))
    return [_line("new data folder", fresh), _line("data folder that is there", again)]


def _line(name: str, starts: Sequence["Start"]) -> Line:
    took = [start.seconds for start in starts]
    worked = [start.processor_seconds for start in starts]
    detail = f"{spread(took, 2, ' s')}, of which {spread(worked, 2, ' s')} on a processor"
    return Line(f"up to ready, {name}", median(took), "s", 0.5, False, detail)


@dataclass(frozen=True)
class Start:
    """One start: wall time, and what of it the process spent working (the rest is waiting for its turn)."""

    seconds: float
    processor_seconds: float


def started(data: Path) -> Start:
    """From the spawn of `platform-sim up` to its ready file."""
    ready = data.with_name(data.name + ".ready")
    command = [COMMAND, "up", "--port", "0", "--ready-file", str(ready), "--data", str(data)]
    began = time.monotonic()
    with ended_with(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=_environment())) as process:
        wait_for("the platform is ready", lambda: ready.exists() or process.poll() is not None)
        took = time.monotonic() - began
        if not ready.exists():
            raise CannotMeasure("platform-sim up ended at once")
        worked = psutil.Process(process.pid).cpu_times()
        return Start(took, worked.user + worked.system)


def _environment() -> dict[str, str]:
    """Ours, but the first start, which is not counted, keeps what it compiles, as everybody's does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def explain(size: Size) -> list[str]:
    """The parts of a start: the interpreter, our imports, and which modules cost most of that."""
    nothing = [_seconds("pass") for _ in range(size.starts)]
    imports = [_seconds(IMPORTS) for _ in range(size.starts)]
    command = [sys.executable, "-X", "importtime", "-c", IMPORTS]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    return [
        f"  interpreter alone {spread(nothing, 3, ' s')}, with our imports {spread(imports, 3, ' s')}",
        "  most expensive imports, by package, their own milliseconds:",
        *heaviest(said),
    ]


def heaviest(importtime: str) -> list[str]:
    """Own time of the modules of `-X importtime`, summed by top package (ours: by two levels), largest first."""
    sums: dict[str, list[int]] = {}
    for own, _, _, module in _ENTRY.findall(importtime):
        parts = module.split(".")
        name = ".".join(parts[:2]) if parts[0] == "platform_sim" else parts[0]
        sums.setdefault(name, []).append(int(own))
    ordered: Sequence[tuple[str, list[int]]] = sorted(sums.items(), key=lambda item: -sum(item[1]))
    return [
        f"    {sum(times) / 1000:6.1f} ms  {name} ({len(times)} modules)" for name, times in ordered[:_MOST_ENTRIES]
    ]


def _seconds(code: str) -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return time.monotonic() - began

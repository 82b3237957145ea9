"""For the suite of `worlds`: what each worker holds after its fiftieth test and after its last."""

import gc
import json
import os
import threading
import time
from pathlib import Path

import psutil
import pytest

SEEN: dict = {}
TOOK: list[float] = []


def held() -> dict[str, int]:
    gc.collect()
    me = psutil.Process()
    return {"memory": me.memory_info().rss, "threads": threading.active_count(), "files": me.num_fds()}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    began = time.monotonic()
    result = yield
    TOOK.append((time.monotonic() - began) * 1000)
    if len(TOOK) == 1:
        SEEN["first"] = time.process_time()
    if len(TOOK) == 50:
        SEEN["fiftieth"] = held()
    return result


def pytest_sessionfinish():
    if TOOK:
        last = held()
        worked = (time.process_time() - SEEN["first"]) * 1000 / max(1, len(TOOK) - 1)
        told = {"fiftieth": last} | SEEN | {"last": last, "milliseconds": TOOK, "worked": worked}
        name = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        Path(__file__).with_name(f"{name}.worker.json").write_text(json.dumps(told))

"""What the platform's API is compared with: one Flask route that answers JSON, under the same server behind the same
edge. A program of its own: `python -m tests.bench.bare READY_FILE ANSWER_FILE`, ended with SIGTERM.
"""

import json
import signal
import ssl
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from platform_sim.core.clock import Clock
from platform_sim.core.model.seams import Route, Stream, Terminal
from platform_sim.engines.router.edge import Edge
from platform_sim.web.server import ControlServer


class NoApps:
    """No host is an app's."""

    def is_app_host(self, host: str) -> bool:
        """Never."""
        return False

    def find(self, host: str) -> Route | None:
        """Never asked."""
        return None


class NoStreams:
    """No path is a stream's."""

    def open(self, *_: Any, **__: Any) -> Stream | None:
        """Not here."""
        return None


def bare_app(answer: Any) -> Flask:
    """One route."""
    app = Flask("bare")

    @app.route("/bare")
    def bare() -> Any:
        return answer

    return app


class NoTerminals:
    """No attached dynos."""

    def expect(self, secret: str, ready: Callable[[Terminal | None], None]) -> None:
        ready(None)


def main() -> None:
    """Serve until SIGTERM."""
    ready_file, answer_file = (Path(argument) for argument in sys.argv[1:3])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    control = ControlServer(bare_app(json.loads(answer_file.read_text())), 1_000_000)
    edge = Edge(
        NoApps(),
        lambda: control.address,
        NoStreams(),
        lambda *_: None,
        new_id=lambda: str(uuid.uuid4()),
        now_ms=Clock().milliseconds,
        tls=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
        terminals=NoTerminals(),
    )
    edge.start()
    control.start()
    part = ready_file.with_suffix(".part")
    part.write_text(json.dumps({"url": f"http://localhost:{edge.port}"}))
    part.replace(ready_file)
    stop.wait()
    edge.stop()
    control.close()


if __name__ == "__main__":
    main()

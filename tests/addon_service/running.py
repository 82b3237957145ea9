"""The partner in this process, on a port of its own, with its workers: for tests beside a real platform."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from werkzeug.serving import make_server

from addon_service.app import create_app, service_of
from addon_service.service import Service
from addon_service.settings import load


@contextmanager
def running_service(folder: Path, environment: Mapping[str, str]) -> Iterator[Service]:
    """A service that answers at its `settings.public_url` until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(load({**environment, "PUBLIC_URL": url}, data=folder))
        service = service_of(app)
        server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        service.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            service.close()

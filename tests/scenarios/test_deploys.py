"""Verbs that need a dyno: a folder is deployed as an archive, waited for, visited, asked many times at once."""

from pathlib import Path

import pytest

from platform_sim.scenarios.play import Outcome

from .playing import played

pytestmark = pytest.mark.processes

PROGRAM = """
import http.server, json, os
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/none" else 200)
        told = json.dumps({"path": self.path, "word": os.environ.get("WORD")}).encode()
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Door).serve_forever()
"""
STEPS = """
- wait for dynos: {app: shop, are: {web: 1}}
  expect: {dynos: {shop: {web: 1}}}
- visit: {app: shop, path: /hello}
  expect: {status: 200, json: {path: /hello, word: green}}
- load: {app: shop, clients: 2, least: 20, before: 4, meanwhile: {app: shop, path: /meanwhile},
         requests: [{path: /a, json: {path: /a}}, {path: /none, status: 404}], until: {json: {path: /a}, times: 5}}
  expect: {json: {failed: 0, done: {at least: 20}, seen: {at least: 5}}}
- load: {app: shop, least: 3, requests: [{path: /b, json: {word: red}}]}
"""


def test_a_folder_is_deployed_visited_and_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "Procfile").write_text("web: exec python3 -S web.py\n")
    (folder / "web.py").write_text(PROGRAM)
    (folder / "__pycache__").mkdir()
    head = "apps: {shop: {config: {WORD: green}, deploy: web, scale: {web: 1}}}\n"
    *fine, failed = played(STEPS, head, tmp_path)
    assert [(each.title, each.problem) for each in fine if each.state != "ok"] == []
    check_failed(failed)


def check_failed(failed: Outcome) -> None:
    """What a load says whose requests fail."""
    assert failed.state == "failed"
    assert "requests failed: request " in failed.problem
    assert "GET /b: word is 'green', not equal to 'red'" in failed.problem

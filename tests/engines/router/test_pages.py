"""The edge's own answers."""

import json

from platform_sim.engines.router import pages


def test_an_answer() -> None:
    data = pages.answer(503, "text/plain", b"no", head_only=False, keep_alive=True, http10=False)
    assert data == (
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
        b"Cache-Control: no-cache, no-store\r\n\r\nno"
    )


def test_head_only_and_connection() -> None:
    data = pages.answer(404, "text/plain", b"no", head_only=True, keep_alive=False, http10=False)
    assert data.endswith(b"Content-Length: 2\r\nCache-Control: no-cache, no-store\r\nConnection: close\r\n\r\n")
    data = pages.answer(404, "text/plain", b"no", head_only=True, keep_alive=True, http10=True)
    assert b"Connection: keep-alive\r\n" in data


def test_pages_are_escaped_and_load_nothing_from_elsewhere() -> None:
    assert b"&lt;b&gt;" in pages.page("<b>", "")
    for page in (pages.APPLICATION_ERROR, pages.NO_SUCH_APP, pages.MAINTENANCE, pages.BLANK_APP):
        assert b"http" not in page and b"src=" not in page
    assert b"Application error" in pages.APPLICATION_ERROR


def test_json_errors_and_unknown_statuses() -> None:
    assert json.loads(pages.json_error("not_found", 'no "x"')) == {"id": "not_found", "message": 'no "x"'}
    assert (pages.reason(299), pages.reason(499), pages.reason(200)) == (b"", b"Client Closed Request", b"OK")

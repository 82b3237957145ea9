"""The router's lines, against the documented examples (platform-api §7)."""

from platform_sim.engines.router import lines

WHAT = lines.what(b"GET", b"/", "example.herokuapp.com", "6903a168-b79b-ec27-03c8-b8f64d8d8792", "203.0.113.7")


def test_a_good_request() -> None:
    line = f"{lines.opening(None)} {WHAT} {lines.how('web.1', 0, 18, 200, 13)} {lines.protocol(False, True)}"
    assert line == (
        'at=info method=GET path="/" host=example.herokuapp.com request_id=6903a168-b79b-ec27-03c8-b8f64d8d8792 '
        'fwd="203.0.113.7" dyno=web.1 connect=0ms service=18ms status=200 bytes=13 '
        "protocol=http1.1 tls=true tls_version=unknown"
    )


def test_an_error_with_empty_fields() -> None:
    line = f"{lines.opening('H20')} {WHAT} {lines.how('', None, None, 503, None)} {lines.protocol(True, False)}"
    assert line == (
        'at=error code=H20 desc="App boot timeout" method=GET path="/" host=example.herokuapp.com '
        'request_id=6903a168-b79b-ec27-03c8-b8f64d8d8792 fwd="203.0.113.7" dyno= connect= service= status=503 bytes= '
        "protocol=http1.0 tls=false"
    )


def test_the_side_that_closed_comes_first() -> None:
    assert lines.opening("H18").startswith("sock=backend at=error code=H18 ")
    assert lines.opening("H27").startswith("sock=client at=warning code=H27 ")


def test_cause() -> None:
    assert lines.opening("H26", "bad chunk") == 'at=error code=H26 desc="Request Error" cause="bad chunk"'


def test_a_quote_cannot_end_the_path() -> None:
    assert 'path="/a%22 b=%22c"' in lines.what(b"GET", b'/a" b="c', "h", "r", "f")

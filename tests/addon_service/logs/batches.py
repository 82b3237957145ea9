"""Batches of a log drain as Logplex sends them (partner-api §7.1)."""

from __future__ import annotations

from werkzeug.test import TestResponse

from ..partner import UUID, Partner

AT = "2026-03-04T05:06:07.123456+00:00"


def frame(text: str | bytes, source: str = "app", process: str = "web.1", at: str = AT) -> bytes:
    """One message with its length in bytes before it; no structured data."""
    raw = text if isinstance(text, bytes) else text.encode()
    message = f"<190>1 {at} host {source} {process} - ".encode() + raw + b"\n"
    return b"%d %b" % (len(message), message)


def send(
    partner: Partner,
    token: str,
    body: bytes,
    *,
    uuid: str = UUID,
    id: str | None = "0123456789ABCDEF0123456789ABCDEF",
    count: object = 1,
    kind: str = "application/logplex-1",
) -> TestResponse:
    """A batch as the drain with that token sends it; a None leaves a header out."""
    headers = {"Logplex-Drain-Token": token, "Content-Type": kind, "User-Agent": "Logplex/v72"}
    if id is not None:
        headers["Logplex-Frame-Id"] = id
    if count is not None:
        headers["Logplex-Msg-Count"] = str(count)
    return partner.client.post(f"/heroku/logs/{uuid}", data=body, headers=headers)

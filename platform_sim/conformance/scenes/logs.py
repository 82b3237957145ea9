"""Logs: batches as a log drain brings them to the partner, and lines that the partner writes itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from platform_sim.conformance.calls import is_line
from platform_sim.conformance.scenes.scene import Mode, Script, Stage, basic
from platform_sim.conformance.seen import Exchange, NotSeen
from platform_sim.core.model.drains import drain_url_problem
from platform_sim.core.model.seams import LogSource
from platform_sim.core.model.syslog import LINE_BYTES, Batch, Framing, http_headers
from platform_sim.partners.contract import PartnerRequest

SCRIPT = Script()
scene = SCRIPT.scene
BATCHES = (
    "batch", "batch again", "batch of several", "batch with a long line", "batch that tells of losses",
    "batch without lines", "batch of another type", "batch with a strange token",
)  # fmt: skip
AFTER = "batch after the end"
LINES = "lines that the partner wrote"
"""The fact that holds them."""
A_LINE = 2.0
"""Wall seconds that a partner is given to write one."""


@dataclass(frozen=True)
class _Line:
    """Something that an app said."""

    text: str
    at: datetime
    dyno: str = "web.1"
    source: LogSource = "app"


@scene("drain", ", ".join(("drained provision", "drained deprovision", *BATCHES, AFTER)), mode=Mode.DEFAULT,
       needs="drain")  # fmt: skip
def _drain(stage: Stage) -> None:
    found = stage.install("drained provision")
    order = stage.seen.good("drained provision")
    stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    try:
        post = _receiver(stage, order)
        _batches(stage, post, found.uuid)
    finally:
        stage.let_go("drained deprovision", found.uuid)
    stage.send(AFTER, post(_said(stage, "late"), "AF"))


@scene("log input", f"writing provision, writing plan change, writing deprovision, {LINES}", mode=Mode.DEFAULT,
       needs="log-input")  # fmt: skip
def _input(stage: Stage) -> None:
    heard = stage.home.overheard
    found = stage.install("writing provision")
    stage.seen.good("writing provision")
    stage.home.wait_for_state(found.uuid, ("provisioned", "deprovisioned"), stage.patience)
    try:
        if len(stage.plans) > 1:
            stage.change_plan("writing plan change", found.uuid, stage.plans[1])
        heard.wait(lambda calls: any(map(is_line, calls)), min(stage.patience, A_LINE))
    finally:
        stage.let_go("writing deprovision", found.uuid)
    stage.seen.facts[LINES] = tuple(filter(is_line, heard.calls))


Post = Callable[..., PartnerRequest]


def _receiver(stage: Stage, order: Exchange) -> Post:
    """Makes the request that brings a batch to where the partner wants its logs. NotSeen if it cannot be told so."""
    url = order.object.get("log_drain_url") or order.object.get("syslog_drain_url")
    if not isinstance(url, str) or drain_url_problem(url) is not None:
        raise NotSeen("the partner named no log_drain_url that can be used")
    parts = urlsplit(url)
    if not parts.scheme.startswith("http"):
        raise NotSeen("the partner takes logs as syslog, which is not tried")
    user, at, host = parts.netloc.rpartition("@")
    login = [unquote(part) for part in user.partition(":")[::2]]
    given = {"Authorization": basic(*login)} if at else {}
    place = urlunsplit(parts._replace(netloc=host))
    timeout = stage.home.platform.database.rules.drain_request_timeout

    def post(batch: Batch, frame: str, token: str = "", **headers: str) -> PartnerRequest:
        sent = http_headers(batch, f"{frame:0>32}", token or str(order.sent.get("log_drain_token")))
        sent |= given | {name.replace("_", "-"): value for name, value in headers.items()}
        return PartnerRequest("POST", place, sent, Framing().body(batch), timeout)

    return post


def _batches(stage: Stage, post: Post, uuid: str) -> None:
    one = _said(stage, "hello")
    stage.send(BATCHES[0], post(one, "A1"))
    stage.send(BATCHES[1], post(one, "A1"))
    stage.send(BATCHES[2], post(_said(stage, "one", "two", "drei \N{SNOWMAN}"), "A2"))
    stage.send(BATCHES[3], post(_said(stage, "x" * (LINE_BYTES + 1)), "A3"))
    now = stage.home.platform.clock.now()
    stage.send(BATCHES[4], post(replace(one, lost=7, since=now), "A4"))
    stage.send(BATCHES[5], post(replace(one, lines=()), "A5"))
    stage.send(BATCHES[6], replace(post(one, "A6", Content_Type="application/json"), body=b'{"hello": 1}'))
    stage.send(BATCHES[7], post(one, "A7", token=f"d.{stage.fresh_uuid()}"))


def _said(stage: Stage, *texts: str) -> Batch:
    now = stage.home.platform.clock.now()
    lines: list[Any] = [_Line(text, now) for text in texts]
    if len(texts) > 1:
        lines.append(_Line('at=info method=GET path="/" status=200', now, "router", "heroku"))
    return Batch(lines, now)

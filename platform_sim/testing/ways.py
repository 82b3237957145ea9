"""How a partner is reached: by HTTP, or as an application in this process, found by the place of its URLs."""

import logging
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from urllib.parse import urlsplit

from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send
from platform_sim.partners.struck import Strike, struck
from platform_sim.stand_ins.wsgi import Wsgi, call

log = logging.getLogger(__name__)


class Ways:
    """A `Send` that knows the applications of one world; `on` is asked for everything else."""

    def __init__(self, on: Send) -> None:
        self._on = on
        self._here: dict[str, tuple[str, Send]] = {}
        self.told: Callable[[PartnerRequest, PartnerAnswer], None] | None = None
        """Hears each request with its answer."""

    def add(self, slug: str, url: str, send: Send) -> None:
        """From now on that one answers at the URL's place. ValueError if another partner does."""
        place = place_of(url)
        owner, _ = self._here.get(place, (slug, send))
        if owner != slug:
            raise ValueError(
                f"{place} is where {owner} answers in this world: give {slug} another host or port in its manifest"
            )
        self._here[place] = slug, send

    def forget(self, slug: str) -> None:
        """Its partner is reached by HTTP again."""
        self._here = {place: row for place, row in self._here.items() if row[0] != slug}

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """Never raises."""
        return self._heard(request, self._way(request)(request))

    def struck(self, request: PartnerRequest, strike: Strike) -> PartnerAnswer:
        """The same over a connection to which that happens, or in its likeness (docs/faults.md)."""
        return self._heard(request, struck(self._way(request), request, strike))

    def _heard(self, request: PartnerRequest, answer: PartnerAnswer) -> PartnerAnswer:
        if self.told is not None:
            self.told(request, answer)
        return answer

    def _way(self, request: PartnerRequest) -> Send:
        _, send = self._here.get(place_of(request.url), ("", self._on))
        return send


class WsgiSend:
    """A WSGI application as a `Send`, each request in a thread of its own: one that hangs is left to itself, and goes
    on as at a server whose caller has gone."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """Never raises: what an application raises is logged, and is a 500 as from any server."""
        begun = time.monotonic()
        answers: list[PartnerAnswer] = []

        def run() -> None:
            answers.append(self._answer(request, begun))

        thread = threading.Thread(target=copy_context().run, args=[run], name="partner-wsgi-call", daemon=True)
        thread.start()
        thread.join(request.timeout)
        return answers[0] if answers else PartnerAnswer(None, {}, b"", _since(begun), "timeout")

    def _answer(self, request: PartnerRequest, begun: float) -> PartnerAnswer:
        try:
            found = call(self._app, request.method, request.url, request.headers, request.body or b"")
        except (Exception, SystemExit):
            log.exception("the partner's application has failed at %s", request.method)
            return PartnerAnswer(500, {}, b"", _since(begun))
        return PartnerAnswer(found.status, found.headers, found.body, _since(begun))


def place_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)

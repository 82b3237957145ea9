"""What the partner is asked, as it goes out: what it was asked to make is known also when a run breaks off."""

import threading

from platform_sim.core.model import json_text
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest, Send


class Asked:
    """A `Send` that takes note. `orders`: the uuids that the partner was asked to make and has not refused."""

    def __init__(self, send: Send) -> None:
        self.orders: list[str] = []
        self._send = send
        self._changed = threading.Condition()
        self._under_way = 0

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        """Deliver it."""
        uuid = _ordered(request)
        with self._changed:
            self._under_way += 1
            if uuid:
                self.orders.append(uuid)
        refused = False
        try:
            answer = self._send(request)
            refused = answer.status is not None and 400 <= answer.status < 500
            return answer
        finally:
            with self._changed:
                self._under_way -= 1
                if uuid and refused:
                    self.orders.remove(uuid)
                self._changed.notify_all()

    def let_finish(self, seconds: float) -> None:
        """Until everything is answered, at most so long on the wall clock."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, seconds)


def _ordered(request: PartnerRequest) -> str | None:
    if request.method != "POST":
        return None
    try:
        found = json_text.read(request.body or b"")
    except ValueError:
        return None
    uuid = found.get("uuid") if isinstance(found, dict) else None
    return uuid if isinstance(uuid, str) else None

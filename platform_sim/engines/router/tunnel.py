"""After a 101: two connections, byte for byte one pipe (WebSocket and whatever else was agreed on).

Touches the two transports only.
"""

import asyncio
from collections.abc import Callable

from platform_sim.engines.router.alarm import Alarm
from platform_sim.engines.router.shared import Shared


class TunnelEnd(asyncio.Protocol):
    """One side: what it receives goes to the other side, as fast as that one takes it."""

    __slots__ = ("bytes", "ended", "lost", "other", "transport", "tunnel")
    transport: asyncio.Transport
    other: "TunnelEnd"

    def __init__(self, tunnel: "Tunnel") -> None:
        self.tunnel = tunnel
        self.bytes = 0
        """Bytes received on this side."""
        self.ended = False
        """Whether this side has said its last byte."""
        self.lost = False

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes."""
        self.bytes += len(data)
        self.other.transport.write(data)
        self.tunnel.moved()

    def eof_received(self) -> bool:
        """asyncio: this side will send no more; the other direction may go on."""
        self.ended = True
        if self.other.ended or not self.other.transport.can_write_eof():
            self.tunnel.close()
        else:
            self.other.transport.write_eof()
        return True

    def connection_lost(self, fault: Exception | None) -> None:
        """asyncio: this side is gone, so the tunnel is."""
        self.lost = True
        self.tunnel.lost()

    def pause_writing(self) -> None:
        """asyncio: this side does not read: do not read from the other."""
        self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """asyncio: this side reads again."""
        self.other.transport.resume_reading()


class Tunnel:
    """Both sides and their idle time; `ended(bytes to the client, idle)` is called once, when both are closed."""

    def __init__(self, shared: Shared, idle: float | None, ended: Callable[[int, bool], None]) -> None:
        self.client_end = TunnelEnd(self)
        self.backend_end = TunnelEnd(self)
        self.client_end.other = self.backend_end
        self.backend_end.other = self.client_end
        self._shared = shared
        self._idle = idle
        self._ended = ended
        self._alarm = Alarm(shared.loop, self._silent)
        self._was_idle = False

    def begin(self, client: asyncio.Transport, backend: asyncio.Transport, early: bytes) -> None:
        """Start; `early` are bytes the client has sent already."""
        self.client_end.transport = client
        self.backend_end.transport = backend
        self._shared.open.add(self)
        if early:
            backend.write(early)
        self.moved()
        if client.is_closing() or backend.is_closing():
            self.close()

    def moved(self) -> None:
        """Bytes went through: the idle time starts anew."""
        if self._idle is not None:
            self._alarm.set(self._idle)

    def close(self) -> None:
        """Close both sides, after what is on its way."""
        self.client_end.transport.close()
        self.backend_end.transport.close()

    def abort(self) -> None:
        """Close both sides at once."""
        self.client_end.transport.abort()
        self.backend_end.transport.abort()

    def lost(self) -> None:
        """One side is gone; the last one out ends the tunnel."""
        if not (self.client_end.lost and self.backend_end.lost):
            self.close()
            return
        self._alarm.cancel()
        self._shared.open.discard(self)
        self._ended(self.backend_end.bytes, self._was_idle)

    def _silent(self) -> None:
        self._was_idle = True
        self.abort()

"""Partners that take it amiss when they are asked for something unusual."""

import json
import threading
from typing import Any

from platform_sim.core.model import json_text

from .partner import Right
from .parts import BASE, Answer, Refusal, Request

Order = dict[str, Any]


class _Options(Right):
    """Looks at the options before it does anything."""

    def provision(self, order: Order) -> Answer:
        options = order.get("options")
        if isinstance(options, dict):
            self.read(options)
        return super().provision(order)

    def read(self, options: dict[str, Any]) -> None:
        """Raises what it does not like."""
        raise NotImplementedError


class SmallTable(_Options):
    """Has room for few."""

    breaks = "R01"

    def read(self, options: dict[str, Any]) -> None:
        if len(options) > 20:
            raise Refusal(500, "DataError")


class AsciiOptions(_Options):
    """Knows a to z."""

    breaks = "R02"

    def read(self, options: dict[str, Any]) -> None:
        if "größe" in options:
            raise Refusal(500, "UnicodeEncodeError")


class ChoosesByAccept(Right):
    """Has another version for who does not say which."""

    breaks = "R03"

    def serve(self, request: Request) -> Answer:
        if self.knows(request) and "accept" not in request.headers:
            raise Refusal(406, "Which version?")
        return super().serve(request)


class NothingToExpect(Right):
    """Fails for Expect."""

    breaks = "R04"

    def serve(self, request: Request) -> Answer:
        if "expect" in request.headers:
            raise Refusal(500, "NotImplementedError")
        return super().serve(request)


class _Reads(Right):
    """Reads bodies in its own way."""

    method = "POST"

    def order(self, request: Request) -> Order:
        if request.method == self.method:
            self.read(request)
        return super().order(request)

    def read(self, request: Request) -> None:
        """Raises what it does not like."""
        raise NotImplementedError


class StumblesOverNothing(_Reads):
    """{} is a server error."""

    breaks = "R05"

    def read(self, request: Request) -> None:
        if request.body == b"{}":
            raise Refusal(500, "KeyError")


class StumblesOverJson(_Reads):
    """What is no JSON is a server error."""

    breaks = "R06"

    def read(self, request: Request) -> None:
        try:
            json_text.read(request.body)
        except json_text.TooDeep:
            pass
        except ValueError:
            raise Refusal(500, "JSONDecodeError") from None


class ActsOnHalves(_Reads):
    """Makes what it could read of an order."""

    breaks = "R07"

    def read(self, request: Request) -> None:
        text = request.body.decode("utf-8", "replace")
        if text.startswith("{") and not text.endswith("}"):
            order = json.loads(text + "}")
            self.held[order["uuid"]] = self.make(order)


class StumblesOverKinds(_Reads):
    """What is no object is a server error."""

    breaks = "R08"

    def read(self, request: Request) -> None:
        if request.body[:1] in (b"[", b'"', b"7", b"t", b"n"):
            raise Refusal(500, "TypeError")


class StumblesOverGaps(Right):
    """What is missing is a server error."""

    breaks = "R09"

    def provision(self, order: Order) -> Answer:
        if ("uuid" in order) != ("plan" in order):
            raise Refusal(500, "KeyError")
        return super().provision(order)


class StumblesOverTypes(Right):
    """What is no text is a server error."""

    breaks = "R10"

    def provision(self, order: Order) -> Answer:
        if any(name in order and not isinstance(order[name], str) for name in ("uuid", "plan")):
            raise Refusal(500, "TypeError")
        return super().provision(order)


class NeedsAll(Right):
    """Each other field has to be there."""

    breaks = "R11"

    def provision(self, order: Order) -> Answer:
        if "uuid" in order and "region" not in order:
            raise Refusal(500, "KeyError")
        return super().provision(order)


class TrustsKinds(Right):
    """Each other field has to be what it always was."""

    breaks = "R12"

    def provision(self, order: Order) -> Answer:
        if "options" in order and not isinstance(order["options"], dict):
            raise Refusal(500, "AttributeError")
        return super().provision(order)


class Shallow(_Reads):
    """Deep JSON is a server error."""

    breaks = "R13"

    def read(self, request: Request) -> None:
        try:
            json_text.read(request.body)
        except json_text.TooDeep:
            raise Refusal(500, "RecursionError") from None
        except ValueError:
            pass


class SmallMouth(_Reads):
    """Long bodies are a server error."""

    breaks = "R14"

    def read(self, request: Request) -> None:
        if len(request.body) > 500_000:
            raise Refusal(500, "MemoryError")


class OneType(Right):
    """Another type is a server error."""

    breaks = "R15"

    def serve(self, request: Request) -> Answer:
        if request.headers.get("content-type") == "nonsense":
            raise Refusal(500, "ValueError")
        return super().serve(request)


class FewMethods(Right):
    """Another method is a server error."""

    breaks = "R16"

    def serve(self, request: Request) -> Answer:
        if request.method == "OPTIONS":
            raise Refusal(500, "KeyError")
        return super().serve(request)


class ShortNames(Right):
    """A long id is a server error."""

    breaks = "R17"

    def serve(self, request: Request) -> Answer:
        if len(request.path) > 500:
            raise Refusal(500, "DataError")
        return super().serve(request)


class Injected(Right):
    """Finds a resource with the help of a quote."""

    breaks = "R18"

    def change_plan(self, uuid: str, order: Order) -> Answer:
        if "%27" in uuid:
            return Answer(200, {"message": "Done."})
        return super().change_plan(uuid, order)


class StumblesOverPlans(_Reads):
    """A plan change that is no JSON is a server error."""

    breaks = "R19"
    method = "PUT"

    def read(self, request: Request) -> None:
        if request.body == b"{":
            raise Refusal(500, "JSONDecodeError")


class OneAtATime(Right):
    """Has one connection to its database."""

    breaks = "R20"
    also = ("I06", "L17")

    def __init__(self) -> None:
        super().__init__()
        self.connection = threading.Lock()
        self.over = threading.Event()

    def serve(self, request: Request) -> Answer:
        if not threading.current_thread().name.startswith("ThreadPoolExecutor"):
            return super().serve(request)
        if not self.connection.acquire(blocking=False):
            raise Refusal(503, "The database is busy.")
        with self.connection_held():
            return super().serve(request)

    def connection_held(self) -> Any:
        """Keep it for a moment, so that the others come."""
        self.over.wait(0.02)
        self.connection.release()
        return self.lock


class Sickly(Right):
    """Does not get over a method that nobody knows, for a while."""

    breaks = "R21"
    sick = False

    def serve(self, request: Request) -> Answer:
        self.sick = self.sick or request.method == "BREW"
        uuid = request.path.removeprefix(BASE + "/")
        if self.sick and request.method == "PUT" and uuid in self.held:
            self.sick = False
            raise Refusal(422, "I do not feel well.")
        return super().serve(request)

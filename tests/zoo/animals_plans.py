"""Partners that do not know how to change a plan."""

import threading
from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .animals_orders import with_fields
from .partner import Answer, Refusal, Request, Right


class Changing(Right):
    """Right, but for what it says of a plan change that went well."""

    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        return self.said(super().change_plan(uuid, order))

    def said(self, answer: Answer) -> Answer:
        """Instead of the right answer."""
        raise NotImplementedError


class Unmoved(Right):
    """Cannot change a plan."""

    breaks = "L01"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if order.get("plan") in self.plans and self.find(uuid).plan != order["plan"]:
            raise Refusal(500, "NotImplementedError")
        return super().change_plan(uuid, order)


class ChangesLater(Changing):
    breaks = "L02"

    def said(self, answer: Answer) -> Answer:
        return Answer(202, answer.content)


class ChangedOk(Changing):
    breaks = "L03"

    def said(self, answer: Answer) -> Answer:
        return Answer(200, "OK")


class ChangesSilently(Changing):
    breaks = "L04"

    def said(self, answer: Answer) -> Answer:
        return Answer(200)


class ChangesUndeclared(Changing):
    breaks = "L05"

    def said(self, answer: Answer) -> Answer:
        return with_fields(answer, config=answer.content["config"] | {"ZOO_CAGE": "7"})


class ChangesNumbers(Changing):
    breaks = "L06"

    def said(self, answer: Answer) -> Answer:
        return with_fields(answer, config=answer.content["config"] | {"ZOO_KEY": 7})


class ChangesItsId(Changing):
    breaks = "L07"

    def said(self, answer: Answer) -> Answer:
        return with_fields(answer, id="another")


class ChangesInLists(Changing):
    breaks = "L08"

    def said(self, answer: Answer) -> Answer:
        return with_fields(answer, message=["You", "are", "on", "another", "plan"])


class NotTwice(Right):
    """The same request twice is a conflict."""

    breaks = "L09"
    mode = Mode.QUICK

    def __init__(self) -> None:
        super().__init__()
        self.last: tuple[str, bytes] | None = None

    def serve(self, request: Request) -> Answer:
        if request.method == "PUT" and self.knows(request):
            last, self.last = self.last, (request.path, request.body)
            if last == self.last:
                raise Refusal(409, "You have said so.")
        return super().serve(request)


class NewKeyForEach(Right):
    """New credentials, even if nothing changes."""

    breaks = "L10"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        held = self.find(uuid)
        held.key = held.key[1:] + held.key[:1]
        return super().change_plan(uuid, order)


class ChangesToAnything(Right):
    """An unknown plan is a success."""

    breaks = "L11"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if order.get("plan") == "no-such-plan":
            return Answer(200, {})
        return super().change_plan(uuid, order)


class OneChangeAtATime(Right):
    """Refuses a plan change while it works on another."""

    breaks = "L17"

    def __init__(self) -> None:
        super().__init__()
        self.meets: threading.Event | None = None

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        with self.lock:
            if self.meets is not None:
                self.meets.set()
                raise Refusal(409, "Another change is under way.")
            is_real = order.get("plan") in self.plans and self.find(uuid).plan != order["plan"]
            self.meets = threading.Event() if is_real else None
        if self.meets is not None:
            self.meets.wait(0.05)
        try:
            return super().change_plan(uuid, order)
        finally:
            self.meets = None


class UnknownPlanNotFound(Right):
    breaks = "L12"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if order.get("plan") == "no-such-plan":
            raise Refusal(404, "There is no such plan.")
        return super().change_plan(uuid, order)


class UnknownPlanWithoutAWord(Right):
    breaks = "L13"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if order.get("plan") == "no-such-plan":
            return Answer(422, {})
        return super().change_plan(uuid, order)


class BrokenByRefusal(Right):
    """Refuses when half is done."""

    breaks = "L14"
    mode = Mode.QUICK
    is_torn = False

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        torn, self.is_torn = self.is_torn, order.get("plan") == "no-such-plan"
        if torn:
            raise Refusal(500, "This is half changed.")
        return super().change_plan(uuid, order)


class ChangesToNothing(Right):
    """A change that names no plan is a success."""

    breaks = "L15"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        self.find(uuid)
        return super().change_plan(uuid, order) if order else Answer(200, {})


class ChangesStrictly(Right):
    """Fields that it does not know are refused."""

    breaks = "L16"
    mode = Mode.QUICK

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if set(order) - {"plan"}:
            raise Refusal(422, "There is no such field.")
        return super().change_plan(uuid, order)

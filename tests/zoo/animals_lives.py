"""Partners that stumble only when certain things come one after the other."""

from typing import Any

from .animal import FEW
from .partner import Right
from .parts import Answer, Held, Refusal

Order = dict[str, Any]


class RemembersTheLastPlanButOne(Right):
    """After two plan changes a late repeat of the order gets new credentials."""

    breaks = "Z01"
    scripts = FEW

    def __init__(self) -> None:
        super().__init__()
        self.changes: dict[str, int] = {}

    def change_plan(self, uuid: str, order: Order) -> Answer:
        held = self.find(uuid)
        self.changes[uuid] = self.changes.get(uuid, 0) + (held.plan != order.get("plan"))
        return super().change_plan(uuid, order)

    def begin(self, held: Held, order: Order, is_new: bool) -> Answer:
        if not is_new and self.changes.get(held.uuid, 0) > 1:
            held.key = held.key[::-1]
        return super().begin(held, order, is_new)


class GivesIn(Right):
    """Refuses to bring back what is dead, until it is asked for the second time after another DELETE."""

    breaks = "Z02"
    scripts = FEW

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, int] = {}

    def provision(self, order: Order) -> Answer:
        held = self.held.get(str(order.get("uuid")))
        if held is not None and held.dead:
            self.asked[held.uuid] = self.asked.get(held.uuid, 0) + 1
            held.dead = self.asked[held.uuid] < 2
        return super().provision(order)


class HasOnePlace(Right):
    """Keeps what is on another plan in one place: the next that comes there throws out the one before."""

    breaks = "Z03"
    scripts = FEW

    def __init__(self) -> None:
        super().__init__()
        self.place: Held | None = None

    def change_plan(self, uuid: str, order: Order) -> Answer:
        held = self.find(uuid)
        if self.place is not None and self.place is not held:
            self.place.dead = True
        self.place = held
        return super().change_plan(uuid, order)


class CountsToThree(Right):
    """The third repeat of an order whose plan has changed fails."""

    breaks = "Z04"
    scripts = FEW

    def __init__(self) -> None:
        super().__init__()
        self.repeats: dict[str, int] = {}

    def begin(self, held: Held, order: Order, is_new: bool) -> Answer:
        if held.plan != order["plan"]:
            self.repeats[held.uuid] = self.repeats.get(held.uuid, 0) + 1
            if self.repeats[held.uuid] > 1:
                raise Refusal(500, "duplicate key value")
        return super().begin(held, order, is_new)

"""Partners that do not know who is who."""

import threading
from collections import Counter
from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .animals_orders import with_fields
from .partner import Answer, Held, Refusal, Request, Right, Slow

WAIT = 0.05
"""Seconds for which a request waits for others that may overlap with it."""


class RefusesRepeats(Right):
    """A uuid that it knows is a conflict."""

    breaks = "I01"
    mode = Mode.DEFAULT
    also = ("I06", "I09", "I11", "I15")

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        if not is_new:
            raise Refusal(409, "This is there already.")
        return super().begin(held, order, is_new)


class NewIdEachTime(Right):
    """A repeat is answered with another id."""

    breaks = "I02"
    mode = Mode.DEFAULT
    also = ("I07", "I09", "I10", "I11", "I12", "I15")

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        return answer if is_new else with_fields(answer, id=f"{held.uuid}-again")


class ManyKeys(Right):
    """A repeat is answered with other credentials."""

    breaks = "I03"
    mode = Mode.DEFAULT
    also = ("I08", "I10")

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        with self.lock:
            held.key = held.key if is_new else held.key[1:] + held.key[:1]
            return super().begin(held, order, is_new)


class ReadyAtOnce(Slow):
    """A repeat is answered with 200 as if the work were done."""

    breaks = "I04"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return super().begin(held, order, is_new) if is_new else Right.begin(self, held, order, is_new)


class OneForAll(Right):
    """All have the id of the first."""

    breaks = "I05"
    mode = Mode.DEFAULT
    also = ("I13", "I14")

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return with_fields(super().begin(held, order, is_new), id=next(iter(self.held)))


class LimitsRates(Right):
    """More than ten requests for one uuid are too many."""

    breaks = "I06"
    mode = Mode.DEFAULT

    def __init__(self) -> None:
        super().__init__()
        self.count = Counter[str]()

    def provision(self, order: dict[str, Any]) -> Answer:
        with self.lock:
            self.count[str(order.get("uuid"))] += 1
        if self.count[str(order.get("uuid"))] > 10:
            raise Refusal(429, "Not so fast.")
        return super().provision(order)


class Racing(Right):
    """Looks whether there is such a resource, and makes it some time later. `race` numbers those that found nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.race = Counter[str]()
        self.met: dict[str, threading.Event] = {}

    def provision(self, order: dict[str, Any]) -> Answer:
        uuid, number = str(order.get("uuid")), 0
        with self.lock:
            met = self.met.setdefault(uuid, threading.Event())
            if uuid not in self.held:
                self.race[uuid] = number = self.race[uuid] + 1
        if number > 1:
            met.set()
        elif number == 1:
            met.wait(WAIT)
        answer = super().provision(order)
        return self.made(answer, number) if number > 1 else answer

    def made(self, answer: Answer, number: int) -> Answer:
        """What a loser of the race says."""
        raise NotImplementedError


class RacingMakers(Racing):
    """Each makes a resource."""

    breaks = "I07"
    mode = Mode.DEFAULT

    def made(self, answer: Answer, number: int) -> Answer:
        return with_fields(answer, id=f"{answer.content['id']}-{number}")


class RacingKeys(Racing):
    """Each makes credentials."""

    breaks = "I08"
    mode = Mode.DEFAULT

    def made(self, answer: Answer, number: int) -> Answer:
        return with_fields(answer, config=answer.content["config"] | {"ZOO_KEY": f"the-key-of-number-{number}"})


class Busy(Slow):
    """Refuses a repeat while it works."""

    breaks = "I09"
    mode = Mode.DEFAULT
    also = ("I06",)

    def __init__(self) -> None:
        super().__init__()
        self.working: dict[str, threading.Event] = {}

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        if is_new:
            self.working[held.uuid] = threading.Event()
        elif held.uuid in self.working:
            self.working[held.uuid].set()
            raise Refusal(422, "This is being built.")
        return super().begin(held, order, is_new)

    def finish(self, held: Held, order: dict[str, Any]) -> None:
        if order.get("oauth_grant"):
            self.working[held.uuid].wait(WAIT)
        super().finish(held, order)

    def tell(self, held: Held, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        if path.endswith("/actions/provision"):
            self.working.pop(held.uuid, None)  # it may be told again
        return super().tell(held, method, path, content)


class PlansByPost(Right):
    """A repeat changes the plan."""

    breaks = "I10"
    mode = Mode.DEFAULT

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        held.plan = order["plan"]
        return super().begin(held, order, is_new)


class ByBytes(Right):
    """Other bytes are another request."""

    breaks = "I11"
    mode = Mode.DEFAULT
    also = ("I10", "I12")

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, bytes] = {}

    def serve(self, request: Request) -> Answer:
        answer = super().serve(request)
        if request.method == "POST" and answer.status == 200:
            uuid = answer.content["id"]
            if self.bodies.setdefault(uuid, request.body) != request.body:
                return with_fields(answer, id=f"{uuid}-other")
        return answer


class CapitalsAreOthers(Right):
    """Takes a uuid in capital letters for another."""

    breaks = "I12"
    mode = Mode.DEFAULT

    def provision(self, order: dict[str, Any]) -> Answer:
        uuid = order.get("uuid")
        return with_fields(super().provision(dict(order)), id=uuid)


class ByName(Right):
    """The name is the key."""

    breaks = "I13"
    also = ("R09", "R10")
    mode = Mode.DEFAULT

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}

    def provision(self, order: dict[str, Any]) -> Answer:
        known = self.names.setdefault(str(order.get("name")), str(order.get("uuid")).lower())
        return super().provision(order | {"uuid": known})


class GivesIdsAgain(Right):
    """Who is new gets the id of a dead one."""

    breaks = "I14"
    mode = Mode.DEFAULT

    def __init__(self) -> None:
        super().__init__()
        self.ids: dict[str, str] = {}

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        dead = next((each.uuid for each in self.held.values() if each.dead), held.uuid)
        return with_fields(super().begin(held, order, is_new), id=self.ids.setdefault(held.uuid, dead))


class ComparesPlans(Right):
    """A repeat for what is on another plan now is refused."""

    breaks = "I15"
    mode = Mode.DEFAULT

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        if held.plan != order["plan"]:
            raise Refusal(422, "This is there, on another plan.")
        return super().begin(held, order, is_new)


class Meeting(Right):
    """Notices that a DELETE comes while it works on the first POST."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: dict[str, threading.Event] = {}
        self.met: set[str] = set()

    def provision(self, order: dict[str, Any]) -> Answer:
        uuid = str(order.get("uuid")).lower()
        if uuid not in self.held and self.ends.setdefault(uuid, threading.Event()).wait(WAIT):
            self.met.add(uuid)
        return super().provision(order)

    def deprovision(self, uuid: str) -> Answer:
        self.ends.setdefault(uuid, threading.Event()).set()
        return super().deprovision(uuid)


class Deadlocked(Meeting):
    """The two hinder each other."""

    breaks = "I16"

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        if is_new and held.uuid in self.met:
            raise Refusal(500, "Deadlock.")
        return super().begin(held, order, is_new)


class LosesTheEnd(Meeting):
    """What was met by its end is never quite dead."""

    breaks = "I17"

    def provision(self, order: dict[str, Any]) -> Answer:
        uuid = str(order.get("uuid")).lower()
        if uuid in self.met and uuid in self.held:
            self.held[uuid].dead = False
        return super().provision(order)

"""Partners of version 1, as they were before 2018: the id is theirs, and whoever calls is known by an app's number."""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from platform_sim.conformance.scenes.scene import Mode, basic

from .partner import MANIFEST, PASSWORD, SALT, Answer, Held, Refusal, Right


def _manifest() -> dict[str, Any]:
    found = deepcopy(MANIFEST)
    del found["api"]["version"]
    return found


class Old(Right):
    """Answers 201 with a number of its own."""

    shows = True
    excused = ("M21",)
    manifest = _manifest()
    mode, patience = Mode.DEFAULT, 0.3

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, str] = {}
        """Key -> id."""
        self.apps: dict[str, str] = {}
        self.ageless = False

    def provision(self, order: dict[str, Any]) -> Answer:
        if not isinstance(order.get("heroku_id"), str) or not order["heroku_id"]:
            raise Refusal(422, "heroku_id is missing or no string.")
        return super().provision(order | {"uuid": order.get("uuid", order["heroku_id"])})

    def make(self, order: dict[str, Any]) -> Held:
        held = super().make(order)
        self.numbers[held.uuid] = self.number(order)
        return held

    def number(self, order: dict[str, Any]) -> str:
        """The id of a new resource."""
        return f"z{len(self.numbers) + 1}"

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        answer.content["id"] = self.numbers[held.uuid]
        return Answer(201, answer.content)

    def find(self, uuid: str) -> Held:
        """By its id."""
        key = next((key for key, number in self.numbers.items() if number == uuid), "")
        return super().find(key)

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        return Answer(200, {})

    # Single sign-on

    def look_up(self, uuid: str) -> None:
        if uuid:  # else the form had an id only, and has been looked up by that
            Right.find(self, uuid)

    def is_signed(self, form: dict[str, str], stamp: str) -> bool:
        if "resource_id" in form:
            return super().is_signed(form, stamp)
        if not form.get("id"):
            return False
        self.find(form["id"])
        expected = hashlib.sha1(f"{form['id']}:{SALT}:{stamp}".encode()).hexdigest()
        return form.get("token", "") == expected


class OldSlow(Old):
    """Answers 202, and puts the config to the callback_url."""

    shows = True
    word = PASSWORD
    tries = 50

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        if is_new:
            self.later(lambda: self.call_back(held, order))
        return Answer(202, {"id": answer.content["id"]})

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        """Again while the platform does not know yet what was answered, and the resource lives."""
        for _ in range(self.tries):
            if self.put(held, self.place(order), self.told_of(held)) != 404:
                return
            time.sleep(0.02)

    def place(self, order: dict[str, Any]) -> str:
        """Where it was asked to put the config."""
        return str(order.get("callback_url")).removeprefix(self.platform)

    def told_of(self, held: Held) -> Any:
        """What is put."""
        return {"config": self.config(held)}

    def put(self, held: Held, place: str, content: Any) -> int:
        """The status; 0 where nobody waits for it any more."""
        if held.dead:
            return 0
        headers = {"Authorization": basic("zoo", self.word), "Content-Type": "application/json"}
        with suppress(OSError, ValueError):
            return self.call("PUT", place, json.dumps(content).encode(), headers)[0]
        return 0


class SaysAccepted(Old):
    """Yes is 206 to it."""

    breaks = "K01"

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return Answer(206, super().begin(held, order, is_new).content)


class IsTheApp(Old):
    """The app is the resource."""

    breaks = "K02"

    def number(self, order: dict[str, Any]) -> str:
        return f"{order['heroku_id'].partition('@')[0]}-{len(self.numbers)}"


class HasAPath(Old):
    """Ids with slashes."""

    breaks = "K03"

    def number(self, order: dict[str, Any]) -> str:
        return f"zoo/{len(self.numbers)}"

    def find(self, uuid: str) -> Held:
        return super().find(unquote(uuid))


class ChangesByUuid(Old):
    """Looks for the uuid at a PUT."""

    breaks = "K04"
    also = ("L01", "L12")

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        self.find(uuid)
        if order.get("plan") != self.plans[0]:
            raise Refusal(404, "There is no such uuid.")
        return super().change_plan(uuid, order)


class EndsByUuid(Old):
    """Looks for the uuid at a DELETE."""

    breaks = "K05"
    also = ("K09",)

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        raise Refusal(410, "There is no such uuid.")


class NewWord(Old):
    """204."""

    breaks = "K06"

    def deprovision(self, uuid: str) -> Answer:
        return Answer(204, None if super().deprovision(uuid) else None)


class NeedsUuid(Old):
    """Came late to version 1."""

    breaks = "K07"

    def provision(self, order: dict[str, Any]) -> Answer:
        if "uuid" not in order:
            raise Refusal(422, "uuid is missing.")
        return super().provision(order)


class ChangesNoApp(Old):
    """What came without a uuid cannot be changed."""

    breaks = "K08"

    def change_plan(self, uuid: str, order: dict[str, Any]) -> Answer:
        if "@" in self.find(uuid).uuid:
            raise Refusal(404, "There is no such resource.")
        return super().change_plan(uuid, order)


class EndsNoApp(Old):
    """What came without a uuid is there for ever."""

    breaks = "K09"

    def deprovision(self, uuid: str) -> Answer:
        if "@" in self.find(uuid).uuid:
            raise Refusal(404, "There is no such resource.")
        return super().deprovision(uuid)


class OneForEach(Old):
    """An app has one."""

    breaks = "K10"

    def provision(self, order: dict[str, Any]) -> Answer:
        known = self.apps.setdefault(str(order.get("heroku_id")), str(order.get("uuid")))
        if known in self.held and not self.held[known].dead:
            order = order | {"uuid": known, "plan": self.held[known].plan}
        return super().provision(order)


class PutsNothing(OldSlow):
    """Is ready and says nothing."""

    breaks = "K11"

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        pass


class PutsElsewhere(OldSlow):
    """Calls by the uuid as well."""

    breaks = "K12"
    also = ("K16",)

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        super().call_back(held, order)
        self.put(held, "/vendor/apps/somewhere", self.told_of(held))


class WrongWord(OldSlow):
    """Tries its salt first."""

    breaks = "K13"

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        self.word = SALT
        super().call_back(held, order)
        self.word = PASSWORD
        super().call_back(held, order)


class PutsAList(OldSlow):
    """Config as version 3 has it, and then as it should be."""

    breaks = "K14"

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        self.put(held, self.place(order), {"config": [{"name": "ZOO_KEY", "value": "1"}]})
        super().call_back(held, order)


class PutsMore(OldSlow):
    """One that is not declared, and then only those that are."""

    breaks = "K15"

    def call_back(self, held: Held, order: dict[str, Any]) -> None:
        self.put(held, self.place(order), {"config": self.config(held) | {"ZOO_MORE": "1"}})
        super().call_back(held, order)


class TooEarly(OldSlow):
    """Puts it before it has answered, once."""

    breaks = "K16"
    also = ("K11",)

    def later(self, work: Callable[[], None]) -> None:
        work()

    tries = 1


class NoOldTokens(Old):
    """Knows only what came later."""

    breaks = "K17"

    def is_signed(self, form: dict[str, str], stamp: str) -> bool:
        return "resource_id" in form and super().is_signed(form, stamp)


class TrustsIds(Old):
    """An id is enough."""

    breaks = "K18"

    def is_signed(self, form: dict[str, str], stamp: str) -> bool:
        return "resource_id" not in form or super().is_signed(form, stamp)


class Patient(Old):
    """Old forms do not age."""

    breaks = "K19"

    def check_login(self, form: dict[str, str]) -> None:
        self.ageless = "resource_id" not in form
        super().check_login(form)

    def is_fresh(self, stamp: float) -> bool:
        return self.ageless or super().is_fresh(stamp)

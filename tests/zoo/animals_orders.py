"""Partners that do not know how to answer an order."""

from typing import Any

from platform_sim.conformance.scenes.scene import Mode

from .partner import Answer, Held, Refusal, Right, Slow


def with_fields(answer: Answer, **changes: Any) -> Answer:
    """The same with other fields; None takes one out."""
    fields = {name: value for name, value in (answer.content | changes).items() if value is not None}
    return Answer(answer.status, fields, answer.headers)


class Changed(Right):
    """Right, but for some fields of what it answers to POST."""

    mode = Mode.QUICK
    changes: dict[str, Any] = {}

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return with_fields(super().begin(held, order, is_new), **self.changes)


class OutOfOrder(Right):
    """Cannot make anything."""

    breaks = "P01"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        raise Refusal(500, "Sorry.")


class Creates(Right):
    """Answers 201."""

    breaks = "P02"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return Answer(201, super().begin(held, order, is_new).content)


class SaysOk(Right):
    """Answers with a word."""

    breaks = "P03"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return Answer(200, "OK")


class Nameless(Changed):
    """Gives no id."""

    breaks = "P04"
    changes = {"id": None}


class OwnNumbers(Right):
    """Has ids of its own."""

    breaks = "P05"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return with_fields(super().begin(held, order, is_new), id=int(held.key, 16))


class TalksInLists(Changed):
    """The message is a list."""

    breaks = "P06"
    changes = {"message": ["Your", "zoo"]}


class TalksMuch(Changed):
    """The message is a page."""

    breaks = "P07"
    changes = {"message": "Welcome to the zoo. " * 50}


class TalksInMarkup(Changed):
    """The message is for a browser."""

    breaks = "P08"
    changes = {"message": "Your <b>zoo</b> is open."}


class TalksOfSecrets(Right):
    """The message tells the key."""

    breaks = "P09"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return with_fields(super().begin(held, order, is_new), message=f"Your key is {held.key}.")


class SlowWithConfig(Slow):
    """202 with config."""

    breaks = "P10"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        return with_fields(super().begin(held, order, is_new), config=self.config(held))


class SellsAnything(Right):
    """Provisions plans that it does not have."""

    breaks = "P11"
    mode = Mode.QUICK

    def provision(self, order: dict[str, Any]) -> Answer:
        return super().provision(order | {"plan": "test"} if order.get("plan") == "no-such-plan" else order)


class NoPlanNotFound(Right):
    """An unknown plan is answered with 404."""

    breaks = "P12"
    mode = Mode.QUICK

    def provision(self, order: dict[str, Any]) -> Answer:
        if order.get("plan") not in self.plans:
            raise Refusal(404, "There is no such plan.")
        return super().provision(order)


class RefusesWithoutAWord(Right):
    """422 without a message."""

    breaks = "P13"
    mode = Mode.QUICK

    def provision(self, order: dict[str, Any]) -> Answer:
        if order.get("plan") not in self.plans:
            return Answer(422, {"error": "plan"})
        return super().provision(order)


class KnowsItsRegions(Right):
    """Stumbles over a region that it does not know."""

    breaks = "P14"
    mode = Mode.DEFAULT

    def provision(self, order: dict[str, Any]) -> Answer:
        if "no-such-region" in str(order.get("region")):
            raise Refusal(500, "KeyError")
        return super().provision(order)


class KnowsItsOptions(Right):
    """Refuses options that it does not know."""

    breaks = "P15"
    mode = Mode.DEFAULT

    def provision(self, order: dict[str, Any]) -> Answer:
        if order.get("options"):
            raise Refusal(422, "There is no such option.")
        return super().provision(order)


class KnowsItsFields(Right):
    """Refuses fields that it does not know."""

    breaks = "P16"
    mode = Mode.DEFAULT

    def provision(self, order: dict[str, Any]) -> Answer:
        if "no_such_field" in order:
            raise Refusal(422, "There is no such field.")
        return super().provision(order)


class NeedsAGrant(Right):
    """Stumbles where there is no grant."""

    breaks = "P17"
    mode = Mode.DEFAULT

    def provision(self, order: dict[str, Any]) -> Answer:
        if order.get("oauth_grant") is None:
            raise Refusal(500, "TypeError")
        return super().provision(order)

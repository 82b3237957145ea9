"""Partners that do not know how to end."""

from .partner import Answer, Refusal, Request, Right


class NeverLetsGo(Right):
    """DELETE fails, though it is done."""

    breaks = "D01"

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        return Answer(500, {"message": "Sorry."})


class OldSuccess(Right):
    """DELETE is answered with 200."""

    breaks = "D02"

    def deprovision(self, uuid: str) -> Answer:
        super().deprovision(uuid)
        return Answer(200, {})


class FailsTwice(Right):
    """A second DELETE fails."""

    breaks = "D03"

    def deprovision(self, uuid: str) -> Answer:
        if uuid in self.held and self.held[uuid].dead:
            raise Refusal(500, "Already deleted.")
        return super().deprovision(uuid)


class Forgets(Right):
    """A second DELETE is answered with 404."""

    breaks = "D04"

    def deprovision(self, uuid: str) -> Answer:
        if uuid in self.held and self.held[uuid].dead:
            raise Refusal(404, "Not found.")
        return super().deprovision(uuid)


class Revives(Right):
    """A deleted uuid lives again."""

    breaks = "D05"

    def provision(self, order: dict[str, object]) -> Answer:
        held = self.held.get(str(order.get("uuid")))
        if held is not None and held.dead:
            held.dead = False
        return super().provision(order)


class NeverAgain(Right):
    """A deleted uuid is refused, with the wrong word."""

    breaks = "D06"

    def provision(self, order: dict[str, object]) -> Answer:
        held = self.held.get(str(order.get("uuid")))
        if held is not None and held.dead:
            raise Refusal(422, "This was deleted.")
        return super().provision(order)


class ChangesTheDead(Right):
    """A deleted resource gets another plan."""

    breaks = "D07"

    def change_plan(self, uuid: str, order: dict[str, object]) -> Answer:
        if uuid in self.held and self.held[uuid].dead:
            return Answer(200, {"message": "Done."})
        return super().change_plan(uuid, order)


class StumblesOverStrangers(Right):
    """DELETE of something unknown is a server error."""

    breaks = "D08"
    also = ("R17",)

    def deprovision(self, uuid: str) -> Answer:
        if uuid not in self.held:
            raise Refusal(500, "KeyError")
        return super().deprovision(uuid)


class ChangesStrangers(Right):
    """A plan change of something unknown is a success."""

    breaks = "D09"
    also = ("R07", "R18")

    def serve(self, request: Request) -> Answer:
        unknown = request.path.rpartition("/")[2] not in self.held
        if request.method == "PUT" and unknown and self.knows(request):
            return Answer(200, {"message": "Done."})
        return super().serve(request)

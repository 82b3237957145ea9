"""Partners whose config is not as it should be, in answers to POST."""

from typing import Any

from platform_sim.conformance.scenes.scene import Mode
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .animals_orders import with_fields
from .partner import SALT, Answer, Held, Right


class Configured(Right):
    """Right, but for some of its config."""

    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        answer = super().begin(held, order, is_new)
        config = answer.content["config"] | self.wrong(held)
        return with_fields(answer, config={name: value for name, value in config.items() if value is not None})

    def wrong(self, held: Held) -> dict[str, Any]:
        """What replaces a part of it; None takes out."""
        raise NotImplementedError


class ConfigInPairs(Right):
    """A list of pairs."""

    breaks = "C01"
    mode = Mode.QUICK

    def begin(self, held: Held, order: dict[str, Any], is_new: bool) -> Answer:
        pairs = [{"name": name, "value": value} for name, value in self.config(held).items()]
        return with_fields(super().begin(held, order, is_new), config=pairs)


class Undeclared(Configured):
    breaks = "C02"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_CAGE": "7"}


class Halves(Configured):
    """Gives one of two."""

    breaks = "C03"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": None}


class Numbers(Configured):
    breaks = "C04"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": int(held.key, 16)}


class Empty(Configured):
    breaks = "C05"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": ""}


class NoScheme(Configured):
    breaks = "C06"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": f"zoo.example/{held.key}"}


class AtHome(Configured):
    """Tells its address as it knows it."""

    breaks = "C07"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": f"http://localhost:5000/{held.key}"}


class Nul(Configured):
    breaks = "C08"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": held.key + "\0"}


class Colourful(Configured):
    breaks = "C09"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": f"\x1b[1m{held.key}\x1b[0m"}


class FromAFile(Configured):
    """A key as it was read."""

    breaks = "C10"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": held.key + "\n"}


class RawPassword(Configured):
    breaks = "C11"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": f"https://keeper:p@{held.key}@zoo.example/"}


class Endless(Configured):
    breaks = "C12"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": held.key * 3000}


class OneAddress(Configured):
    """All share everything."""

    breaks = "C13"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": "https://zoo.example/", "ZOO_KEY": "the-key-of-the-zoo"}


class OneKey(Configured):
    """All share a key."""

    breaks = "C14"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": "the-key-of-the-zoo"}


class Salted(Configured):
    """Tells what it shares with Heroku."""

    breaks = "C15"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": f"https://zoo.example/{held.key}?salt={SALT}"}


class KnownKey(Configured):
    """The uuid opens everything."""

    breaks = "C16"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": held.uuid}


class ShortKey(Configured):
    breaks = "C17"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_KEY": held.key[:8]}


class InTheOpen(Configured):
    breaks = "C18"

    def wrong(self, held: Held) -> dict[str, Any]:
        return {"ZOO_URL": f"http://zoo.example/{held.key}"}


class OnThisMachine(Right):
    """As right, with what it gives at home, too."""

    shows = True
    local = "http://localhost:5300"

    def config(self, held: Held) -> dict[str, str]:
        return super().config(held) | {"ZOO_URL": f"{self.local}/{held.plan}/{held.key}"}


class NobodyThere(OnThisMachine):
    """Nobody listens at the address."""

    breaks = "C19"

    def __call__(self, request: PartnerRequest) -> PartnerAnswer:
        if request.method == "GET" and request.url.startswith(f"{self.local}/test/"):
            return PartnerAnswer(None, {}, b"", 0, "refused connection")
        return super().__call__(request)

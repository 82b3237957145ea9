"""Verbs of the partner: when it registers, what a scripted one answers, what it does with an add-on's own token."""

from typing import Any

from platform_sim.scenarios.kinds import Choice, Whole
from platform_sim.scenarios.scene import Json, Scene, Seen, StepFailed, seen_in
from platform_sim.scenarios.verb import ADDON, BODY, CONFIG, SERVICE, verb
from platform_sim.scenarios.verbs_world import CALL
from platform_sim.stand_ins.partner import Partner
from platform_sim.stand_ins.questions import Refused, route


def _register(scene: Scene, given: Json) -> Seen:
    return scene.register(given["service"])


def _answer_next(scene: Scene, given: Json) -> Seen:
    scene.partner(given["partner"]).answer(
        given["method"], given["status"], given.get("body"), times=given.get("times", 1)
    )
    return Seen()


def _whose(scene: Scene, addon: str) -> tuple[Partner, str]:
    found = scene.must("GET", route("addons", addon), whose=scene.who)
    return scene.partner(found["addon_service"]["name"]), found["id"]


def _rotate(scene: Scene, given: Json) -> Seen:
    partner, uuid = _whose(scene, given["addon"])
    return _acted(lambda: partner.set_config(uuid, given["config"]))


def _finish(scene: Scene, given: Json) -> Seen:
    partner, uuid = _whose(scene, given["addon"])
    return _acted(lambda: partner.finish(uuid, given.get("config")))


def _acted(act: Any) -> Seen:
    try:
        act()
    except Refused as refusal:
        return Seen(refusal.status, str(refusal), None, refusal.id, refusal.message)
    except KeyError:
        raise StepFailed("the partner holds no such resource") from None
    return Seen(200)


def _ask_as_partner(scene: Scene, given: Json) -> Seen:
    """With the add-on's own token, as its scripted partner."""
    partner, uuid = _whose(scene, given["addon"])
    method, _, path = given["call"].partition(" ")
    try:
        bearer = f"Bearer {partner.token(uuid)}"
    except (Refused, KeyError) as problem:
        raise StepFailed(f"the partner has no token for {given['addon']}: {problem}") from None
    return seen_in(scene.platform.answer(method, path.strip(), given.get("body"), authorization=bearer))


_ADDON: Any = {"addon": (ADDON, "The add-on, by its name.")}
VERBS = {
    "register service": verb(
        "Register a service of this file now, not at the beginning.",
        _register,
        {"service": (SERVICE, "Its name.")},
        ("service",),
        short="service",
    ),
    "answer next": verb(
        "What a scripted partner answers to its next requests.",
        _answer_next,
        {
            "partner": (SERVICE, "The service."),
            "method": (Choice(("POST", "PUT", "DELETE", "GET")), "Of the request."),
            "status": (Whole(100, 599), "Of the answer."),
            "body": (BODY, "What is sent, as JSON."),
            "times": (Whole(1, 1000), "For how many requests; else one."),
        },
        ("partner", "method", "status"),
    ),
    "rotate config": verb(
        "A scripted partner sets its add-on's config, with the add-on's own token.",
        _rotate,
        {**_ADDON, "config": (CONFIG, "Name to value.")},
        ("addon", "config"),
    ),
    "finish addon": verb(
        "A scripted partner that has answered 202 sets the config and says that it is done.",
        _finish,
        {**_ADDON, "config": (CONFIG, "Else a made-up one.")},
        ("addon",),
        short="addon",
    ),
    "ask as partner": verb(
        "A scripted partner asks the API with the add-on's own token.",
        _ask_as_partner,
        {**_ADDON, "call": (CALL, "Method and path."), "body": (BODY, "What is sent, as JSON.")},
        ("addon", "call"),
        looks=True,
    ),
}

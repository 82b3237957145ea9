"""What Hypothesis may choose to happen: a verb, as often as its weight says, with its details."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from . import back_channel, customer, snooping
from .at_rest import rest
from .behaviour import ARRIVES, BROKEN, CORRECT, FAILING, HONEST, KILLS, LATER, MEANWHILE, RIGHT, ROADS, Behaviour
from .receiver import MOODS
from .template import APPS, MANIFESTS, PLANS
from .world import World

Choices = dict[str, st.SearchStrategy[Any]]


@dataclass(frozen=True)
class Act:
    """`details` are the verb's arguments, but for `addon`, which says which one it is about: 0, 1, ... of those that
    are there, -1, -2, ... of those that are gone."""

    verb: str
    details: dict[str, Any]

    def do(self, world: World) -> None:
        """Let it happen."""
        details = dict(self.details)
        about = [world.pick(details.pop("addon"))] if "addon" in details else []
        VERBS[self.verb][1](world, *about, **details)


YES_OR_NO = st.booleans()
ADDON = st.sampled_from((0, 0, 0, 1, 1, 2, 3, -1, -2))
ANY_APP = st.sampled_from(APPS)
APP = st.sampled_from((*APPS, APPS[0]))
"""Mostly the first."""
SLUG = st.sampled_from(tuple(MANIFESTS))
NAME = st.sampled_from((None, None, "MAIN", "ALPHA"))
PLAN = st.sampled_from(PLANS)
A_FEW = st.sampled_from(range(4))
MANY = st.sampled_from(range(24))
SECRET = st.sampled_from(("right", "right", "other's"))
SECONDS = st.sampled_from((1, 1, 2, 60, 299, 300, 3600, 8 * 3600, 12 * 3600, 72 * 3600))
"""Round the ends of a pause, a grant, an access token, an asynchronous deadline, a delivery."""

_SOMETHING = st.lists(st.sampled_from(MEANWHILE), max_size=2).map(tuple)
_NOTHING = st.just(())
_PROMPT = st.sampled_from((True, True, True, False))
_WELL = st.sampled_from((CORRECT, Behaviour(LATER), Behaviour(prompt=False)))
_HONEST = st.builds(Behaviour, st.sampled_from(HONEST), st.just(ARRIVES), _SOMETHING, _SOMETHING, _PROMPT)
_WRONG = st.builds(Behaviour, st.sampled_from(BROKEN + FAILING), st.just(ARRIVES), _SOMETHING, _SOMETHING, _PROMPT)
_ON_THE_ROAD = st.builds(
    Behaviour, st.sampled_from((RIGHT, LATER)), st.sampled_from(ROADS + KILLS), _NOTHING, _SOMETHING, _PROMPT
)
SCRIPT = st.one_of(
    st.lists(_WELL, max_size=1),
    st.lists(_HONEST, min_size=1, max_size=1),
    st.lists(_WRONG, min_size=1, max_size=1),
    st.lists(st.one_of(_ON_THE_ROAD, _HONEST, _ON_THE_ROAD, _WRONG), min_size=1, max_size=3),
)
"""How a partner behaves at its next calls about an add-on; then it is right."""
ILL = st.sampled_from(
    (CORRECT, Behaviour("500"), Behaviour(road="lost"), Behaviour(road="unreachable"), Behaviour(LATER))
)
"""How partners may be while everything that waits for them runs out."""
RECEIVER = st.lists(st.sampled_from(MOODS), max_size=5)
WHO = st.sampled_from(("nobody", "made up", "stranger"))
WHAT = st.sampled_from(("set", "set", "same", "remove", "undeclared"))

VERBS: dict[str, tuple[int, Callable[..., object], Choices]] = {
    "create": (6, customer.create, {"app": APP, "slug": SLUG, "plan": PLAN, "name": NAME, "script": SCRIPT}),
    "destroy": (4, customer.destroy, {"addon": ADDON, "force": YES_OR_NO, "script": SCRIPT}),
    "change_plan": (3, customer.change_plan, {"addon": ADDON, "plan": PLAN, "script": SCRIPT}),
    "attach": (4, customer.attach, {"addon": ADDON, "app": ANY_APP, "name": NAME, "confirm": YES_OR_NO}),
    "detach": (2, customer.detach, {"which": A_FEW}),
    "sso": (1, customer.sso, {"addon": ADDON}),
    "set_var": (4, customer.set_var, {"app": APP, "which": A_FEW}),
    "remove_var": (1, customer.remove_var, {"app": APP, "which": A_FEW}),
    "roll_back": (3, customer.roll_back, {"app": APP, "steps": A_FEW}),
    "deploy": (2, customer.deploy, {"app": APP, "release_phase": YES_OR_NO}),
    "end_release_phase": (1, customer.end_release_phase, {"succeeded": YES_OR_NO}),
    "delete_or_create_app": (1, customer.delete_or_create_app, {}),
    "subscribe": (1, customer.subscribe, {"app": APP, "moods": RECEIVER}),
    "set_config": (6, back_channel.set_config, {"addon": ADDON, "which": A_FEW, "how": WHAT}),
    "say_provisioned": (4, back_channel.say_provisioned, {"addon": ADDON}),
    "give_up": (2, back_channel.give_up, {"addon": ADDON}),
    "exchange": (2, back_channel.exchange, {"addon": ADDON, "secret": SECRET}),
    "refresh": (2, back_channel.refresh, {"addon": ADDON, "secret": SECRET}),
    "finish_deletion": (1, back_channel.finish_deletion, {"addon": ADDON, "tell": YES_OR_NO}),
    "partners_restart": (1, back_channel.partners_restart, {"forgets": YES_OR_NO}),
    "snoop": (4, snooping.snoop, {"addon": ADDON, "other": A_FEW, "which": MANY}),
    "look_around": (1, snooping.look_around, {"addon": ADDON}),
    "intrude": (2, snooping.intrude, {"addon": ADDON, "who": WHO, "which": MANY}),
    "work": (6, World.work, {"which": A_FEW}),
    "pass_time": (3, World.pass_time, {"seconds": SECONDS}),
    "crash": (2, World.crash, {}),
    "rest": (1, rest, {"partners": ILL}),
}
"""Weight, function and details of each verb."""


def _acts() -> st.SearchStrategy[Act]:
    details = {verb: st.fixed_dictionaries(choices) for verb, (_, _, choices) in VERBS.items()}
    verbs = [verb for verb, (weight, _, _) in VERBS.items() for _ in range(weight)]
    return st.sampled_from(verbs).flatmap(lambda verb: st.builds(Act, st.just(verb), details[verb]))


ACTS = _acts()


def meanwhile(world: World, uuid: str, what: str) -> None:
    """While a request about `uuid` is open: what `behaviour.MEANWHILE` names."""
    acts: dict[str, Callable[[], object]] = {
        "exchange": lambda: back_channel.exchange(world, uuid),
        "set config": lambda: back_channel.set_config(world, uuid),
        "say provisioned": lambda: back_channel.say_provisioned(world, uuid),
        "give up": lambda: back_channel.give_up(world, uuid),
        "customer destroys": lambda: customer.destroy(world, uuid),
        "customer detaches": lambda: customer.detach_one_of(world, uuid),
        "customer sets var": lambda: customer.set_var(world, APPS[0], 0),
        "other worker": lambda: world.work(1),
        "an hour passes": lambda: world.pass_time(3600),
    }
    acts[what]()

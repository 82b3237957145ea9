"""Who asks for what is not theirs: a partner for another's instance or the customer's vars, strangers, nobody."""

import json
from collections.abc import Iterator

from .back_channel import call, lives, token, wrong_credentials_change_nothing
from .platform import Reply
from .rule import rule
from .world import World

CONFIG = {"config": [{"name": "ALPHA_URL", "value": "https://elsewhere.example/"}]}
FOREIGN = (
    ("GET", "/addons/{b}", None),
    ("GET", "/addons/{b}/config", None),
    ("PATCH", "/addons/{b}/config", CONFIG),
    ("POST", "/addons/{b}/actions/provision", None),
    ("POST", "/addons/{b}/actions/deprovision", None),
    ("GET", "/addons/{b}/addon-attachments", None),
    ("GET", "/addons/{b}/webhooks", None),
    ("POST", "/addons/{b}/webhooks", {"include": ["api:addon"], "level": "notify", "url": "https://hooks.example/x"}),
    ("GET", "/addons/{b}/sso", None),
    ("DELETE", "/apps/{app}/addons/{b}", None),
    ("PATCH", "/apps/{app}/addons/{b}", {"plan": "alpha:big"}),
    ("GET", "/apps/{app}/config-vars", None),
    ("PATCH", "/apps/{app}/config-vars", {"STOLEN": "1"}),
    ("GET", "/apps/{app}/releases/1/config-vars", None),
    ("POST", "/apps/{app}/addons", {"plan": "alpha:test"}),
    ("DELETE", "/apps/{app}", None),
)
"""Of another instance `b`, and of an app the customer's own."""

WRITES = (
    ("POST", "/apps/acme/addons", {"plan": "alpha:test"}),
    ("PATCH", "/apps/acme/config-vars", {"STOLEN": "1"}),
    ("DELETE", "/apps/acme", None),
    ("POST", "/apps", {"name": "third"}),
    ("PATCH", "/addons/{b}/config", CONFIG),
    ("DELETE", "/apps/acme/addons/{b}", None),
    ("POST", "/addons/{b}/actions/deprovision", None),
)


@rule(14)
def a_token_reaches_nothing_foreign(what: str, before: bytes, after: bytes, reply: Reply) -> Iterator[str]:
    """Refused, and nothing has changed."""
    if reply.status not in (403, 404) or before != after:
        yield f"{what} answered {reply.status}, rows have changed: {before != after}"


@rule(14)
def a_token_lists_only_its_own(uuid: str, listed: Reply, attachments: Reply, config: Reply) -> Iterator[str]:
    """One instance, its attachments, the vars that it has set."""
    if [each["id"] for each in listed.json] != [uuid]:
        yield f"/addons lists {[each['name'] for each in listed.json]}"
    foreign = [each["name"] for each in attachments.json if each["addon"]["id"] != uuid]
    if foreign:
        yield f"/addon-attachments lists {foreign}"
    if "own-value" in json.dumps(config.json):
        yield "its config holds a value of the customer"


def snoop(world: World, mine: str, other: int, which: int) -> None:
    """A partner asks, with a token that works, for what is not its own."""
    if not lives(world, mine) or token(world, mine) is None:
        return
    method, pattern, body = FOREIGN[which % len(FOREIGN)]
    foreign = world.pick(other)
    if "{b}" in pattern and foreign == mine:
        return
    app = world.addon(foreign).app_id
    before = world.platform.image()
    reply = call(world, mine, method, pattern.format(b=foreign, app=app), body)
    if reply and reply.status != 401:
        after = world.platform.image()
        world.broken += a_token_reaches_nothing_foreign(f"{method} {pattern}", before, after, reply)


def look_around(world: World, mine: str) -> None:
    """A partner lists what it can see."""
    asked = [call(world, mine, "GET", path) for path in ("/addons", "/addon-attachments", f"/addons/{mine}/config")]
    found = [each for each in asked if each and each.ok]
    if len(found) == 3:
        world.broken += a_token_lists_only_its_own(mine, *found)


def intrude(world: World, uuid: str, who: str, which: int) -> None:
    """Somebody without a right writes: nobody, with a token that nobody has, or a stranger with their own."""
    method, pattern, body = WRITES[which % len(WRITES)]
    if who == "stranger" and pattern == "/apps":
        return
    before = world.platform.image()
    tokens = {"nobody": None, "made up": "HRKU-made-up", "stranger": world.strangers_token}
    reply = world.ask(method, pattern.format(b=uuid), body, tokens[who])
    after = world.platform.image()
    if who != "stranger":
        world.broken += wrong_credentials_change_nothing(before, after, reply)
    else:
        world.broken += a_token_reaches_nothing_foreign(f"a stranger's {method} {pattern}", before, after, reply)

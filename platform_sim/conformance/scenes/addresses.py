"""Looks whether somebody answers at the URLs of the config that lead to this machine; to no other."""

import re
from urllib.parse import urlsplit

from platform_sim.conformance.scenes.life import FIRST, provisioned
from platform_sim.conformance.scenes.scene import Mode, Script, Stage
from platform_sim.conformance.seen import NotSeen

SCRIPT = Script()
scene = SCRIPT.scene
LOOKED = "looked at"
"""The fact that holds why nobody answered, None if somebody did, by the name of the config var."""
LOCAL = re.compile(r"localhost|.*\.localhost|127\..*|::1|0\.0\.0\.0")


@scene("addresses", LOOKED, mode=Mode.DEFAULT, after="install")
def _addresses(stage: Stage) -> None:
    config = provisioned(stage, FIRST).config
    found = {
        name: stage.home.deliver(stage.page(value)).problem
        for name, value in sorted(config.items())
        if name.endswith("_URL") and _is_web_here(value)
    }
    if not found:
        raise NotSeen("no config var is a URL of the web on this machine")
    stage.seen.facts[LOOKED] = found


def _is_web_here(value: str) -> bool:
    try:
        url = urlsplit(value)
        return url.scheme in ("http", "https") and bool(LOCAL.fullmatch(url.hostname or "")) and url.port != 0
    except ValueError:
        return False

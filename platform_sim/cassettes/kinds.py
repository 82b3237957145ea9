"""What kind of call a partner has made, as words that are the same in each run: so that calls can be compared. Pure."""

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote

from platform_sim.cassettes.matching import ID
from platform_sim.cassettes.tape import Recorded
from platform_sim.conformance.calls import TOKEN, about, is_line, parameters
from platform_sim.conformance.seen import Heard
from platform_sim.core.model.values import is_uuid

READS = ("GET", "HEAD", "OPTIONS")
TOKENS = (TOKEN, "/oauth/tokens")


def kind_of_recorded(call: Recorded, ids: Collection[str]) -> str:
    """Of a call in a cassette."""
    return _kind(call.method, call.path, call.sent, ids)


def kind_of_heard(call: Heard, uuid: str) -> str | None:
    """Of a call that came now; None for one that no cassette holds, or that is about another add-on."""
    if call.method in READS or is_line(call) or about(call) not in ("", uuid):
        return None
    sent = parameters(call) if call.place in TOKENS else call.json
    return _kind(call.method, call.place, sent, (uuid,))


def _kind(method: str, path: str, sent: Any, ids: Collection[str]) -> str:
    given = sent if isinstance(sent, dict) else {}
    if path in TOKENS:
        return f"{method} {path} with {'a refresh token' if 'refresh_token' in given else 'a grant'}"
    parts = [unquote(each) for each in path.split("/")]
    if parts[1:3] == ["vendor", "apps"]:
        parts[3:4] = [ID]
    shape = "/".join(ID if each in ids or is_uuid(each) else each for each in parts)
    return f"{method} {shape}{_names(given.get('config'))}"


def _names(config: Any) -> str:
    """Of the config vars that it sets: their values are nobody's business."""
    listed = [each.get("name") for each in config if isinstance(each, dict)] if isinstance(config, list) else config
    names = sorted(map(str, listed or []))
    return f" for {', '.join(names)}" if names else ""

"""What is different between a recorded answer and one of now, in words. Pure.

Status, form and names have to be the same, and so have plain values. What is another one in each run is compared by its
kind: uuids, dates, long numbers and tokens, ports of this machine, and secrets, of which only the place is known.
"""

import json
import os
import re
from collections.abc import Iterator
from typing import Any

from platform_sim.cassettes.tape import Recorded
from platform_sim.cassettes.values import Values
from platform_sim.core.model import json_text
from platform_sim.core.model.cassettes import PLACEHOLDER, UNKNOWN
from platform_sim.core.model.values import kind
from platform_sim.partners.contract import PartnerAnswer
from platform_sim.partners.mask import masked_text, secret_strings

MOST = 60
"""Characters of a text that are shown."""
NEAR = 15
"""Characters before the first that is another one."""
LONG_AGO = 1_000_000_000
"""Greater numbers are times or ids."""
KINDS = {
    "secret": (rf"{PLACEHOLDER.pattern}|{re.escape(UNKNOWN)}", ".+"),
    "uuid": (r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",) * 2,
    "date": (r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?",) * 2,
    "port": (r"(?<=localhost):\d{2,5}|(?<=127\.0\.0\.1):\d{2,5}", r":\d{2,5}"),
    "id": (r"(?=[A-Za-z_]*\d)\w{8,}", r"\w{4,}"),
}
"""What may differ: how it is found in a recorded text, and what may stand there now."""
_FOUND = re.compile("|".join(f"(?P<{name}>{found})" for name, (found, _) in KINDS.items()))


def differences(recorded: Recorded, answer: PartnerAnswer, values: Values) -> list[str]:
    """Sentences, none if there is nothing; no secret of the answer is in them."""
    if recorded.status != answer.status:
        now = str(answer.status) if answer.status is not None else f"no answer ({answer.problem})"
        said = _message(answer)
        return [f"status: recorded was {recorded.how_it_ended}, now it is {now}" + (f": {said}" if said else "")]
    return [*_types(recorded, answer), *_bodies(recorded, answer, values)]


def _types(recorded: Recorded, answer: PartnerAnswer) -> Iterator[str]:
    headers = {name.lower(): text for name, text in recorded.said_headers.items()}
    was, now = (_media_type(each.get("content-type", "")) for each in (headers, answer.headers))
    if was != now and recorded.said is not None:
        yield f"content type: recorded was {was or 'none'}, now it is {now or 'none'}"


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def _bodies(recorded: Recorded, answer: PartnerAnswer, values: Values) -> Iterator[str]:
    text = answer.body.decode("utf-8", "replace")
    if not text or recorded.said is None:
        if text:
            yield "body: recorded was none, now there is one"
        elif recorded.said is not None:
            yield "body: there was one, now there is none"
        return
    try:
        now = json_text.read(text)
    except ValueError:
        now = None
    if now is None and isinstance(recorded.said, str):
        return
    if now is None:
        yield f"body: recorded was {kind(recorded.said)}, now it is no JSON"
        return
    secrets = secret_strings(now)
    for each in _walked(recorded.said, now, values, secrets, ""):
        yield masked_text(each, secrets)


def _walked(was: Any, now: Any, values: Values, secrets: set[str], where: str) -> Iterator[str]:
    place = f"`{where}`" if where else "body"
    if isinstance(was, dict) and isinstance(now, dict):
        for name in was.keys() - now.keys():
            yield f"{place}: {name} is gone"
        for name in now.keys() - was.keys():
            yield f"{place}: {name} is new"
        for name in sorted(was.keys() & now.keys()):
            yield from _walked(was[name], now[name], values, secrets, f"{where}.{name}".lstrip("."))
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield f"{place}: recorded were {len(was)} items, now there are {len(now)}"
        for index, (each, other) in enumerate(zip(was, now, strict=False)):
            yield from _walked(each, other, values, secrets, f"{where}[{index}]")
    elif kind(was) != kind(now):
        yield f"{place}: recorded was {kind(was)}, now it is {kind(now)}"
    elif not _alike(was, now, values):
        # Masked before it is cut: of a secret that is cut nobody would find the rest.
        told = masked_text(now, secrets) if isinstance(now, str) else now
        begin = max(0, len(os.path.commonprefix([was, told])) - NEAR) if isinstance(was, str) else 0
        yield f"{place}: recorded was {_shown(was, begin)}, now it is {_shown(told, begin)}"


def _alike(was: Any, now: Any, values: Values) -> bool:
    if isinstance(was, str):
        return re.fullmatch(_pattern(was, values), now, re.DOTALL) is not None
    is_time = isinstance(was, int | float) and min(was, now) > LONG_AGO
    return bool(was == now or is_time)


def _pattern(text: str, values: Values) -> str:
    """Of what may stand now in the place of a recorded text. What is known to be another one has to be that one."""
    parts, end = [], 0
    for found in _FOUND.finditer(text):
        now = values.known(found[0])
        parts += [
            re.escape(text[end : found.start()]),
            KINDS[str(found.lastgroup)][1] if now is None else re.escape(now),
        ]
        end = found.end()
    return "".join([*parts, re.escape(text[end:])])


def _shown(value: Any, begin: int) -> str:
    """Of a long text the part where it becomes another one."""
    if isinstance(value, str) and len(value) > MOST:
        value = f"{'…' * (begin > 0)}{value[begin : begin + MOST]}{'…' * (begin + MOST < len(value))}"
    return json.dumps(value, ensure_ascii=False)


def _message(answer: PartnerAnswer) -> str:
    try:
        found = json_text.read(answer.body)
    except ValueError:
        return ""
    message = found.get("message") if isinstance(found, dict) else None
    return masked_text(str(message), secret_strings(found))[:200] if message else ""

"""Version 1 of the partner contract, which Heroku ended in July 2023 (partner-api §8)."""

import re
from collections.abc import Iterator
from typing import Any

from platform_sim.conformance.calls import basic_pair, succeeded
from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.life import CALLED, FIRST
from platform_sim.conformance.scenes.old import (
    AFTER_BARE,
    BARE,
    END_OF_BARE,
    FORGED,
    LOGIN,
    SIBLING,
    STALE,
)
from platform_sim.conformance.seen import Exchange, Heard, NotSeen, Seen
from platform_sim.partners.manifest import credentials, declared

RULES = RuleBook("version 1", "partner-api §8.1", needs="version-1")
rule = RULES.rule
PLAIN = re.compile(r"[A-Za-z0-9._~-]+")


def _orders(seen: Seen) -> list[Exchange]:
    seen.good("provision")
    return [each for each in seen.all("provision", "second provision") if each.succeeded]


def _id(exchange: Exchange) -> str:
    found = exchange.object.get("id")
    if found is None:
        raise NotSeen("the answer has no id")
    return str(found)


@rule("K01", MUST, "An order is answered with 200, 201 or 202.", mark="3P", source="partner-api §8.2",
      why="These are what version 1 knows as yes.",
      fix="Answer 201 with id and config, or 202 with the id and put the config to the callback_url later.",
      )  # fmt: skip
def _status(seen: Seen) -> Iterator[Found]:
    found = seen.good("provision")
    if found.status not in (200, 201, 202):
        yield f"It was answered with {found.said}.", found


@rule("K02", MUST, "The id does not hold the app's number.", mark="SRC", source="partner-api §9",
      why="An app can have another owner, and another add-on of yours, later: its number is not the resource.",
      fix="Make an id of your own.")  # fmt: skip
def _no_app_number(seen: Seen) -> Iterator[Found]:
    for order in _orders(seen):
        number = re.sub(r"\D", "", str(order.sent.get("heroku_id", "")).partition("@")[0])
        if number and number in _id(order):
            yield "The id holds the number of heroku_id.", order
            return


@rule("K03", SHOULD, "The id can stand in a URL as it is.", mark="INF",
      why="PUT and DELETE are addressed by it; not every client and router escapes and unescapes alike.",
      fix="Use letters, digits, dots, dashes and underscores only.")  # fmt: skip
def _plain_id(seen: Seen) -> Iterator[Found]:
    for order in _orders(seen):
        if PLAIN.fullmatch(_id(order)) is None:
            yield "The id holds other characters than letters, digits and `._~-`.", order
            return


@rule("K04", MUST, "A plan change finds the resource by the partner's own id.", needs="plans",
      why="In version 1 PUT is addressed by the id of your answer, not by a uuid.",
      fix="Look up the last part of the path among the ids that you gave.")  # fmt: skip
def _found_for_change(seen: Seen) -> Iterator[Found]:
    for found in seen.all("plan change"):
        if found.status in (404, 410):
            yield f"It was answered with {found.said}.", found
            return


@rule("K05", MUST, "A DELETE finds the resource by the partner's own id.",
      why="In version 1 DELETE is addressed by the id of your answer, not by a uuid.",
      fix="Look up the last part of the path among the ids that you gave.")  # fmt: skip
def _found_for_end(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision")
    if found.status in (404, 410):
        yield f"It was answered with {found.said}.", found


@rule("K06", SHOULD, "A DELETE is answered with 200.",
      why="204 is version 3's word.",
      fix="Answer 200.")  # fmt: skip
def _ok(seen: Seen) -> Iterator[Found]:
    found = seen.good("deprovision")
    if found.status != 200:
        yield f"It was answered with {found.said}.", found


@rule("K07", SHOULD, "An order without uuid and grant is taken.", mark="DC-old", source="partner-api §2.3, §8.1",
      why="Version 1 had neither until its last years: heroku_id is what it promises.",
      fix="Know an order by heroku_id where there is no uuid.")  # fmt: skip
def _bare(seen: Seen) -> Iterator[Found]:
    seen.good("provision")
    found = seen.one(BARE)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found


@rule("K08", MUST, "What was ordered without a uuid can be changed.", mark="DC-old",
      why="The id of your answer is all that names it.",
      fix="Keep the id with the resource, and find it by nothing else.")  # fmt: skip
def _bare_changes(seen: Seen) -> Iterator[Found]:
    seen.good(BARE)
    found = seen.one(AFTER_BARE)
    if not found.succeeded and found.status not in (422, 503):
        yield f"It was answered with {found.said}.", found


@rule("K09", MUST, "What was ordered without a uuid can be deleted.", mark="DC-old",
      why="Else it stays with you for ever.",
      fix="Keep the id with the resource, and find it by nothing else.")  # fmt: skip
def _bare_ends(seen: Seen) -> Iterator[Found]:
    seen.good(BARE)
    found = seen.one(END_OF_BARE)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found


@rule("K10", MUST, "With many_per_app a second order of the same app makes a second resource.", needs="many",
      why="That is what the flag says; two add-ons with one id are changed and deleted together.",
      fix="Make a new resource with a new id for each order with another uuid.")  # fmt: skip
def _siblings(seen: Seen) -> Iterator[Found]:
    found = seen.one(SIBLING)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found
    elif _id(found) == _id(seen.good("provision")):
        yield "Both have the same id.", found


@rule("K11", MUST, "Who answers 202 puts the config to the callback_url.", needs="async",
      why="In version 1 that is how an order is finished.",
      fix='PUT {"config": {"ACME_URL": "..."}} to the callback_url of the order.')  # fmt: skip
def _finished(seen: Seen) -> Iterator[Found]:
    if seen.fact(FIRST).state != "provisioned":
        yield "It was not finished." if _put(seen) else "Nothing was put."


def _puts(seen: Seen) -> list[Heard]:
    """What was put to `/vendor`; NotSeen if nothing was."""
    found = _put(seen)
    if not found:
        raise NotSeen("the partner put no config")
    return found


def _put(seen: Seen) -> list[Heard]:
    return [call for call in seen.fact(CALLED) if call.method == "PUT"]


@rule("K12", MUST, "The callback_url is called as it was given.", mark="DC-old",
      why="The app's name in it is escaped: `app123%40heroku.com`.",
      fix="Use the URL of the order without taking it apart.")  # fmt: skip
def _as_given(seen: Seen) -> Iterator[Found]:
    known = {str(each.sent.get("callback_url", "")).partition("/vendor/")[2] for each in _orders(seen)}
    known |= {each.replace("%40", "@") for each in known}
    if any(call.place.partition("/vendor/")[2] not in known for call in _puts(seen)):
        yield "Something was put to another place."


@rule("K13", MUST, "Config is put with the credentials of the manifest.",
      why="Version 1 has no tokens: others are answered with 401.",
      fix="Send the manifest's id and api.password as Basic auth.")  # fmt: skip
def _credentials(seen: Seen) -> Iterator[Found]:
    expected = credentials(seen.fact(FACT))
    if any(basic_pair(call) != expected for call in _puts(seen)):
        yield "Config was put with other credentials, or with none."


@rule("K14", MUST, "Config is put as an object of names and values.", source="partner-api §8.1, §8.3",
      why="Anything else is refused.",
      fix='Send {"config": {"ACME_URL": "..."}}, with strings.')  # fmt: skip
def _shape(seen: Seen) -> Iterator[Found]:
    for call in _puts(seen):
        config: Any = call.json.get("config") if isinstance(call.json, dict) else None
        if not isinstance(config, dict) or not all(isinstance(value, str | None) for value in config.values()):
            yield "The body is no object with an object `config` of strings."
            return


@rule("K15", MUST, "Config is put under names that the manifest declares.", source="partner-api §8.3",
      why="Others are `forbidden`.",
      fix="Declare each name in api.config_vars.")  # fmt: skip
def _declared(seen: Seen) -> Iterator[Found]:
    maps = [call.json.get("config") for call in _puts(seen) if isinstance(call.json, dict)]
    names = {str(name) for config in maps if isinstance(config, dict) for name in config}
    for name in sorted(names - declared(seen.fact(FACT))):
        yield f"{name[:80]} was put, which the manifest does not declare."


@rule("K16", SHOULD, "Config that was put too early is put again.", mark="DC-old", source="partner-api §2.5",
      why="Until your own 202 has been read the platform answers 404: it does not know the resource yet.",
      fix="Wait a moment after your answer, and repeat what was answered with 404.")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    done = {call.place for call in _puts(seen) if succeeded(call)}
    if any(call.status == 404 and call.place not in done for call in _puts(seen)):
        yield "What was answered with 404 was not put again."


def _login(seen: Seen, moment: str) -> Exchange:
    good = seen.one(LOGIN)
    if moment != LOGIN and (good.status is None or good.status >= 400):
        raise NotSeen("the partner takes no login by id and token")
    return seen.one(moment)


@rule("K17", MUST, "A login by id and token is accepted.", needs="sso", source="partner-api §5.3, §5.4",
      why="These are the fields of version 1; all others came later.",
      fix="Check `token` against SHA-1 of `id:salt:timestamp`, with your own id.")  # fmt: skip
def _enters(seen: Seen) -> Iterator[Found]:
    found = _login(seen, LOGIN)
    if found.status is None or found.status >= 400:
        yield f"It was answered with {found.said}.", found


@rule("K18", MUST, "A login by id with a wrong token is refused.", needs="sso", source="partner-api §5.4",
      why="Anybody could open your customers' dashboards.",
      fix="Compare the token, and answer 403.")  # fmt: skip
def _forged(seen: Seen) -> Iterator[Found]:
    found = _login(seen, FORGED)
    if found.status is None or found.status < 400:
        yield f"It was answered with {found.said}.", found


@rule("K19", MUST, "A login by id that is late is refused.", needs="sso", source="partner-api §5.4, §9",
      why="A form that was seen once would open the dashboard for ever.",
      fix="Refuse a timestamp that is more than five minutes old with 403.")  # fmt: skip
def _stale(seen: Seen) -> Iterator[Found]:
    found = _login(seen, STALE)
    if found.status is None or found.status < 400:
        yield f"It was answered with {found.said}.", found

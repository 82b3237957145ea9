"""The config that a partner gives to apps (partner-api §1.2, §2.4, §4.2)."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.given import (
    FIRST_ORDER,
    SECOND_ORDER,
    Value,
    answered,
    given,
    objects,
    of_order,
    shown,
    values,
)
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.addresses import LOCAL, LOOKED
from platform_sim.conformance.seen import NotSeen, Seen
from platform_sim.partners.manifest import declared

RULES = RuleBook("config", "partner-api §1.2", "config")
rule = RULES.rule
MOST_BYTES = 32_768
"""Of all config vars of an app together."""
SHORTEST_SECRET = 16
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


@rule("C01", MUST, "Config is an object of names and values.", source="partner-api §2.4", needs="sync",
      why="Anything else fails the installation.",
      fix="Answer with `\"config\": {\"NAME\": \"value\"}`.")  # fmt: skip
def _object(seen: Seen) -> Iterator[Found]:
    for each in answered(seen):
        if not isinstance(each.config, dict):
            yield f"{each.where} has a `config` that is no object.", each.exchange


@rule("C02", MUST, "Config holds only vars that the manifest declares.", needs="sync",
      why="Heroku refuses the whole answer: the installation fails.", source="partner-api §1.1",
      fix="Add the names to config_vars, push the manifest, and only then give them.")  # fmt: skip
def _declared(seen: Seen) -> Iterator[Found]:
    known = set(declared(seen.fact(FACT)))
    for each, config in objects(answered(seen)):
        for name in sorted(set(config) - known):
            yield f"{each.where} sets {shown(name)}, which the manifest does not declare.", each.exchange


@rule("C03", SHOULD, "Every var that the manifest declares is given.",
      why="The app was promised it; its absence shows when the app starts.", source="partner-api §9", mark="SRC",
      fix="Give a value for each of config_vars, or take the name out of the manifest.")  # fmt: skip
def _complete(seen: Seen) -> Iterator[Found]:
    order = seen.readable(FIRST_ORDER)
    uuid = order.sent.get("uuid")
    found = {name for each, config in objects(given(seen)) if each.uuid == uuid for name in config}
    for name in sorted(set(declared(seen.fact(FACT))) - found):
        yield f"{name} is declared and was not given.", order


@rule("C04", MUST, "Values are strings.", needs="sync",
      why="Anything else fails the installation.",
      fix="Turn numbers and booleans into strings; leave out what has no value.")  # fmt: skip
def _strings(seen: Seen) -> Iterator[Found]:
    for each, config in objects(answered(seen)):
        for name in sorted(name for name, value in config.items() if not isinstance(value, str)):
            yield f"{each.where} has a value for {shown(name)} that is no string.", each.exchange


@rule("C05", SHOULD, "Values are not empty.",
      why="An app that finds the name believes that there is something.", source="-", mark="INF",
      fix="Leave out what has no value.")  # fmt: skip
def _filled(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: not value.text.strip(), "is empty")


@rule("C06", MUST, "What is called URL has a scheme and a host.",
      why="No client can connect without.", source="partner-api §9", mark="SRC",
      fix="Give a whole URL, such as `scheme://user:password@host:port/path`.")  # fmt: skip
def _urls(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: value.is_url and not _is_whole(value), "is no URL with scheme and host")


@rule("C07", MUST, "What is called URL leads to a host that the app can reach.",
      why="On the dyno, localhost is the dyno.", source="partner-api §9", mark="SRC",
      fix="Give the public name of your host.")  # fmt: skip
def _reachable(seen: Seen) -> Iterator[Found]:
    partner = urlsplit(seen.readable(FIRST_ORDER).request.url).hostname or ""
    if LOCAL.fullmatch(partner):
        raise NotSeen("the partner itself runs on this machine")
    yield from _about(seen, lambda value: bool(LOCAL.fullmatch(_host(value))), "leads to the machine that reads it")


@rule("C08", MUST, "Values hold no NUL character.",
      why="No process can be given such a variable: the dyno does not start.", source="-", mark="INF",
      fix="Encode bytes, with Base64 for instance.")  # fmt: skip
def _no_nul(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: "\0" in value.text, "holds a NUL character")


@rule("C09", SHOULD, "Values hold no control characters but line breaks and tabs.",
      why="They break terminals, shells and .env files.", source="-", mark="INF",
      fix="Encode bytes, with Base64 for instance.")  # fmt: skip
def _no_control(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: bool(CONTROL.search(value.text)), "holds control characters")


@rule("C10", SHOULD, "Values neither begin nor end with a space or a line break.",
      why="Most clients take them for a part of the password or the address.", source="-", mark="INF",
      fix="Strip what you read from files.")  # fmt: skip
def _stripped(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: value.text.strip() not in ("", value.text), "has space around it")


@rule("C11", SHOULD, "User and password in a URL are encoded.",
      why="An @ or a space in a password is read differently by each client.", source="-", mark="INF",
      fix="Percent-encode both, or make them of letters and digits.")  # fmt: skip
def _encoded(seen: Seen) -> Iterator[Found]:
    return _about(seen, _is_ambiguous, "has characters in its user or password that must be encoded")


@rule("C12", MUST, f"Config is smaller than {MOST_BYTES} bytes.",
      why="That is the room for all config vars of an app, the customer's own and other add-ons' too.",
      fix="Give a URL from which the rest can be had.", source="platform-api §5")  # fmt: skip
def _small(seen: Seen) -> Iterator[Found]:
    for each, config in objects(given(seen)):
        size = sum(len(f"{name}{value}".encode("utf-8", "replace")) for name, value in config.items())
        if size >= MOST_BYTES:
            yield f"{each.where} has a config of {MOST_BYTES} bytes or more.", each.exchange


@rule("C13", MUST, "Two add-ons do not have the same config.",
      why="Who shares an address and its credentials shares the data.", source="partner-api §12", mark="INF",
      fix="Make credentials for each uuid.")  # fmt: skip
def _two(seen: Seen) -> Iterator[Found]:
    first, second = of_order(seen, FIRST_ORDER), of_order(seen, SECOND_ORDER)
    if first and _texts(first) == _texts(second):
        yield "Two add-ons got the same config.", next(iter(second.values())).of.exchange


@rule("C14", MUST, "Two add-ons have no secret in common.",
      why="One customer's credentials must not open another's data.", source="partner-api §12", mark="INF",
      fix="Make each credential for one uuid, by chance.")  # fmt: skip
def _secrets(seen: Seen) -> Iterator[Found]:
    first, second = of_order(seen, FIRST_ORDER), of_order(seen, SECOND_ORDER)
    if not first or _texts(first) == _texts(second):
        raise NotSeen("it needs two add-ons with config of their own")
    for name, value in second.items():
        if value.secret and name in first and value.secret == first[name].secret:
            yield f"Two add-ons got the same secret in {name}.", value.of.exchange


@rule("C15", MUST, "Config holds none of the secrets between you and Heroku.",
      why="Every app could then speak to you in Heroku's name.", source="partner-api §0", mark="INF",
      fix="Make credentials for each uuid, by chance.")  # fmt: skip
def _not_ours(seen: Seen) -> Iterator[Found]:
    api = seen.fact(FACT)["api"]
    for field in ("password", "sso_salt"):
        secret = str(api.get(field) or "")
        if len(secret) >= 4:
            yield from _about(seen, partial(_holds, secret), f"holds the manifest's {field}")


@rule("C16", MUST, "Secrets are not what others know: uuid, name or plan.",
      why="The uuid stands in URLs and logs; a secret is what nobody can look up.", source="-", mark="INF",
      fix="Make each credential by chance.")  # fmt: skip
def _not_known(seen: Seen) -> Iterator[Found]:
    sent = [found.sent for found in seen.exchanges.get(FIRST_ORDER, [])]
    known = {str(order.get(name)) for order in sent for name in ("uuid", "name", "plan")}
    known |= {each.replace("-", "") for each in known}
    yield from _about(seen, lambda value: value.secret in known, "has a secret that others know")


@rule("C17", ADVICE, f"Secrets have at least {SHORTEST_SECRET} characters.",
      why="Shorter ones can be tried out.", source="-", mark="INF",
      fix="Make each credential of 16 or more characters, by chance.")  # fmt: skip
def _long(seen: Seen) -> Iterator[Found]:
    return _about(seen, lambda value: 0 < len(value.secret or "") < SHORTEST_SECRET, "has a short secret")


@rule("C18", ADVICE, "A URL of the web is https.",
      why="What the app sends there goes over the open internet.", source="-", mark="INF",
      fix="Give https URLs.")  # fmt: skip
def _https(seen: Seen) -> Iterator[Found]:
    def plain(value: Value) -> bool:
        return value.url is not None and value.url.scheme == "http" and not LOCAL.fullmatch(_host(value))

    return _about(seen, plain, "is an http URL to another machine")


@rule("C19", SHOULD, "A URL of the web on this machine is answered.",
      why="The app is to find something there.", source="-", mark="INF",
      fix="Start what is to listen there, or give the address at which it does.")  # fmt: skip
def _answered(seen: Seen) -> Iterator[Found]:
    for name, problem in sorted(seen.fact(LOOKED).items()):
        if problem is not None:
            yield f"What {name} leads to gave no answer ({problem})."


def _about(seen: Seen, is_wrong: Callable[[Value], bool], what: str) -> Iterator[Found]:
    """Every value with which something is wrong; each name once."""
    objects(given(seen))
    told = set()
    for value in values(seen):
        if value.name not in told and is_wrong(value):
            told.add(value.name)
            yield f"{value.of.where} has a value for {shown(value.name)} that {what}.", value.of.exchange


def _holds(text: str, value: Value) -> bool:
    return text in value.text


def _is_whole(value: Value) -> bool:
    """Also what is empty: that is another rule's."""
    if not value.text.strip():
        return True
    try:
        return value.url is not None and bool(value.url.scheme and value.url.hostname) and value.url.port != 0
    except ValueError:
        return False


def _host(value: Value) -> str:
    return (value.url.hostname or "") if value.url else ""


def _is_ambiguous(value: Value) -> bool:
    """More than one @, or a space, before the path."""
    place = value.url.netloc if value.url else ""
    return place.count("@") > 1 or bool(re.search(r"\s", place))


def _texts(config: dict[str, Value]) -> dict[str, str]:
    return {name: value.text for name, value in config.items()}

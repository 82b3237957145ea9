"""How answers are made: all that came in a run, whatever it was for (partner-api §2.1)."""

import re
from collections.abc import Iterator
from typing import Any

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.contact import CONTACT
from platform_sim.conformance.scenes.odd import ODD
from platform_sim.conformance.scenes.sign_in import BEHIND
from platform_sim.conformance.seen import Exchange, Seen
from platform_sim.core.model import json_text

RULES = RuleBook("hygiene", "partner-api §2.1")
rule = RULES.rule
PAGES = ("login", "stale login", BEHIND)
"""How moments begin at which a browser asks."""
BROUGHT = ("batch", "event")
"""How moments begin at which logs and events come: whoever brings those reads no answer."""
SECRETS = "secrets"
"""The fact that holds what no answer may repeat: pairs of a name and a value."""
JSON = re.compile(r"application/(?:json|[\w.+-]+\+json)\b", re.IGNORECASE)
TRACES = (
    "Traceback (most recent call last)",
    "\n\tat java.",
    "node:internal/",
    "at Object.<anonymous>",
    "Werkzeug Debugger",
    "Rails.root:",
    "goroutine 1 [running]",
    "Stack trace:",
    "DEBUG = True",
)
VERSION = re.compile(r"\d+\.\d")
WHOLE = ("cut", "garbled", "too_large", "failed")


def logins(seen: Seen) -> list[Exchange]:
    """What a browser has asked for."""
    return [each for each in seen.every() if each.moment.startswith(PAGES)]


def calls(seen: Seen) -> list[Exchange]:
    """What Heroku itself has asked for, and reads; NotSeen if nobody was there."""
    seen.one(CONTACT)
    return [each for each in seen.every() if not each.moment.startswith((*PAGES, *BROUGHT))]


def usual(seen: Seen) -> list[Exchange]:
    """The same without what Heroku does not send."""
    return [each for each in calls(seen) if not each.moment.startswith(ODD) and each.status is not None]


@rule("H01", MUST, "Each success with a body is JSON.",
      why="Heroku reads every answer as JSON.",
      fix="Answer with a JSON object, or with 204 and nothing.")  # fmt: skip
def _json(seen: Seen) -> Iterator[Found]:
    for each in usual(seen):
        if each.succeeded and each.answer.body.strip() and not _is_json(each):
            yield f"The body of the answer to the {each.moment} is no JSON.", each


@rule("H02", SHOULD, "JSON is called so.",
      why="Clients choose by Content-Type what they do with a body.",
      fix="Send `Content-Type: application/json`, or the vendor's own.", mark="3P")  # fmt: skip
def _type(seen: Seen) -> Iterator[Found]:
    for each in usual(seen):
        if _is_json(each) and not JSON.match(each.header.get("content-type", "")):
            yield f"The answer to the {each.moment} is JSON, and its Content-Type says otherwise.", each


@rule("H03", SHOULD, "Each refusal has a `message`.",
      why="The customer reads it; without one there is only a number.",
      fix='Answer with {"message": "..."}, in words for the customer.', source="partner-api §2.4")  # fmt: skip
def _message(seen: Seen) -> Iterator[Found]:
    for each in usual(seen):
        if 400 <= (each.status or 0) < 500 and not isinstance(each.object.get("message"), str):
            yield f"The {each.moment} was answered with {each.said} without a message.", each


@rule("H04", SHOULD, "No answer shows how the program is made.",
      why="A stack trace tells strangers where to look for holes.", source="-", mark="INF",
      fix="Switch the debugger off, and answer unknown errors with a sentence.")  # fmt: skip
def _traces(seen: Seen) -> Iterator[Found]:
    calls(seen)
    for each in seen.every():
        if any(trace in each.text for trace in TRACES):
            yield "An answer holds a stack trace.", each


@rule("H05", MUST, "No answer repeats a secret.",
      why="Answers are kept in logs; config vars are read by everybody who works on the app.", source="partner-api §0",
      mark="INF", fix="Answer with the fields of the contract only.")  # fmt: skip
def _secrets(seen: Seen) -> Iterator[Found]:
    calls(seen)
    secrets = [*seen.fact(SECRETS), *_grants(seen)]
    for each in seen.every():
        said = f"{each.text} {' '.join(each.header.values())}"
        for name, value in secrets:
            if value in said:
                yield f"An answer holds the {name}.", each


@rule("H06", SHOULD, "No request that Heroku sends is a server error.",
      why="It is sent again and again, and tells the customer nothing.",
      fix="Answer what you cannot do with 4xx and a message.", source="partner-api §2.4", mark="INF")  # fmt: skip
def _errors(seen: Seen) -> Iterator[Found]:
    for each in usual(seen):
        if (each.status or 0) >= 500:
            yield f"The {each.moment} was answered with {each.said}.", each


@rule("H07", MUST, "Heroku is not sent elsewhere.",
      why="A redirect of POST, PUT or DELETE is not followed, so the request has failed.", mark="INF",
      fix="Serve the very base_url of the manifest: its scheme, host, and slash at the end.")  # fmt: skip
def _redirects(seen: Seen) -> Iterator[Found]:
    for each in usual(seen):
        if 300 <= (each.status or 0) < 400:
            yield f"The {each.moment} was answered with {each.said}.", each


@rule("H08", MUST, "Each answer comes whole.",
      why="What was cut, is endless or no HTTP cannot be read: the request has failed.", mark="INF",
      fix="Send Content-Length, or chunks with an end; answers need a few kilobytes.")  # fmt: skip
def _whole(seen: Seen) -> Iterator[Found]:
    calls(seen)
    for each in seen.every():
        if each.answer.problem in WHOLE:
            yield f"The {each.moment} got {each.said}.", each


@rule("H09", ADVICE, "No header tells a version of your software.",
      why="It tells strangers which holes to try.", source="-", mark="INF",
      fix="Leave X-Powered-By out, and the version out of Server.")  # fmt: skip
def _versions(seen: Seen) -> Iterator[Found]:
    for each in calls(seen):
        for name in ("server", "x-powered-by"):
            if VERSION.search(each.header.get(name, "")):
                yield f"The header {name} holds a version.", each


def _grants(seen: Seen) -> list[tuple[str, str]]:
    found = []
    for each in seen.every():
        grant: Any = each.sent.get("oauth_grant")
        if isinstance(grant, dict) and isinstance(grant.get("code"), str) and grant["code"]:
            found.append(("code of its grant", grant["code"]))
    return found


def _is_json(exchange: Exchange) -> bool:
    try:
        json_text.read(exchange.answer.body)
    except ValueError:
        return False
    return True

"""What the partner asks of the platform: it ends orders, sets config, ends a late DELETE (partner-api §2.5, §4)."""

from collections.abc import Iterator
from typing import Any

from platform_sim.conformance.calls import ACTIONS, BACK, Calls, about, api, bearer, called_nobody, succeeded
from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.back import BUSY, HASTY, LATE
from platform_sim.conformance.scenes.life import FIRST
from platform_sim.conformance.seen import NotSeen, Seen
from platform_sim.partners.manifest import declared

RULES = RuleBook("callbacks", "partner-api §4", needs="version-3")
rule = RULES.rule
ACCEPT = "application/vnd.heroku+json; version=3"
PROVISION = ACTIONS + "provision"


def _calls(seen: Seen) -> Calls:
    """Of the Platform API, while nothing was wrong."""
    return api(seen.fact(BACK))


def _configs(seen: Seen) -> list[Any]:
    """What was sent to set config; NotSeen if nothing was."""
    found = [call.json for call in _calls(seen) if call.method == "PATCH" and call.place.endswith("/config")]
    if not found:
        raise NotSeen("the partner set no config")
    return found


def _pairs(seen: Seen) -> list[dict[str, Any]]:
    """The same as single vars, of those that can be read."""
    listed = [sent.get("config") for sent in _configs(seen) if isinstance(sent, dict)]
    found = [pair for each in listed if isinstance(each, list) for pair in each if isinstance(pair, dict)]
    if not found:
        raise NotSeen("the config that was set cannot be read")
    return found


@rule("B01", MUST, "An order that was answered with 202 is finished.", needs="async", source="partner-api §2.5",
      why="Until then the customer has nothing; after 12 hours the add-on is removed.",
      fix="POST to /addons/:uuid/actions/provision when it is ready, /actions/deprovision if it never will be.",
      )  # fmt: skip
def _finished(seen: Seen) -> Iterator[Found]:
    if seen.fact(FIRST).state not in ("provisioned", "deprovisioned"):
        tried = any(PROVISION in call.place for call in _calls(seen))
        how = "the call was refused" if tried else f"actions/provision was not called{called_nobody(seen.fact(BACK))}"
        yield f"It was not finished: {how}."


@rule("B02", MUST, "Config is set as a list of names and values.", needs="back", source="partner-api §4.2",
      why="Anything else is refused, and the app never gets its config.",
      fix='PATCH /addons/:uuid/config with {"config": [{"name": "ACME_URL", "value": "..."}]}.')  # fmt: skip
def _shape(seen: Seen) -> Iterator[Found]:
    for sent in _configs(seen):
        listed = sent.get("config") if isinstance(sent, dict) else None
        if not isinstance(listed, list) or not all(isinstance(e, dict) and {*e} == {"name", "value"} for e in listed):
            yield "The body of PATCH config is no object with a list `config` of objects with `name` and `value`."
            return


@rule("B03", MUST, "Config is set under names that the manifest declares.", needs="back", source="partner-api §4.2",
      why="An undeclared name is refused, and with it all others of the call.",
      fix="Use the names of api.config_vars, never those that an attachment shows; declare a new one first.",
      )  # fmt: skip
def _declared(seen: Seen) -> Iterator[Found]:
    known = declared(seen.fact(FACT))
    for name in sorted({str(pair.get("name")) for pair in _pairs(seen)} - known):
        yield f"{name[:80]} was set, which the manifest does not declare."


@rule("B04", MUST, "Values of config are strings, or null to remove one.", needs="back", source="partner-api §4.2",
      why="Config vars are strings; others are refused.",
      fix="Turn numbers and booleans into strings before you send them.")  # fmt: skip
def _strings(seen: Seen) -> Iterator[Found]:
    wrong = {str(pair.get("name")) for pair in _pairs(seen) if not isinstance(pair.get("value"), str | None)}
    for name in sorted(wrong):
        yield f"{name[:80]} was set to what is no string."


@rule("B05", MUST, "Calls of the Platform API ask for version 3.", needs="back",
      why="Without that header another version answers, or none.",
      fix=f"Send `Accept: {ACCEPT}`.")  # fmt: skip
def _version(seen: Seen) -> Iterator[Found]:
    if any("application/vnd.heroku+json; version=3" not in call.headers.get("accept", "") for call in _calls(seen)):
        yield "A call did not accept `application/vnd.heroku+json; version=3`."


@rule("B06", SHOULD, "What is sent to the Platform API is called JSON.", needs="back",
      why="The API reads JSON only, and may believe the header.",
      fix="Send `Content-Type: application/json` with each body.")  # fmt: skip
def _typed(seen: Seen) -> Iterator[Found]:
    for call in _calls(seen):
        if call.body and "json" not in call.headers.get("content-type", ""):
            yield "A call with a body did not say that it is JSON."
            return


@rule("B07", MUST, "Calls of the Platform API bring an access token.", needs="back",
      why="Basic auth with the manifest's password belongs to the legacy API; here it is answered with 401.",
      fix="Send `Authorization: Bearer` with the access token of that add-on.")  # fmt: skip
def _token(seen: Seen) -> Iterator[Found]:
    if any(not bearer(call) for call in _calls(seen)):
        yield "A call came without a bearer token."


@rule("B08", SHOULD, "Config is set before the order is called finished.", needs="async config",
      why="actions/provision makes the release: what comes later restarts the app a second time, and until then it "
      "runs without config.",
      fix="PATCH the config first, then POST to actions/provision.", source="partner-api §2.5")  # fmt: skip
def _order(seen: Seen) -> Iterator[Found]:
    uuid = seen.fact(FIRST).uuid
    calls = [call for call in _calls(seen) if about(call) == uuid and succeeded(call)]
    end = next((at for at, call in enumerate(calls) if call.place.endswith(PROVISION)), None)
    if end is None:
        raise NotSeen("the order was not finished")
    if any(call.method == "PATCH" and call.place.endswith("/config") for call in calls[end:]):
        yield "Config was set after actions/provision."


@rule("B09", MUST, "Calls are about add-ons that were ordered.", needs="back", source="partner-api §2.12, §4.1",
      why="What is not yours, or never was, is answered with 404.",
      fix="Use the uuid of the order, or callback_url, which ends in it.")  # fmt: skip
def _own(seen: Seen) -> Iterator[Found]:
    known = {str(each.sent.get(name)) for each in seen.every() for name in ("uuid", "name")}
    if any(about(call) and about(call) not in known for call in _calls(seen)):
        yield "A call named an add-on that stands in no provisioning request."


@rule("B10", ADVICE, "Only what partners may call is called.", needs="back", source="partner-api §4.1",
      why="Other endpoints are refused, or may be one day.",
      fix="Keep to the calls of Platform API for Partners, or ask for the permission.")  # fmt: skip
def _documented(seen: Seen) -> Iterator[Found]:
    for place in sorted({f"{call.method} /{call.place.split('/')[1]}" for call in _calls(seen) if _strange(call)}):
        yield f"A call of {place} was refused: partners may not make it, or there is none such."


def _strange(call: Any) -> bool:
    return call.status in (403, 405, 501) or (call.status == 404 and not about(call))


@rule("B11", SHOULD, "An order is called finished once.", needs="async", source="partner-api §2.5, §2.12", mark="INF",
      why="What a second actions/provision does is not documented.",
      fix="Remember that you have reported it, and do so in the request that you repeat, too.")  # fmt: skip
def _finished_once(seen: Seen) -> Iterator[Found]:
    ended = {about(call) for call in _calls(seen) if call.place.endswith(PROVISION) and succeeded(call)}
    if not ended:
        raise NotSeen("the order was not finished")
    if any(_tried_after(seen, uuid) for uuid in ended):
        yield "actions/provision was called again after it had succeeded."


def _tried_after(seen: Seen, uuid: str) -> bool:
    tries = [call for call in _calls(seen) if about(call) == uuid and call.place.endswith(PROVISION)]
    done = next(at for at, call in enumerate(tries) if succeeded(call))
    return len(tries) > done + 1


@rule("B12", MUST, "What was answered with 200 is not reported again.", needs="sync", source="partner-api §2.4, §2.5",
      why="With 200 the add-on is ready; actions/provision is for orders that were answered with 202.",
      fix="Answer 200 with config, or 202 and report later: not both.", mark="INF")  # fmt: skip
def _not_twice(seen: Seen) -> Iterator[Found]:
    seen.good("provision")
    if any(call.place.endswith(PROVISION) for call in _calls(seen)):
        yield "actions/provision was called for an order that was answered with 200."


@rule("B13", SHOULD, "A call that the platform could not take is made again.", needs="async back", mark="INF",
      why="A 503 passes; an add-on that is never reported as ready is removed after 12 hours.",
      fix="Repeat what was answered with 5xx or 429 after a pause that grows.", source="partner-api §2.12")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    calls: Calls = seen.fact(BUSY)
    refused = [(call.method, call.place) for call in calls if call.status == 503]
    if not refused:
        raise NotSeen("the partner did not call")
    done = {(call.method, call.place) for call in calls if succeeded(call)}
    if any(each not in done for each in refused):
        yield "A call that was answered with 503 was not made again."


@rule("B14", MUST, "A DELETE that is answered with 202 is finished.", source="partner-api §2.11",
      why="Else it ends after 12 hours only, and the customer sees it for so long.",
      fix="POST to /addons/:uuid/actions/deprovision when all is deleted.")  # fmt: skip
def _late_end(seen: Seen) -> Iterator[Found]:
    if seen.one(f"{LATE} deprovision").status != 202:
        raise NotSeen("the partner ends at once, also where it may end later")
    if seen.fact(LATE).state != "deprovisioned":
        yield "actions/deprovision was not called, or was refused."


@rule("B15", MUST, "202 to a DELETE is answered only where that is allowed.", source="partner-api §2.11",
      why="It is a beta that Heroku enables for single services; for others 202 says nothing.",
      fix="Answer 204, and delete at leisure; or look whether the request allows a late end.")  # fmt: skip
def _late_only_if(seen: Seen) -> Iterator[Found]:
    found = seen.one("deprovision")
    if found.status == 202:
        yield "A DELETE that did not allow it was answered with 202.", found


@rule("B16", SHOULD, "What is reported before the answer has been read is reported again.", needs="async back",
      why="Your 202 can be under way when the work is done: until it has been read, actions/provision is refused.",
      fix="Begin after the answer, and repeat for a minute what was refused.", source="partner-api §2.5", mark="DC-old",
      )  # fmt: skip
def _reported_again(seen: Seen) -> Iterator[Found]:
    tries = [call for call in api(seen.fact(HASTY)) if call.place.endswith(PROVISION)]
    if not tries or succeeded(tries[0]):
        raise NotSeen("the partner reported only when its answer had been read")
    if not any(map(succeeded, tries)):
        yield "actions/provision was refused, and not called again."

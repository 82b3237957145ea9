"""What a step is called, what it means, and where the protocol tells of it (docs/partner-contract.md). Pure."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from platform_sim.core.model.masking import parts_of
from platform_sim.core.model.records import Event, Exchange


class Words(NamedTuple):
    """See `Step`."""

    title: str
    sentence: str
    section: str


class _Pattern(NamedTuple):
    method: str
    path: re.Pattern[str]
    sentence: str
    section: str


def _row(method: str, path: str, sentence: str, section: str) -> _Pattern:
    return _Pattern(method, re.compile(path), sentence, section)


_BY_CUSTOMER = (
    _row("", r"^/dashboard/", "{who} does this in the browser.", "docs/dashboard.md"),
    _row("POST", r"/apps/[^/]+/addons$", "{who} asks for an add-on.", "2.2 What the customer does"),
    _row("PATCH", r"/apps/[^/]+/addons/", "{who} asks for another plan or name of an add-on.", "2.10 Plan change"),
    _row("DELETE", r"/apps/[^/]+/addons/", "{who} destroys an add-on.", "2.11 Deprovisioning"),
    _row("POST", r"/addon-attachments$", "{who} attaches an add-on to an app.", "2.8 Names, attachments, config vars"),
    _row("PATCH", r"/config-vars$", "{who} sets config vars: that makes a release.", "2.9 Releases"),
    _row("POST", r"/releases$", "{who} makes a release: a rollback or a promotion.", "2.9 Releases"),
    _row("POST", r"/builds$", "{who} pushes code: it is built and then released.", "2.9 Releases"),
    _row("PATCH", r"/formation", "{who} scales the app.", ""),
    _row("DELETE", r"/dynos", "{who} restarts dynos.", ""),
    _row("POST", r"/dynos", "{who} runs a one-off dyno.", ""),
    _row("DELETE", r"/apps/[^/]+$", "{who} deletes an app, its add-ons with it.", "2.11 Deprovisioning"),
    _row("POST", r"/webhooks$", "{who} subscribes to events.", "6.1 Webhooks: links"),
    _row("", "", "{who} asks the platform to change something.", "4.4 The API in general"),
)
_BY_PARTNER = (
    _row("POST", r"/oauth/tokens?$", "The partner gets tokens for its instance.", "3.1 Tokens: exchange and refresh"),
    _row("PATCH", r"/addons/[^/]+/config", "The partner sets the config of its instance.", "4.2 Config by the partner"),
    _row(
        "POST", r"/actions/provision$", "The partner says that the resource is ready.", "2.5 Asynchronous provisioning"
    ),
    _row("POST", r"/actions/deprovision$", "The partner ends what it works on.", "2.5 Asynchronous provisioning"),
    _row("", r"/log-drains", "The partner says where the logs go.", "7.1 Log drains"),
    _row("", r"/webhooks", "The partner subscribes to events.", "6.1 Webhooks: links"),
    _row("PUT", r"/vendor/apps/", "The partner sets the config of its instance.", "8.3 App Info"),
    _row("", "", "The partner calls the platform.", "4.1 What a partner's token reaches"),
)
_TO_PARTNER = (
    _row("", r"/data(/|$)", "The platform asks about the data.", "docs/pg-commands.md"),
    _row("POST", "", "The platform orders a resource, with a grant for tokens.", "2.3 The provisioning request"),
    _row("PUT", "", "The platform asks for another plan.", "2.10 Plan change"),
    _row("DELETE", "", "The platform says that the resource is to go.", "2.11 Deprovisioning"),
    _row("", "", "The platform calls the partner.", "2.1 Calls to a partner: common rules"),
)
_AS_A_BROWSER = (
    _row(
        "",
        "",
        "The platform signs in, in place of a browser: an experiment of the SSO lab.",
        "5.4 The partner's answer",
    ),
)
_TO_WEBHOOK = (_row("", "", "The platform tells a subscriber of an event.", "6.4 Webhooks: repeats"),)
_EVENTS: dict[tuple[str, str], tuple[str, str, str]] = {
    ("addon", "create"): ("add-on {name}", "It exists, and waits for its partner.", "2.2 What the customer does"),
    ("addon", "update"): ("add-on {name} {state}", "The add-on has changed.", "2.8 Names, attachments, config vars"),
    ("addon", "destroy"): ("add-on {name} is gone", "The add-on has ended.", "2.11 Deprovisioning"),
    ("addon-attachment", "create"): ("attached as {name}", "Its vars are seen by the app under this name.",
                                     "2.8 Names, attachments, config vars"),
    ("addon-attachment", "destroy"): ("{name} detached", "The app sees its vars no more.",
                                      "2.8 Names, attachments, config vars"),
    ("sso-experiment", "create"): ("SSO experiment: {experiment}", "A login is to be sent to the partner of {name}.",
                                   "5.4 The partner's answer"),
    ("release", "create"): ("release v{version}", "{description}: slug and config of now are a new version.",
                            "2.9 Releases"),
    ("release", "update"): ("release v{version} {status}", "The release phase goes on, or has ended.", "2.9 Releases"),
    ("dyno", "create"): ("{name} starts", "A dyno starts with the release of now.", "2.9 Releases"),
    ("dyno", "update"): ("{name} is {state}", "The dyno's state has changed.", ""),
    ("dyno", "destroy"): ("{name} stopped", "The process has ended.", "2.9 Releases"),
    ("formation", "create"): ("{type}: {quantity}", "A process type is known, and how many dynos of it run.", ""),
    ("formation", "update"): ("{type}: {quantity}", "Another number or size of dynos is wanted.", ""),
    ("formation", "destroy"): ("{type} is gone", "The slug has this process type no more.", ""),
    ("build", "create"): ("build begins", "The source is being built.", ""),
    ("build", "update"): ("build {status}", "The build has ended.", ""),
    ("sso", "create"): ("{email} signs in to {name}", "A browser carries a signed form to the partner.",
                        "5.1 Single sign-on: flow"),
    ("learning", "create"): ("the lessons begin", "What happens from here on counts for them.", "docs/learn.md"),
    ("clock", "update"): ("clock: {act}, {to}", "An operator has set the clock; what has become due is done.",
                          "docs/clock.md"),
    ("fault", "create"): ("fault: {fault}", "An operator has asked for this to go wrong.", "docs/faults.md"),
    ("fault", "update"): ("fault {fault} acts", "Something goes wrong on purpose: {on}.", "docs/faults.md"),
    ("fault", "destroy"): ("fault {fault} removed", "This goes wrong on purpose no more.", "docs/faults.md"),
    ("first-request", "create"): ("first request to v{version}: {status}", "This release has answered.", ""),
}  # fmt: skip


class _Known(dict[str, Any]):
    """What is not told is a question mark; what has parts is told in words."""

    def __missing__(self, name: str) -> str:
        return "?"

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return ", ".join(f"{part} {each}" for part, each in value.items()) if isinstance(value, dict) else value


def of_exchange(row: Exchange) -> Words:
    """By direction, method and path; the first row that fits."""
    of_partner = row.party == "partner"
    in_a_browser = row.request_headers.get("Accept") == "text/html"
    return _of_call(row.inbound, of_partner, in_a_browser, row.method, row.url, row.actor_email or "Somebody")


@lru_cache(maxsize=256)
def _of_call(inbound: bool, of_partner: bool, in_a_browser: bool, method: str, url: str, who: str) -> Words:
    """Kept: the same calls come again and again, hundreds in a page."""
    path = parts_of(url).path
    rows: tuple[_Pattern, ...] = _TO_PARTNER if of_partner else _TO_WEBHOOK
    if inbound:
        rows = _BY_PARTNER if of_partner else _BY_CUSTOMER
    elif in_a_browser:
        rows = _AS_A_BROWSER
    found = next(each for each in rows if each.method in ("", method) and each.path.search(path))
    return Words(f"{method} {path}", found.sentence.format(who=who), found.section)


def of_event(event: Event) -> Words:
    """By kind and action; what is in no table is named as it is."""
    known = _EVENTS.get((event.kind, event.action))
    if known is None:
        return Words(f"{event.kind} {event.action}", f"An event of kind {event.kind}.", "")
    title, sentence, section = known
    data = _Known(event.data)
    if event.kind == "dyno" and "wish" in event.data:
        return Words(f"{data['name']}: restart", "A restart was asked for.", section)
    return Words(title.format_map(data), sentence.format_map(data), section)

"""Logs, both ways: what a log drain brings, and what the partner writes itself (partner-api §7)."""

from collections.abc import Iterator

from platform_sim.conformance.calls import Calls, basic_pair
from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.rules.manifest import FACT
from platform_sim.conformance.scenes.logs import AFTER, BATCHES, LINES
from platform_sim.conformance.seen import NotSeen, Seen
from platform_sim.core.model.drains import drain_url_problem

RULES = RuleBook("logs", "partner-api §7.1")
rule = RULES.rule
(ONE, AGAIN, SEVERAL, LONG, LOSS, EMPTY, OTHER, STRANGE) = BATCHES
TYPES = ("application/logplex-1", "application/x-logplex-1")


def _url(seen: Seen) -> object:
    answer = seen.good("drained provision").object
    return answer.get("log_drain_url") or answer.get("syslog_drain_url")


def _taken(seen: Seen, moment: str) -> Iterator[Found]:
    """2xx to that batch, where a usual one is taken."""
    if moment != ONE:
        seen.good(ONE)
    found = seen.one(moment)
    if not found.succeeded:
        yield f"It was answered with {found.said}.", found


def _no_error(seen: Seen, moment: str) -> Iterator[Found]:
    seen.good(ONE)
    found = seen.one(moment)
    if found.status is None or found.status >= 500:
        yield f"It was answered with {found.said}.", found


@rule("O01", MUST, "Who asks for the logs says where they are to go.", needs="drain", source="partner-api §2.4, §7.1",
      why="Without log_drain_url an add-on with syslog_drain cannot be installed.",
      fix="Return log_drain_url with the answer to the provisioning request, also with 202.")  # fmt: skip
def _present(seen: Seen) -> Iterator[Found]:
    if not _url(seen):
        yield "The answer has no log_drain_url.", seen.one("drained provision")


@rule("O02", MUST, "log_drain_url is a URL with https or syslog.", needs="drain", source="partner-api §2.4, §7.1",
      why="Nothing else can be sent to, and the install fails.",
      fix="Return a whole URL: https://, syslog:// or syslog+tls://.")  # fmt: skip
def _usable(seen: Seen) -> Iterator[Found]:
    url = _url(seen)
    if not url:
        raise NotSeen("the partner named no log_drain_url")
    problem = drain_url_problem(url) if isinstance(url, str) else "is no string"
    if problem is not None:
        yield f"It {problem}.", seen.one("drained provision")


@rule("O03", MUST, "A batch is taken with 2xx.", needs="drain",
      why="With 4xx it is lost, with anything else it is sent three times and lost then.",
      fix="Read `<length> <message>`, one after the other: the messages have no STRUCTURED-DATA.")  # fmt: skip
def _one(seen: Seen) -> Iterator[Found]:
    return _taken(seen, ONE)


@rule("O04", MUST, "A batch of several messages is taken.", needs="drain",
      why="Lines come together where there are many; lengths are in bytes, not in characters.",
      fix="Read messages until the body ends, each as long as the number before it says in bytes.")  # fmt: skip
def _several(seen: Seen) -> Iterator[Found]:
    return _taken(seen, SEVERAL)


@rule("O05", MUST, "A batch that comes twice is taken twice.", needs="drain",
      why="A batch whose answer was lost is sent again with the same Logplex-Frame-Id.",
      fix="Answer 2xx, and tell repeats by Logplex-Frame-Id.")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    return _taken(seen, AGAIN)


@rule("O06", MUST, "A line of 10,000 bytes is taken.", needs="drain", mark="SRC",
      why="That is how long lines can be; a batch that is refused is lost with all its lines.",
      fix="Allow bodies of at least 110,000 bytes, and cut lines yourself if they are too long for you.")  # fmt: skip
def _long(seen: Seen) -> Iterator[Found]:
    return _taken(seen, LONG)


@rule("O07", SHOULD, "A batch that tells of losses is taken.", needs="drain", mark="SRC",
      why="Error L10 comes first in a batch, from `heroku logplex`, with another priority.",
      fix="Take messages of any priority, app and process.")  # fmt: skip
def _loss(seen: Seen) -> Iterator[Found]:
    return _taken(seen, LOSS)


@rule("O08", MUST, "A batch is answered in time.", needs="drain", mark="SRC",
      why="After 5 seconds it counts as failed, and is sent again while you still work on it.",
      fix="Put the lines aside and answer at once.")  # fmt: skip
def _in_time(seen: Seen) -> Iterator[Found]:
    for found in seen.all(ONE, SEVERAL, LONG):
        if found.answer.problem == "timeout" or found.answer.milliseconds > 1000 * found.request.timeout:
            yield f"The answer at the moment `{found.moment}` came too late, or not at all.", found
            return


@rule("O09", SHOULD, "A batch without lines is no server error.", needs="drain", mark="INF",
      why="5xx has it sent again.",
      fix="Answer 2xx to an empty body.")  # fmt: skip
def _empty(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, EMPTY)


@rule("O10", SHOULD, "What is no batch is no server error.", needs="drain", mark="INF",
      why="Anybody can send anything to a URL; 5xx wakes your operators.",
      fix="Answer 415 to another Content-Type, 400 to what cannot be read.")  # fmt: skip
def _other(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, OTHER)


@rule("O11", SHOULD, "A token of a drain that is not known is no server error.", needs="drain", mark="INF",
      why="A batch can come from an app whose attachment you have not heard of yet: 5xx has it sent again and again.",
      fix="Refuse it with 4xx, or take it and ignore it.")  # fmt: skip
def _strange(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, STRANGE)


@rule("O12", SHOULD, "A batch after the end is no server error.", needs="drain", mark="INF",
      why="Lines are under way when an add-on is deleted.",
      fix="Answer 4xx, or 2xx and ignore it.")  # fmt: skip
def _late(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, AFTER)


def _written(seen: Seen) -> Calls:
    """Lines that the partner wrote, or tried to; NotSeen if it did not."""
    found: Calls = seen.fact(LINES)
    if not found:
        raise NotSeen("the partner wrote nothing")
    return found


@rule("O13", MUST, "Lines are written in the form that the log input reads.", needs="log-input",
      why="Malformed bodies, and counts that do not fit, are refused with 400, and all lines are lost.",
      fix="Send `<length in bytes> <190>1 TIME HOST APP PROCID - - MSG` for each; Logplex-Msg-Count must fit if sent.",
      source="partner-api §7.2")  # fmt: skip
def _well_formed(seen: Seen) -> Iterator[Found]:
    for said in sorted({call.answer.decode("utf-8", "replace")[:100] for call in _written(seen) if call.status == 400}):
        yield f"A body was refused: {said}."


@rule("O14", MUST, "Lines are written with the credentials of log_input_url.", needs="log-input",
      why="Others are refused with 401.",
      fix="Send the user and password of that URL as Basic auth: not every HTTP client does so by itself.",
      source="partner-api §7.2")  # fmt: skip
def _credentials(seen: Seen) -> Iterator[Found]:
    user_is_right = [basic_pair(call)[0] == "token" for call in _written(seen)]
    if not all(user_is_right) or all(call.status == 401 for call in _written(seen)):
        yield "A body came without the user and password of a log_input_url."


@rule("O15", MUST, "Lines are written as application/logplex-1.", needs="log-input", source="partner-api §7.2",
      why="Other types are refused with 415.",
      fix="Send `Content-Type: application/logplex-1`, and a Content-Length.")  # fmt: skip
def _typed(seen: Seen) -> Iterator[Found]:
    if any(call.headers.get("content-type", "").lower() not in TYPES for call in _written(seen)):
        yield "A body was of another type."


@rule("O16", SHOULD, "Who writes lines names itself.", needs="log-input", source="partner-api §7.2",
      why="Heroku asks for it, to know whom to tell when something is wrong.",
      fix="Send a User-Agent that holds the add-on's name.")  # fmt: skip
def _named(seen: Seen) -> Iterator[Found]:
    manifest = seen.fact(FACT)
    names = [str(manifest.get(name, "")).lower() for name in ("id", "name")]
    for call in _written(seen):
        if not any(name and name in call.headers.get("user-agent", "").lower() for name in names):
            yield "A User-Agent does not hold the add-on's name."
            return

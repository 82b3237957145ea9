"""What a partner makes of requests that Heroku does not send, or not yet (partner-api §2.1): no harm, and no 5xx."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes import odd
from platform_sim.conformance.seen import Exchange, Seen

RULES = RuleBook("robustness", "partner-api §2.1")
rule = RULES.rule
PARSES = "Check what you have read before you use it, and answer 400 or 422 with a message."
REPEATS = "A 5xx says that it may work another time, so it is sent again and again; and it hides real errors."


def _accepted(seen: Seen, moment: str) -> Iterator[Found]:
    seen.good("provision")
    for each in seen.all(moment):
        if not each.succeeded:
            yield f"The {moment} was answered with {each.said}.", each


def _refused(seen: Seen, moment: str) -> Iterator[tuple[str, Exchange]]:
    seen.good("provision")
    for each in seen.all(moment):
        if each.status is None or not 400 <= each.status < 500:
            yield f"The {moment} was answered with {each.said}.", each


def _no_error(seen: Seen, moment: str, *, but: tuple[int, ...] = ()) -> Iterator[Found]:
    for each in seen.all(moment):
        if each.status is None or (each.status >= 500 and each.status not in but):
            yield f"The {moment} ({each.request.method}) was answered with {each.said}.", each


@rule("R01", SHOULD, "Many and long options are no server error.",
      why="Heroku validates no options: whatever a customer types arrives.",
      fix="Ignore what you do not know, or answer 422.", source="partner-api §2.2", mark="INF")  # fmt: skip
def _many(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.MANY)


@rule("R02", SHOULD, "Letters of any language are no server error.",
      why="Heroku validates no options: whatever a customer types arrives.",
      fix="Read and store UTF-8.", source="partner-api §2.2", mark="INF")  # fmt: skip
def _letters(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.LETTERS)


@rule("R03", ADVICE, "A plan change without an Accept header is accepted.",
      why="There is one version for you; proxies and tools may leave the header out.", mark="INF",
      fix="Do not choose by Accept.")  # fmt: skip
def _accept(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, odd.ACCEPT)


@rule("R04", ADVICE, "An order that expects `100-continue` is answered.",
      why="Clients send this header by themselves for larger bodies.", source="-", mark="INF",
      fix="Leave it to your server; 417 is an answer too.")  # fmt: skip
def _expect(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.EXPECT)


@rule("R05", SHOULD, "An empty order is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _empty(seen: Seen) -> Iterator[Found]:
    return _refused(seen, odd.EMPTY)


@rule("R06", SHOULD, "An order that is no JSON is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _broken(seen: Seen) -> Iterator[Found]:
    return _refused(seen, odd.BROKEN)


@rule("R07", MUST, "An order that is no JSON makes nothing.",
      why="A body that was cut on its way is nobody's order.", mark="INF",
      fix="Read the whole body before you do anything.")  # fmt: skip
def _nothing(seen: Seen) -> Iterator[Found]:
    seen.good("provision")
    found = seen.one(odd.MADE)
    if found.succeeded:
        yield f"A plan change of its uuid was answered with {found.said}.", found


@rule("R08", SHOULD, "An order that is JSON, but no object, is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _kinds(seen: Seen) -> Iterator[Found]:
    return _refused(seen, odd.KINDS)


@rule("R09", SHOULD, "An order without uuid or plan is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _lacking(seen: Seen) -> Iterator[Found]:
    for found in _refused(seen, odd.LACKING):
        # Version 1 had no uuid until its last years.
        if "plan" not in found[1].sent or "heroku_id" not in found[1].sent:
            yield found


@rule("R10", SHOULD, "An order whose uuid or plan is no text is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _mistyped(seen: Seen) -> Iterator[Found]:
    return _refused(seen, odd.MISTYPED)


@rule("R11", SHOULD, "An order without one of the other fields is no server error.",
      why=REPEATS, fix=PARSES, mark="INF")  # fmt: skip
def _sparse(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.SPARSE)


@rule("R12", SHOULD, "An order with another field of the wrong kind is no server error.",
      why=REPEATS, fix=PARSES, mark="INF")  # fmt: skip
def _strange(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.STRANGE)


@rule("R13", SHOULD, "Deep JSON, zero bytes and halves of letters are no server error.",
      why="All three are good JSON, and parsers or databases stumble over them.", mark="INF",
      fix="Catch what your parser and your database raise, and answer 400 or 422.")  # fmt: skip
def _wild(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.WILD)


@rule("R14", SHOULD, "A body of a megabyte is answered.",
      why="Whoever cuts the connection, or fails, is asked again.", mark="INF",
      fix="Limit bodies, and answer 413 beyond that.")  # fmt: skip
def _large(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.LARGE)


@rule("R15", SHOULD, "Another Content-Type is no server error.",
      why=REPEATS, fix="Read JSON whatever the header says, or answer 415.", mark="INF")  # fmt: skip
def _typed(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.TYPED)


@rule("R16", SHOULD, "Other methods are no server error.",
      why="Scanners and monitors send them to every address.", mark="INF",
      fix="Answer 405 or 404; 501 is right for methods that nobody knows.")  # fmt: skip
def _methods(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.METHODS, but=(501,))


@rule("R17", SHOULD, "A plan change or DELETE of what is no uuid is no server error.",
      why="What stands in the path goes to your database: an error there tells that it is taken as it comes.",
      fix="Check that it is a uuid, and answer 404.", mark="INF")  # fmt: skip
def _paths(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.PATHS)


@rule("R18", SHOULD, "A plan change of what is no uuid is refused.",
      why="A success says that something in the path was found that is no resource.",
      fix="Check that it is a uuid, and answer 404.", mark="INF")  # fmt: skip
def _paths_refused(seen: Seen) -> Iterator[Found]:
    for each in seen.all(odd.PATHS):
        if each.request.method == "PUT" and each.succeeded:
            yield f"It was answered with {each.said}.", each


@rule("R19", SHOULD, "A plan change that cannot be read is refused.", why=REPEATS, fix=PARSES, mark="INF")
def _plans(seen: Seen) -> Iterator[Found]:
    return _refused(seen, odd.PLANS)


@rule("R20", SHOULD, "Twenty requests at once are answered.",
      why="Many customers install at the same time, and Heroku repeats what failed.", mark="INF",
      fix="Serve in several threads or processes, and let requests wait for a lock rather than fail.")  # fmt: skip
def _parallel(seen: Seen) -> Iterator[Found]:
    return _no_error(seen, odd.PARALLEL)


@rule("R21", MUST, "After odd requests the usual ones are served as before.",
      why="Anybody could stop you for all your customers.", mark="INF",
      fix="Keep nothing of a request that was refused.")  # fmt: skip
def _after(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, odd.AFTER)

"""Whom a login lets in: the one whom the gateway has signed it for, now, and nobody else (partner-api §5)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.sign_in import BASICS, MORE, ODD_TIMES, USERS
from platform_sim.conformance.seen import Exchange, NotSeen, Seen
from platform_sim.core.model.sso_lab import ENTERS

RULES = RuleBook("single sign-on", "partner-api §5.4", "sso")
rule = RULES.rule
LOGIN, WRONG, BARE, EMPTY, STALE, NEWER, TIMELESS = BASICS
LINKED, FUTURE, OTHER, UNKNOWN, DELETED, ALONE, FORMLESS, PAGE, FIRST, AGAIN = MORE
USER_TOKEN, EMAIL, USER, PLUS, UMLAUT, ANOTHER, CURRENT = USERS
UNSIGNED = (WRONG, EMPTY, STALE, NEWER, USER_TOKEN, EMAIL, USER, ALONE)
"""What is there to be refused with 403."""
SIGNED_ANEW = "Compute each token from the salt of your manifest and the fields as they came, and compare."


def let_in(seen: Seen, moment: str = LOGIN) -> Exchange:
    """A good login that was accepted; NotSeen without one, for then refusals of others say nothing."""
    found = seen.one(moment)
    if found.status not in ENTERS:
        raise NotSeen(f"it needs a good login to be accepted, which was answered with {found.said}")
    return found


def _refused(seen: Seen, *moments: str) -> Iterator[Found]:
    let_in(seen)
    for each in seen.all(*moments):
        if each.status is not None and each.status < 400:
            yield f"The {each.moment} was answered with {each.said}.", each


def _accepted(seen: Seen, moment: str) -> Iterator[Found]:
    let_in(seen)
    found = seen.one(moment)
    if found.status not in ENTERS:
        yield f"The {moment} was answered with {found.said}.", found


@rule("S01", MUST, "A login that the gateway has signed is accepted.",
      why="Customers reach your dashboard by no other way.",
      fix="Answer the form with a session and a 302 to the dashboard, or with the page. " + SIGNED_ANEW)  # fmt: skip
def _good(seen: Seen) -> Iterator[Found]:
    found = seen.one(LOGIN)
    if found.status not in ENTERS:
        yield f"The login was answered with {found.said}.", found


@rule("S02", SHOULD, "A login without the deprecated fields is accepted.", needs="version-3",
      why="`id`, `token` and `nav-data` are deprecated; logins may come without them one day.",
      fix="Read resource_id, resource_token and user_scoped_resource_token.", source="partner-api §5.2")  # fmt: skip
def _current(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, CURRENT)


@rule("S03", SHOULD, "A login with more fields is accepted.",
      why="The parameters of a link to your dashboard are copied into the form.",
      fix="Ignore fields that you do not know.", source="partner-api §5.1, §5.2")  # fmt: skip
def _linked(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, LINKED)


@rule("S04", MUST, "A user whose address holds a plus sign gets in.",
      why="Many people use such addresses; in a form the sign is written %2B, and a bare plus is a space.",
      fix="Decode the form once, with your framework's own parser.", source="partner-api §5.3", mark="INF")  # fmt: skip
def _plus(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, PLUS)


@rule("S05", SHOULD, "A user whose address holds other letters than a to z gets in.",
      why="The token is a hash of the address in UTF-8; other encodings give another token.",
      fix="Decode the form as UTF-8, and hash UTF-8.", source="partner-api §5.3", mark="INF")  # fmt: skip
def _umlaut(seen: Seen) -> Iterator[Found]:
    return _accepted(seen, UMLAUT)


@rule("S06", MUST, "A login whose tokens are wrong is refused.",
      why="Anybody on the internet could enter any customer's dashboard.", fix=SIGNED_ANEW)  # fmt: skip
def _wrong(seen: Seen) -> Iterator[Found]:
    return _refused(seen, WRONG)


@rule("S07", MUST, "A login with one wrong token and no other is refused.",
      why="Whoever makes up a form leaves out what he cannot make up.",
      fix="Check the token that you trust, and refuse a form without it.", mark="INF")  # fmt: skip
def _alone(seen: Seen) -> Iterator[Found]:
    return _refused(seen, ALONE)


@rule("S08", MUST, "A login without tokens is refused.",
      why="A form that nobody has signed says nothing.",
      fix="Take a missing token for a wrong one.")  # fmt: skip
def _bare(seen: Seen) -> Iterator[Found]:
    return _refused(seen, BARE)


@rule("S09", MUST, "A login with empty tokens is refused.",
      why="Where an empty token is compared with nothing, or skipped, anybody gets in.",
      fix="Take an empty token for a wrong one.")  # fmt: skip
def _empty(seen: Seen) -> Iterator[Found]:
    return _refused(seen, EMPTY)


@rule("S10", SHOULD, "A login with a wrong user_scoped_resource_token is refused.",
      why="The older tokens do not cover the user: only this one says who it is.",
      fix="Check user_scoped_resource_token wherever it is sent.", source="partner-api §5.2, §5.3")  # fmt: skip
def _user_token(seen: Seen) -> Iterator[Found]:
    return _refused(seen, USER_TOKEN)


@rule("S11", SHOULD, "A login with another e-mail than it was signed for is refused.",
      why="One user could enter as another, and see or do what is his.",
      fix="Hash resource_id, salt, timestamp, user_id and email as they came.", source="partner-api §5.3")  # fmt: skip
def _email(seen: Seen) -> Iterator[Found]:
    return _refused(seen, EMAIL)


@rule("S12", SHOULD, "A login with another user_id than it was signed for is refused.",
      why="One user could enter as another, and see or do what is his.",
      fix="Hash resource_id, salt, timestamp, user_id and email as they came.", source="partner-api §5.3")  # fmt: skip
def _user(seen: Seen) -> Iterator[Found]:
    return _refused(seen, USER)


@rule("S13", MUST, "A login to one resource with the tokens of another is refused.",
      why="One customer could enter another's dashboard.",
      fix="Hash the id that you look up, not one that you remember.")  # fmt: skip
def _other(seen: Seen) -> Iterator[Found]:
    return _refused(seen, OTHER)


@rule("S14", MUST, "A login that was signed more than five minutes ago is refused.",
      why="Forms stay in histories and logs; an old one must open nothing.",
      fix="Refuse timestamps that are older than 300 seconds.")  # fmt: skip
def _stale(seen: Seen) -> Iterator[Found]:
    return _refused(seen, STALE)


@rule("S15", MUST, "A login whose time is newer than the one it was signed for is refused.",
      why="Else an old form gets in with a new timestamp.",
      fix="Hash the timestamp that you check.", source="partner-api §5.3, §5.4")  # fmt: skip
def _newer(seen: Seen) -> Iterator[Found]:
    return _refused(seen, NEWER)


@rule("S16", ADVICE, "A login that was signed for in an hour is refused.",
      why="Nothing is said of the future, but such a form would be good for much longer than five minutes.",
      fix="Allow a small skew of clocks only.", mark="?")  # fmt: skip
def _future(seen: Seen) -> Iterator[Found]:
    return _refused(seen, FUTURE)


@rule("S17", MUST, "A login without a time is refused.",
      why="It would be good for ever.", fix="Take a missing timestamp for an old one.")  # fmt: skip
def _timeless(seen: Seen) -> Iterator[Found]:
    return _refused(seen, TIMELESS)


@rule("S18", SHOULD, "A login whose time is no number, or far from now, is refused.",
      why="`nan` is neither older nor newer than anything; what no clock shows nobody has signed.", mark="INF",
      fix="Take digits only, and compare as integers.")  # fmt: skip
def _odd_time(seen: Seen) -> Iterator[Found]:
    return _refused(seen, ODD_TIMES)


@rule("S19", SHOULD, "A login that cannot be read is no server error.",
      why="Anybody can send one; errors of that kind hide real ones and may tell how you are built.", mark="INF",
      fix="Answer 403 for times and tokens that are none.")  # fmt: skip
def _no_error(seen: Seen) -> Iterator[Found]:
    let_in(seen)
    for each in seen.all(BARE, TIMELESS, ODD_TIMES, FORMLESS):
        if each.status is None or each.status >= 500:
            yield f"The {each.moment} was answered with {each.said}.", each


@rule("S20", SHOULD, "What is signed wrongly, or too old, is refused with 403.",
      why="403 is the contract's word for it; tools that test partners wait for it.",
      fix="Answer 403.")  # fmt: skip
def _forbidden(seen: Seen) -> Iterator[Found]:
    let_in(seen)
    found = [each for moment in UNSIGNED for each in seen.exchanges.get(moment, ())]
    for each in found:
        if each.status is None or (each.status >= 400 and each.status != 403):
            yield f"The {each.moment} was answered with {each.said}.", each


@rule("S21", MUST, "A login to a resource that never was is refused.",
      why="There is nothing to show, and another customer's page must not be.",
      fix="Answer 404 for what you do not know.")  # fmt: skip
def _unknown(seen: Seen) -> Iterator[Found]:
    return _refused(seen, UNKNOWN)


@rule("S22", MUST, "A login to a deleted resource is refused.",
      why="The customer has ended it; the next one of that app must not see its data.",
      fix="Answer 410 for what is gone.")  # fmt: skip
def _deleted(seen: Seen) -> Iterator[Found]:
    return _refused(seen, DELETED)


@rule("S23", SHOULD, "What is not there is answered with 404 or 410.",
      why="People see this page; a server error tells them to try again.",
      fix="Look the resource up after the signature, and answer 404, or 410 for what was deleted.")  # fmt: skip
def _not_there(seen: Seen) -> Iterator[Found]:
    let_in(seen)
    for each in seen.all(UNKNOWN, DELETED):
        if each.status is None or (each.status >= 400 and each.status not in (403, 404, 410)):
            yield f"The {each.moment} was answered with {each.said}.", each


@rule("S24", ADVICE, "A form that was used is refused.",
      why="It may be used again for five minutes; the contract leaves that open, careful partners keep a list.",
      fix="Remember the tokens of good logins for as long as they are good.", mark="DC")  # fmt: skip
def _again(seen: Seen) -> Iterator[Found]:
    let_in(seen, FIRST)
    return _refused(seen, AGAIN)


@rule("S25", MUST, "A form without fields lets nobody in.",
      why="Anybody can send one.", fix="Refuse forms without tokens.", mark="INF")  # fmt: skip
def _formless(seen: Seen) -> Iterator[Found]:
    return _refused(seen, FORMLESS)


@rule("S26", SHOULD, "To open the sso_url in a browser is no server error.",
      why="People reload pages and follow links; they should read what to do.", mark="INF",
      fix="Answer GET with 405, or with a page that says how to log in.")  # fmt: skip
def _page(seen: Seen) -> Iterator[Found]:
    found = seen.one(PAGE)
    if found.status is None or found.status >= 500:
        yield f"GET was answered with {found.said}.", found

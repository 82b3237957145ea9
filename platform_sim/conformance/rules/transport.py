"""Who is let in: the credentials of the manifest, and nobody else's (partner-api §2.1)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes import doors
from platform_sim.conformance.scenes.contact import CONTACT
from platform_sim.conformance.scenes.doors import AFTER, CALLS, WRONG
from platform_sim.conformance.seen import NotSeen, Seen

RULES = RuleBook("transport and auth", "partner-api §2.1")
rule = RULES.rule


def _let_in(seen: Seen, *moments: str) -> Iterator[Found]:
    """Nobody who was let in at these moments, where the right credentials are."""
    seen.good("provision")
    for exchange in seen.all(*moments):
        if exchange.status != 401:
            yield f"{exchange.moment} was answered with {exchange.said}, not with 401.", exchange


@rule("T01", MUST, "A provisioning request without credentials is answered with 401.",
      why="Anybody on the internet could make resources at your cost.",
      fix="Check Basic auth on every route below base_url, before anything else.")  # fmt: skip
def _provision_without(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, f"provision {WRONG[0]}")


@rule("T02", MUST, "A provisioning request with a wrong password is answered with 401.",
      why="The password of the manifest is all that tells Heroku from others.",
      fix="Compare user and password with the manifest's id and api.password, in constant time.")  # fmt: skip
def _provision_wrong(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, f"provision {WRONG[1]}")


@rule("T03", MUST, "A provisioning request with another user's name is answered with 401.",
      why="The user name is the manifest's id; another service's credentials are not yours.",
      fix="Compare the user name too.")  # fmt: skip
def _provision_somebody(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, f"provision {WRONG[2]}")


@rule("T04", MUST, "A provisioning request with the password as a bearer token is answered with 401.",
      why="Basic is the only scheme of the contract.", mark="INF",
      fix="Accept the scheme Basic only.")  # fmt: skip
def _provision_token(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, f"provision {WRONG[3]}")


@rule("T05", MUST, "A plan change without the right credentials is answered with 401.",
      why="Anybody could change what your customers pay for.",
      fix="Protect PUT like POST.")  # fmt: skip
def _plan_change(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, *(f"{CALLS[1]} {how}" for how in WRONG))


@rule("T06", MUST, "A deprovisioning request without the right credentials is answered with 401.",
      why="Anybody could delete your customers' data.",
      fix="Protect DELETE like POST.")  # fmt: skip
def _deprovision(seen: Seen) -> Iterator[Found]:
    return _let_in(seen, *(f"{CALLS[2]} {how}" for how in WRONG))


@rule("T07", MUST, "Whoever was refused has changed nothing.",
      why="A 401 that comes after the deed is none.",
      fix="Check credentials before you look at the request.", source="partner-api §2.1, §12")  # fmt: skip
def _nothing_done(seen: Seen) -> Iterator[Found]:
    seen.good("second provision")
    after = seen.one(AFTER)
    if not after.succeeded:
        yield f"After requests with wrong credentials the resource answers a plan change with {after.said}.", after


@rule("T08", SHOULD, "A 401 says how to authenticate.",
      why="HTTP asks for a WWW-Authenticate header with 401; clients and proxies rely on it.", mark="INF",
      fix='Send `WWW-Authenticate: Basic realm="..."` with each 401.', source="-")  # fmt: skip
def _challenge(seen: Seen) -> Iterator[Found]:
    refused = [each for each in seen.all(f"provision {WRONG[0]}") if each.status == 401]
    for exchange in refused:
        if "www-authenticate" not in exchange.header:
            yield "The 401 comes without a WWW-Authenticate header.", exchange


@rule("T09", MUST, "The credentials of the manifest are taken.",
      why="Heroku has no others.",
      fix="Use the id and api.password of the very manifest that was pushed.")  # fmt: skip
def _right(seen: Seen) -> Iterator[Found]:
    found = seen.one(CONTACT)
    if found.answer.problem:
        raise NotSeen(f"the first request got {found.said}")
    if found.status == 401:
        yield "A request with them was answered with HTTP 401.", found


@rule("T10", MUST, "The certificate of the base_url is valid.",
      why="Heroku does not talk to a host that cannot show who it is.",
      fix="Serve a certificate of a public authority, with those between, for the host of base_url.")  # fmt: skip
def _certificate(seen: Seen) -> Iterator[Found]:
    found = seen.one(CONTACT)
    if not found.request.url.startswith("https:"):
        raise NotSeen("the partner is asked by plain HTTP here")
    if found.answer.problem == "bad certificate":
        yield "TLS failed: the certificate is not valid for this host, or of an authority that nobody knows.", found


def _still_out(seen: Seen, moment: str) -> Iterator[Found]:
    for each in seen.all(moment):
        if each.status != 401:
            yield f"The {each.moment} was answered with {each.said}, not with 401.", each


@rule("T11", SHOULD, "The user's name is compared letter by letter.", mark="INF",
      why="A slug has small letters only; whoever compares loosely may do so with passwords too.",
      fix="Compare bytes.")  # fmt: skip
def _capitals(seen: Seen) -> Iterator[Found]:
    return _still_out(seen, doors.CAPITALS)


@rule("T12", MUST, "An empty password is refused.", mark="INF",
      why="Everybody knows your user's name: it is the slug.",
      fix="Compare the whole password, whatever was sent.")  # fmt: skip
def _empty(seen: Seen) -> Iterator[Found]:
    return _still_out(seen, doors.NO_PASSWORD)


@rule("T13", MUST, "A password that only begins like the right one is refused.", mark="INF",
      why="Whoever compares beginnings can be asked letter by letter.",
      fix="Compare the whole password, in constant time.")  # fmt: skip
def _longer(seen: Seen) -> Iterator[Found]:
    yield from _still_out(seen, doors.LONGER)
    yield from _still_out(seen, doors.SHORTER)


@rule("T14", ADVICE, "The scheme's name may have small letters.", mark="INF", source="-",
      why="HTTP says that case does not count there.",
      fix="Compare the scheme without case, or leave it to your framework.")  # fmt: skip
def _scheme(seen: Seen) -> Iterator[Found]:
    found = seen.one(doors.LOWER)
    if found.status == 401:
        yield "The same credentials with `basic` were answered with HTTP 401.", found


@rule("T15", SHOULD, "Credentials that cannot be read are refused, and are no server error.", mark="INF",
      why="Anybody can send them, and is not yet known.",
      fix="Answer 401 for all that is no Basic header; 400 or 431 for one that is too long.")  # fmt: skip
def _garbage(seen: Seen) -> Iterator[Found]:
    for each in seen.all(doors.GARBAGE):
        if each.status is None or not 400 <= each.status < 500:
            yield f"They were answered with {each.said}.", each

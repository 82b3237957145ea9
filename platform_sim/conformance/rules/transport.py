"""Who is let in: the credentials of the manifest, and nobody else's (partner-api §2.1)."""

from collections.abc import Iterator

from platform_sim.conformance.rule import MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.doors import AFTER, CALLS, WRONG
from platform_sim.conformance.seen import Seen

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

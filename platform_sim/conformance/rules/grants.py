"""Grants and tokens: how a partner comes to call the platform, and what it does when it may not (partner-api §3)."""

from collections.abc import Iterator

from platform_sim.conformance.calls import (
    BACK,
    Calls,
    about,
    api,
    bearer,
    called_nobody,
    client_secret,
    code_of,
    of_new_tokens,
    owners,
    parameters,
    refreshes,
    succeeded,
    swaps,
)
from platform_sim.conformance.rule import ADVICE, MUST, SHOULD, Found, RuleBook
from platform_sim.conformance.scenes.back import EARLY, EXPIRED, REFUSED, ROTATED, SECRET
from platform_sim.conformance.seen import Exchange, NotSeen, Seen

RULES = RuleBook("grants and tokens", "partner-api §3")
rule = RULES.rule
FORM = "application/x-www-form-urlencoded"
MOST = 12
"""Calls after a refresh was refused, within a part of a second: more is a loop."""


def _exchanged(seen: Seen) -> Calls:
    """The exchanges that were tried while nothing was wrong; NotSeen if there was none."""
    found = swaps(seen.fact(BACK))
    if not found:
        raise NotSeen("the partner exchanged no grant")
    return found


def _orders(seen: Seen) -> list[Exchange]:
    """Every provisioning request of the run."""
    return [each for each in seen.every() if each.request.method == "POST" and "uuid" in each.sent]


@rule("G01", MUST, "Who answers 202 exchanges the grant.", needs="version-3 async", source="partner-api §2.5",
      why="Without tokens nobody can say that the add-on is ready, and after 12 hours it is removed.",
      fix="Swap oauth_grant.code for tokens as soon as the order has come: the code lives 5 minutes.")  # fmt: skip
def _must_exchange(seen: Seen) -> Iterator[Found]:
    if not swaps(seen.fact(BACK)):
        yield f"No grant was exchanged{called_nobody(seen.fact(BACK))}."


@rule("G02", ADVICE, "Who answers 200 exchanges the grant, too.", needs="version-3 sync",
      why="The code dies after 5 minutes, and without tokens config can never be changed, nor the app be looked up.",
      fix="Swap oauth_grant.code for tokens with every order, and keep them.")  # fmt: skip
def _may_exchange(seen: Seen) -> Iterator[Found]:
    if not swaps(seen.fact(BACK)):
        yield "No grant was exchanged."


@rule("G03", MUST, "The exchange brings the service's client secret.", source="partner-api §3.1",
      why="The token endpoint answers 401 to any other, and the grant is lost after 5 minutes.",
      fix="Send client_secret as the Partner Portal shows it, as a parameter or as the Basic password.")  # fmt: skip
def _right_secret(seen: Seen) -> Iterator[Found]:
    secret = seen.fact(SECRET)
    if any(client_secret(call) != secret for call in _exchanged(seen)):
        yield "A grant was brought with another client secret, or with none."


@rule("G04", MUST, "The exchange brings the code of the order.", source="partner-api §3.1",
      why="Any other code is answered with 401.",
      fix="Send oauth_grant.code of the provisioning request as `code`, unchanged.")  # fmt: skip
def _right_code(seen: Seen) -> Iterator[Found]:
    codes = {code_of(order) for order in _orders(seen)}
    if any(parameters(call).get("code") not in codes for call in _exchanged(seen)):
        yield "A code was brought that stands in no provisioning request."


@rule("G05", SHOULD, "The exchange names its grant_type.", source="partner-api §3.1", mark="SRC",
      why="That the endpoint takes a missing one for authorization_code is not promised.",
      fix="Send grant_type=authorization_code.")  # fmt: skip
def _named(seen: Seen) -> Iterator[Found]:
    if any(parameters(call).get("grant_type") != "authorization_code" for call in _exchanged(seen)):
        yield "A grant was brought without grant_type=authorization_code."


@rule("G06", SHOULD, "Token requests are forms.", source="partner-api §3.1",
      why="The endpoint documents application/x-www-form-urlencoded only; JSON may not be read.",
      fix="Send the parameters as a form in the body.")  # fmt: skip
def _is_form(seen: Seen) -> Iterator[Found]:
    if any(call.body and not call.headers.get("content-type", "").startswith(FORM) for call in _exchanged(seen)):
        yield "A token request had a body of another type than a form."


@rule("G07", ADVICE, "The client secret is not part of a URL.", source="partner-api §0, §3.1", mark="INF",
      why="URLs end in logs of proxies and servers.",
      fix="Send client_secret in the body.")  # fmt: skip
def _not_in_url(seen: Seen) -> Iterator[Found]:
    if any("client_secret=" in call.path for call in _exchanged(seen)):
        yield "The client secret stands in the URL of a token request."


@rule("G08", MUST, "A code is exchanged once.", source="partner-api §2.12, §3",
      why="A code that was used is answered with 401; it may cost the tokens that it brought.",
      fix="Keep the tokens with the uuid; when the order is repeated, look whether you have some.")  # fmt: skip
def _once(seen: Seen) -> Iterator[Found]:
    used = [parameters(call).get("code") for call in _exchanged(seen) if succeeded(call)]
    tried = [parameters(call).get("code") for call in _exchanged(seen)]
    if any(tried.count(code) > 1 for code in used):
        yield "A code was brought again after it had been exchanged."


@rule("G09", MUST, "No token and no client secret stands in an answer or in the config.", mark="INF",
      why="Config is read by everybody who works on the app; tokens are the partner's own.",
      fix="Return only what the app needs.", source="partner-api §3.2, §12")  # fmt: skip
def _not_echoed(seen: Seen) -> Iterator[Found]:
    calls: Calls = seen.fact(BACK)
    secrets = {token.encode() for token in _tokens(calls)} | {seen.fact(SECRET).encode()}
    if not swaps(calls):
        raise NotSeen("the partner exchanged no grant")
    for exchange in seen.every():
        if any(secret in exchange.answer.body for secret in secrets):
            yield f"The answer at the moment `{exchange.moment}` holds a token or the client secret.", exchange
    if any(secret in call.body for call in api(calls) for secret in secrets):
        yield "The config that was set holds a token or the client secret."


def _tokens(calls: Calls) -> Iterator[str]:
    for call in (*swaps(calls), *refreshes(calls)):
        for name in ("access_token", "refresh_token"):
            if succeeded(call) and call.answered.get(name):
                yield str(call.answered[name])


@rule("G10", MUST, "Each add-on is called about with its own token.", needs="back", source="partner-api §3.2",
      why="A token sees its own add-on only: all others are 404 for it.",
      fix="Keep tokens by uuid, and take those of the add-on that the call is about.")  # fmt: skip
def _own_token(seen: Seen) -> Iterator[Found]:
    calls: Calls = seen.fact(BACK)
    made = owners(calls, _orders(seen))
    known = set(made.values())
    about_some = [call for call in api(calls) if about(call) in known and bearer(call) in made]
    if len({about(call) for call in about_some}) < 2:
        raise NotSeen("the partner called about fewer than two add-ons")
    if any(made[bearer(call)] != about(call) for call in about_some):
        yield "A call about one add-on brought the token of another."


def _refused(seen: Seen, fact: str) -> tuple[Calls, int]:
    """The calls of a scene, and where the first one of the API was answered with 401; NotSeen if none was."""
    calls: Calls = seen.fact(fact)
    ids = {id(call) for call in api(calls)}
    for at, call in enumerate(calls):
        if id(call) in ids and call.status == 401:
            return calls, at
    raise NotSeen("the partner did not bring its token after that had ended")


@rule("G11", MUST, "After a 401 the token is refreshed and the call repeated.", needs="back",
      why="Access tokens end after 8 hours, and all at once when the client secret is reset.",
      fix="At 401 ask for a token with grant_type=refresh_token, once, and repeat the call, once.",
      source="partner-api §2.12, §3.2")  # fmt: skip
def _recovers(seen: Seen) -> Iterator[Found]:
    calls, at = _refused(seen, EXPIRED)
    failed, after = calls[at], calls[at + 1 :]
    if not refreshes(after):
        yield "The token was not refreshed."
    elif not any((call.method, call.place) == (failed.method, failed.place) and call.status != 401 for call in after):
        yield "The call that had failed was not repeated with a new token."


@rule("G12", MUST, "A refresh brings grant_type, refresh_token and client_secret.", needs="back",
      why="Anything else is refused, and the add-on cannot be reached any more.",
      fix="Send grant_type=refresh_token with the stored refresh_token and the client_secret.",
      source="partner-api §3.1")  # fmt: skip
def _refresh_is_right(seen: Seen) -> Iterator[Found]:
    calls: Calls = seen.fact(EXPIRED)
    asked = refreshes(calls)
    if not asked:
        raise NotSeen("the partner refreshed no token")
    known = {call.answered.get("refresh_token") for call in (*swaps(calls), *refreshes(calls))}
    for call in asked:
        given = parameters(call)
        if given.get("grant_type") != "refresh_token":
            yield "A refresh did not say grant_type=refresh_token."
            return
        if given.get("refresh_token") not in known or client_secret(call) != seen.fact(SECRET):
            yield "A refresh brought another refresh_token or client_secret than it has to."
            return


@rule("G13", MUST, "A refresh that is refused is not tried for ever.", needs="back",
      why="It will not be granted by asking: the client secret was reset, or the add-on is gone.",
      fix="Stop after the first refusal, say so to your operators, and try again with another secret only.",
      source="partner-api §2.12")  # fmt: skip
def _no_loop(seen: Seen) -> Iterator[Found]:
    calls, at = _refused(seen, REFUSED)
    if len(calls) - at > MOST:
        yield "After the refusal it asked again and again, without a pause."


@rule("G14", MUST, "An add-on can be deleted although its tokens are worth nothing.", needs="back",
      why="The customer cannot get rid of it else; tokens end with the add-on anyway.",
      fix="Answer the DELETE without calling the platform first, or whatever that says.",
      source="partner-api §2.11, §3.2", mark="INF")  # fmt: skip
def _end_without(seen: Seen) -> Iterator[Found]:
    _refused(seen, REFUSED)
    end = seen.one("refused deprovision")
    if not end.succeeded and end.status != 410:
        yield f"The DELETE was answered with {end.said}.", end


@rule("G15", SHOULD, "A new refresh token replaces the old one.", needs="back", mark="3P",
      why="Whether Heroku rotates refresh tokens is not promised either way; the old one may be worth nothing.",
      fix="Keep the refresh_token of every answer of the token endpoint.", source="partner-api §3.2")  # fmt: skip
def _keeps_new(seen: Seen) -> Iterator[Found]:
    asked = refreshes(seen.fact(ROTATED))
    begun = next((at for at, call in enumerate(asked) if succeeded(call)), None)
    if begun is None or begun + 1 == len(asked):
        raise NotSeen("the partner did not refresh twice")
    replaced = parameters(asked[begun]).get("refresh_token")
    if any(parameters(call).get("refresh_token") == replaced for call in asked[begun + 1 :]):
        yield "The second refresh brought the refresh token that the first one had replaced."


@rule("G16", ADVICE, "A token is refreshed before it ends.", needs="back",
      why="Else each eight hours a call fails first, and what is done only once can fail for good.",
      fix="Keep expires_in with the token and refresh some minutes early.", source="partner-api §3.2")  # fmt: skip
def _early(seen: Seen) -> Iterator[Found]:
    calls: Calls = seen.fact(EARLY)
    about_it = of_new_tokens(calls)
    if not about_it:
        raise NotSeen("the partner did not call")
    first = calls.index(about_it[0])
    if not refreshes(calls[:first]):
        yield "A token that was to end within a second was used as if it lived."

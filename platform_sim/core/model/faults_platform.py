"""What can go wrong in the platform itself: the kinds, as data. See `faults.py` for how one is added."""

from collections.abc import Mapping

from platform_sim.core.model.fault_kind import Amount, FaultKind

CALL = ("app", "addon", "service", "method", "path")
"""What is known of a call to the API; `service` of a partner's only."""
PARTNERS: Mapping[str, str] = {"service": "*"}
"""In a profile calls of partners go wrong. Those of the one who has switched it on do not."""


def _kind(
    name: str,
    sentence: str,
    match: tuple[str, ...],
    amount: Amount | None = None,
    *,
    gentle: float = 0.0,
    rough: float = 0.0,
    in_profile: Mapping[str, str] | None = None,
) -> FaultKind:
    return FaultKind(name, "platform", sentence, match, amount, gentle, rough, in_profile or {})


API = (
    _kind(
        "api-unavailable",
        "The platform's API answers 503 and does nothing. Narrowed to a service: to that partner only.",
        CALL,
        gentle=0.03,
        rough=0.1,
        in_profile=PARTNERS,
    ),
    _kind(
        "api-rate-limit",
        "The platform's API answers 429 and does nothing, as if all requests had been used up.",
        CALL,
        rough=0.05,
        in_profile=PARTNERS,
    ),
    _kind(
        "api-slow",
        "The platform's API takes its time before it does what it is asked.",
        CALL,
        Amount("seconds of the wall", 2, 0, 120),
    ),
    _kind(
        "api-maintenance",
        "The platform's API answers 503 as during a maintenance and does nothing. It lasts if asked for forever.",
        CALL,
    ),
)

ADDON = ("service", "addon", "app")
"""What is known of an add-on's tokens."""
TOKENS = (
    _kind(
        "grant-expired",
        "The grant is expired when the partner comes to exchange it: 401, now and for ever.",
        ADDON,
        rough=0.02,
    ),
    _kind(
        "grant-used",
        "The grant has been used when the partner comes to exchange it: 401, now and for ever.",
        ADDON,
        rough=0.02,
    ),
    _kind(
        "refresh-refused",
        "A refresh is refused with 401. The refresh token stays good for the next time.",
        ADDON,
        rough=0.05,
    ),
    _kind(
        "token-revoked",
        "The access tokens that a partner has for this add-on end as it uses one: 401. A refresh gives a new one.",
        CALL,
        rough=0.02,
    ),
)

DELIVERY = ("app", "addon", "service", "type")
"""What is known of a webhook's delivery; `type`: `api:release`."""
WEBHOOKS = (
    _kind(
        "webhook-lost",
        "The delivery is never sent. Something on the way has taken it with 200, so it is shown as succeeded.",
        DELIVERY,
        rough=0.05,
    ),
    _kind(
        "webhook-duplicated",
        "The delivery is sent twice, as if the first answer had been lost: the same id, the same bytes.",
        DELIVERY,
        gentle=0.05,
        rough=0.1,
    ),
    _kind(
        "webhook-reordered",
        "The delivery waits until the webhook's next one has gone, at most so long. Never of level sync.",
        DELIVERY,
        Amount("seconds of the platform's clock", 60, 1, 86_400),
        gentle=0.05,
        rough=0.1,
    ),
)

DRAIN = ("app", "addon", "service")
"""What is known of a log drain. Of its batches nobody knows how many there will be: none is in a profile."""
DRAINS = (
    _kind(
        "drain-dropped",
        "The lines that are about to be sent are dropped. Error L10 tells how many, with the next ones.",
        DRAIN,
    ),
    _kind(
        "drain-cut",
        "The connection is cut in the middle of a batch. It is sent again, whole, with the same frame id.",
        DRAIN,
    ),
)

DYNO = ("app", "type")
"""What is known of a dyno; `type`: `web`, or `web.1`."""
DYNOS = (
    _kind(
        "dyno-crash",
        "A dyno that is up ends as by SIGKILL: it has crashed, and cools off. One that is up now, else the next to be.",
        DYNO,
        rough=0.1,
    ),
    _kind(
        "dyno-memory",
        "A dyno that is up has used so much of its memory: R14 in its log, from 200 percent on R15 and the end of it.",
        DYNO,
        Amount("percent", 104, 101, 1000),
        gentle=0.1,
        rough=0.1,
    ),
    _kind(
        "dyno-boot-timeout",
        "A web dyno that starts is taken for one that does not bind its port in time: R10 at once, and it has crashed.",
        DYNO,
        rough=0.05,
    ),
    _kind(
        "release-failed",
        "The command of the release phase does its work and has failed all the same: the release is not live.",
        ("app",),
        rough=0.05,
    ),
)

BUILDS = (
    _kind(
        "build-failed",
        "A build fails once its buildpacks are known: its output says so, there is no slug and no release.",
        ("app",),
        rough=0.05,
    ),
    _kind(
        "build-slow",
        "A build takes so much longer, before it begins.",
        ("app",),
        Amount("seconds of the wall", 5, 0, 900),
    ),
)

VISIT = ("app", "method", "path")
"""What is known of a visitor's request to an app."""
ROUTER = (
    _kind(
        "router-h12",
        "A dyno does what a visitor asks; the visitor gets 503, as after 30 seconds: H12 in the log, at once.",
        VISIT,
        rough=0.03,
    ),
    _kind(
        "router-h13",
        "A dyno does what a visitor asks; the visitor gets 503, as if the dyno had hung up: H13 in the log.",
        VISIT,
        rough=0.03,
    ),
)

PLATFORM_KINDS: tuple[FaultKind, ...] = (*API, *TOKENS, *WEBHOOKS, *DRAINS, *DYNOS, *BUILDS, *ROUTER)

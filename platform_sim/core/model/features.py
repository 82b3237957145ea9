"""What can be switched for an app or an account, and what it does here. Published facts, not rows."""

from dataclasses import dataclass

DYNO_METADATA = "runtime-dyno-metadata"
BUILD_METADATA = "runtime-dyno-build-metadata"
PREBOOT = "preboot"

_WITHOUT_EFFECT = "Can be switched, and has no effect in this simulator."


@dataclass(frozen=True)
class Feature:
    """`state`: the CLI lists `general` ones as features and all others as labs (heroku-cli §15)."""

    id: str
    name: str
    display_name: str
    description: str
    doc_url: str
    state: str


def _feature(number: int, name: str, title: str, state: str, page: str, text: str) -> Feature:
    url = f"https://devcenter.heroku.com/articles/{page}"
    return Feature(f"00000000-0000-4000-8000-0000000005{number:02d}", name, title, text, url, state)


APP_FEATURES = (
    _feature(
        1, PREBOOT, "Preboot", "general", "preboot",
        "Web dynos are replaced only when a new one is up: requests go to the old ones until then. Here the old ones "
        "end as soon as that is so, without the three minutes that Heroku waits.",
    ),
    _feature(
        2, DYNO_METADATA, "Dyno metadata", "beta", "dyno-metadata",
        "Dynos of releases that are made from now on have HEROKU_APP_ID, HEROKU_APP_NAME, "
        "HEROKU_APP_DEFAULT_DOMAIN_NAME, HEROKU_DYNO_ID, HEROKU_RELEASE_CREATED_AT, HEROKU_RELEASE_VERSION, "
        "HEROKU_SLUG_COMMIT and HEROKU_SLUG_DESCRIPTION in their environment.",
    ),
    _feature(
        3, BUILD_METADATA, "Dyno build metadata", "beta", "dyno-metadata",
        "Dynos of releases that are made from now on have HEROKU_BUILD_COMMIT and HEROKU_BUILD_DESCRIPTION in their "
        "environment.",
    ),
    _feature(4, "http-session-affinity", "Session affinity", "general", "session-affinity", _WITHOUT_EFFECT),
    _feature(5, "log-runtime-metrics", "Log runtime metrics", "general", "log-runtime-metrics", _WITHOUT_EFFECT),
    _feature(6, "runtime-heroku-metrics", "Language metrics", "beta", "language-runtime-metrics", _WITHOUT_EFFECT),
)  # fmt: skip

ACCOUNT_FEATURES = (
    _feature(
        51, "dashboard-repositories-api", "Repositories API", "beta", "github-integration",
        "Has no effect in this simulator, and is best left off: with it the CLI asks for the GitHub repository of a "
        "pipeline before it configures review apps.",
    ),
)  # fmt: skip
"""The CLI looks at this one before it configures review apps."""


TEAM_FEATURES = (
    _feature(
        81, "team-invite-acceptance", "Team invite acceptance", "general", "heroku-teams",
        "Who is asked into a team becomes a member when it accepts: heroku members:add invites.",
    ),
)  # fmt: skip
"""All on, and nobody switches them (the published schema has no link for it)."""


def feature(known: tuple[Feature, ...], identity: str) -> Feature | None:
    """By name or id."""
    return next((each for each in known if identity in (each.name, each.id)), None)

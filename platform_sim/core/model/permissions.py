"""Which permission on an app a link of the API takes: a pure rule on methods and paths (`model.teams.PERMISSIONS`).

Heroku's page names what each allows in words, not by link. Who sees an app has `view`, so that is asked for nowhere;
what deletes, renames, shares or transfers an app, and what buys add-ons, the actions check themselves.
"""

_APP = "/apps/{app}"
_DEPLOY = frozenset(
    {"build-cache", "buildpack-installations", "builds", "config-vars", "features", "releases", "slugs", "sources"}
)
_OPERATE = frozenset(
    {"acm", "domains", "dynos", "formation", "formations", "log-drains", "log-sessions", "sni-endpoints", "webhooks"}
)
_READS = {"config-vars": "deploy", "log-drains": "operate"}
"""What shows secrets, or addresses that hold some."""


def needed(method: str, path: str) -> str | None:
    """`deploy` or `operate` for a link below an app, `path` as the table writes it; None for all others."""
    if path != _APP and not path.startswith(_APP + "/"):
        return None
    parts = path.split("/")[3:]
    if method == "GET":
        return next((_READS[part] for part in parts if part in _READS), None)
    if not parts:
        return "operate" if method == "PATCH" else None
    if parts[0] in _DEPLOY:
        return "deploy"
    return "operate" if parts[0] in _OPERATE else None

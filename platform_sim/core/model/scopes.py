"""What an OAuth token may be limited to: a pure rule on methods and paths (platform-api §4.1).

`read` and `write` leave out config vars, releases and databases, which hold secrets; the `-protected` ones have them.
Who may write may read. `identity` is `GET /account` alone. Tokens and clients are for `global` tokens: a narrow one
must not make itself a wide one.
"""

from collections.abc import Collection

GLOBAL = "global"
SCOPES = (GLOBAL, "identity", "read", "write", "read-protected", "write-protected")

_ACCOUNT = "/account"
_READING_POSTS = ("/actions/", "/filters/")
_PROTECTED = frozenset({"config-vars", "config", "releases", "databases"})


def accepted(method: str, path: str) -> tuple[str, ...]:
    """The scopes, one of which a token needs for a link of the API. `path`: as the table writes it."""
    if path.startswith("/oauth/"):
        return (GLOBAL,)
    reads = method == "GET" or path.startswith(_READING_POSTS)
    found = [GLOBAL, "write-protected"]
    if reads:
        found.append("read-protected")
    if not _PROTECTED & set(path.split("/")):
        found += ["write", "read"] if reads else ["write"]
    if reads and path == _ACCOUNT:
        found.append("identity")
    return tuple(found)


def allows(scope: Collection[str], method: str, path: str) -> bool:
    """Whether a token with this scope may use a link."""
    return not set(scope).isdisjoint(accepted(method, path))

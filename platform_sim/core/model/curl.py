"""A request of the timeline as a command for a shell, to send it again. Pure.

What the ledger has masked is a variable there. Its name is never only what others wrote: whoever pastes a command
must not send a secret of their own shell to a partner who has named a field `AWS_SECRET_ACCESS_KEY`.
"""

import re
from collections.abc import Mapping

from platform_sim.core.model.masking import HIDDEN, parts_of
from platform_sim.core.model.steps import Step

LONGEST = 4_000
"""Characters of a body that are put into the command; a longer one is read from a file."""
CUT = "... (cut here"
"""How the ledger ends a body of which it has kept the beginning."""
_BY_CURL_ITSELF = frozenset(
    {"authorization", "accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)
_NAMED = re.compile(
    rf"""(?:(?P<before>["']?(?P<name>[A-Za-z]\w{{0,40}})["']?\s*[:=]\s*["']?))?{re.escape(HIDDEN)}""", re.ASCII
)
_GLOB = re.compile(r"[\[\]{}]")
_CODES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal does not take as text, or does not show as it is; line ends are fine in quotes."""
_LINE_ENDS = re.compile(r"[\r\n\x00]+")


def curl(step: Step) -> str | None:
    """An exchange as a command for `sh` (for bash or zsh if its body has control characters).

    None for an event, and for a form of the dashboard, which only a page can send.
    """
    if step.kind != "exchange":
        return None
    told = step.details
    url, inbound = str(told["url"]), step.receiver == "platform"
    path = parts_of(url).path
    if inbound and path.startswith("/dashboard/"):
        return None
    body = str(told["request_body"])
    words = [f"curl -X {_quoted(told['method'])}{' -g' if _GLOB.search(url) else ''} {_quoted(url)}"]
    words += _credentials(step.sender if inbound else step.receiver, inbound, path, told["request_headers"])
    words += [f"-H {_quoted(line)}" for line in _headers(told["request_headers"], body)]
    if body:
        words.append(_data(body))
    return " \\\n  ".join(words)


def _credentials(party: str, inbound: bool, path: str, headers: Mapping[str, str]) -> list[str]:
    """With what right: of calls that come in that is not kept, so it is told by who has made them."""
    if not inbound:
        given = any(name.lower() == "authorization" for name in headers)
        if not given:
            return []
        return ['-u "$ADDON_ID:$ADDON_PASSWORD"'] if party == "partner" else ['-H "Authorization: $AUTHORIZATION"']
    if party == "customer":
        return ['-H "Authorization: Bearer $HEROKU_API_KEY"']
    if path.startswith("/oauth/"):
        return []
    return ['-u "$ADDON_ID:$ADDON_PASSWORD"'] if "/vendor/" in path else ['-H "Authorization: Bearer $ADDON_TOKEN"']


def _headers(headers: Mapping[str, str], body: str) -> list[str]:
    kept = {name: _LINE_ENDS.sub(" ", value) for name, value in headers.items() if name.lower() not in _BY_CURL_ITSELF}
    if body.lstrip()[:1] in ("{", "[") and not any(name.lower() == "content-type" for name in kept):
        kept["Content-Type"] = "application/json"  # curl would say that it is a form
    # `name:` alone would take the header away.
    return [f"{name}: {value}" if value.strip() else f"{name};" for name, value in kept.items()]


def _data(body: str) -> str:
    """Raw: a body that begins with @ is no name of a file. One that is not kept whole is to be put into a file."""
    if len(body) > LONGEST or CUT in body[-60:] or "\x00" in body:
        return "--data-binary @body"
    return f"--data-raw {_quoted(body)}"


def _quoted(text: str) -> str:
    """As one word of a shell, in which what is masked is a variable."""
    parts: list[str] = []
    end = 0
    for found in _NAMED.finditer(text):
        before = text[end : found.start()] + (found["before"] or "")
        parts += [shell_word(before)] if before else []
        parts.append(f'"$HIDDEN_{found["name"].upper()}"' if found["name"] else '"$HIDDEN"')
        end = found.end()
    if end < len(text) or not parts:
        parts.append(shell_word(text[end:]))
    return "".join(parts)


def shell_word(text: str) -> str:
    """A text as one word of `sh`; with control characters of bash or zsh."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    if not _CODES.search(text):
        return "'" + text.replace("'", "'\"'\"'") + "'"
    whole = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return "$'" + _CODES.sub(_code, whole) + "'"


def _code(found: re.Match[str]) -> str:
    """Its bytes, in octal with all digits, so that what follows is never read with it."""
    return "".join(f"\\{byte:03o}" for byte in found[0].encode("utf-8", "replace"))

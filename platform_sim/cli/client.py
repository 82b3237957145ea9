"""A small client of a running platform: the Platform API, the registry and `/sim`. Talks HTTP to one address.

Built on `http.client`: with `requests` the imports alone take longer than the 150 ms that a whole command may
(measured: 180 ms, against 95 ms). One connection a request: loopback makes that cheap, and none can be stale.
"""

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, NamedTuple
from urllib.parse import quote, urlsplit

import click

from platform_sim.cli.failures import ApiError, EnvironmentProblem
from platform_sim.cli.find import START_ONE, Place, is_loopback

TIMEOUT = 60.0
"""Seconds without a byte before a request is given up, as the real CLI does (heroku-cli §2)."""

AGENT = "platform-sim"
MOST_PAGES = 10_000
CHUNK = 1 << 20


def route(*parts: str) -> str:
    """A path whose parts are escaped: `route("apps", "a b")` is `/apps/a%20b`.

    Raises click.UsageError for a part that would make it another path.
    """
    for part in parts:
        if part in ("", ".", ".."):
            raise click.UsageError(f"{part!r} is no name that the platform could know")
    return "/" + "/".join(quote(part, safe="~") for part in parts)


def accept(variant: str = "") -> str:
    """The `Accept` header of version 3 or one of its variants, such as `sdk` (heroku-cli §2)."""
    return "application/vnd.heroku+json; version=3" + (f".{variant}" if variant else "")


class Body(NamedTuple):
    """A file to send as it is; `size` in bytes."""

    file: IO[bytes]
    size: int
    media: str


class Client:
    """Asks one platform. Errors: ApiError for an answer of 400 or more, EnvironmentProblem if nothing answers."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def get(self, path: str, *, variant: str = "", **headers: str) -> Any:
        """The JSON of a GET; a list that comes in pages is read to its end (heroku-cli §2)."""
        return self._call("GET", path, None, variant, headers, pages="range" not in headers)

    def post(self, path: str, body: object = None, *, variant: str = "", **headers: str) -> Any:
        """The JSON answer to a POST. Header names are given with `_` for `-`."""
        return self._call("POST", path, body, variant, headers)

    def put(self, path: str, body: object = None) -> Any:
        """The JSON answer to a PUT."""
        return self._call("PUT", path, body, "", {})

    def patch(self, path: str, body: object, **headers: str) -> Any:
        """The JSON answer to a PATCH."""
        return self._call("PATCH", path, body, "", headers)

    def delete(self, path: str, body: object = None, *, variant: str = "", **headers: str) -> Any:
        """The JSON answer to a DELETE, which may have a body (heroku-cli §2)."""
        return self._call("DELETE", path, body, variant, headers)

    def upload(self, path: str, file: IO[bytes], size: int, media: str) -> Any:
        """The JSON answer to a POST whose body is a file, sent as it is read."""
        return self._exchange("POST", path, Body(file, size, media), {"Accept": accept()})[1]

    def download(self, path: str, target: IO[bytes]) -> None:
        """Write the bytes of a GET's answer."""
        headers = {"Authorization": f"Bearer {self.place.token}", "User-Agent": AGENT, "Accept": accept()}
        with self.stream(f"{self.place.url}{path}", headers, TIMEOUT) as answer, self._explained(f"GET {path}"):
            if answer.status >= 400:
                content = answer.read()
                raise self._error(answer.status, _parsed(content), content, f"GET {self.place.url}{path}")
            while piece := answer.read(CHUNK):
                target.write(piece)

    @contextmanager
    def stream(self, url: str, headers: Mapping[str, str], timeout: float | None) -> Iterator[http.client.HTTPResponse]:
        """An open answer, without our token: the secret is in the URL (heroku-cli §4). Only this machine is asked."""
        parts = urlsplit(url)
        if not is_loopback(parts.hostname or ""):
            raise EnvironmentProblem(f"the platform sent us to {url}, which is not on this machine: it was not opened")
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = self._connection(f"{parts.scheme}://{parts.netloc}", timeout)
        try:
            with self._explained(url):
                connection.request("GET", path, headers={"User-Agent": AGENT, **headers})
                answer = connection.getresponse()
            with answer:
                yield answer
        finally:
            connection.close()

    def _call(
        self, method: str, path: str, body: object, variant: str, extra: Mapping[str, str], pages: bool = False
    ) -> Any:
        headers = {"Accept": accept(variant), **{name.replace("_", "-").title(): v for name, v in extra.items()}}
        status, found, answer = self._exchange(method, path, body, headers)
        for _ in range(MOST_PAGES):
            following = answer.get("Next-Range")
            if not pages or status != 206 or following is None or not isinstance(found, list):
                break
            status, more, answer = self._exchange(method, path, body, {**headers, "Range": following})
            found += more
        return found

    def _exchange(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        sent = body.file if isinstance(body, Body) else None if body is None else json.dumps(body).encode()
        headers = {**headers, "Authorization": f"Bearer {self.place.token}", "User-Agent": AGENT, "Connection": "close"}
        if isinstance(body, Body):
            headers |= {"Content-Type": body.media, "Content-Length": str(body.size)}
        elif sent is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection(self.place.url, TIMEOUT)
        try:
            with self._explained(f"{method} {path}"):
                connection.request(method, path, body=sent, headers=headers)
                answer = connection.getresponse()
                content = answer.read()
        finally:
            connection.close()
        found = _parsed(content)
        if answer.status >= 400:
            raise self._error(answer.status, found, content, f"{method} {self.place.url}{path}")
        if found is NOT_JSON:
            raise EnvironmentProblem(
                f"{self.place.url} answered {method} {path} with something that is not JSON: is it a platform?"
            )
        return answer.status, found, answer.headers

    def _connection(self, base: str, timeout: float | None) -> http.client.HTTPConnection:
        parts = urlsplit(base)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.place.ca_file)
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise EnvironmentProblem(
                f"the platform at {self.place.url} did not answer {what} within {TIMEOUT:g} s: "
                "see what it says in its own window"
            ) from None
        except ssl.SSLError as problem:
            raise EnvironmentProblem(
                f"{self.place.url} could not be verified ({problem}): name its ready file with --ready-file"
            ) from None
        except (http.client.HTTPException, ConnectionResetError) as problem:
            raise EnvironmentProblem(
                f"{self.place.url} broke off its answer to {what} ({problem!r}): is it a platform, and still running?"
            ) from None
        except OSError:
            raise EnvironmentProblem(f"no platform answers at {self.place.url}: {START_ONE}") from None

    def _error(self, status: int, found: Any, content: bytes, what: str) -> ApiError:
        """Three shapes: Heroku's `{id, message}`, and the registry's `{error: text}` or `{error: {base: [...]}}`."""
        body = found if isinstance(found, dict) else {}
        message, problem = body.get("message"), body.get("error")
        if not message and isinstance(problem, dict):
            message = "\n".join(str(part) for parts in problem.values() for part in _as_list(parts))
        elif not message and problem:
            message = str(problem).strip()
        if not message:
            message = f"HTTP Error {status} for {what}\n{content[:500].decode('utf-8', 'replace')}".strip()
        if status == 401:
            message = f"{message}\n{self.place.url} does not accept this token; `platform-sim env` prints its own."
        return ApiError(message, status=status, id=str(body.get("id", "")), body=body)


NOT_JSON = object()


def _parsed(content: bytes) -> Any:
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except ValueError:
        return NOT_JSON


def _as_list(parts: object) -> list[object]:
    return parts if isinstance(parts, list) else [parts]

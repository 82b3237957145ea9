"""The pre-receive hook: sends the pushed commit as a source, asks for a build, shows its output, refuses on failure.

Runs as a program of its own inside git's quarantine, with the standard library only (`python -I -S`).
"""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

DEPLOYED = ("refs/heads/main", "refs/heads/master")
ZERO = "0" * 40


def say(text: str = "") -> None:
    """A line for the person who pushes; git puts `remote: ` before it."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Platform:
    """The platform's API, as any client uses it."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        # The platform is on this machine: a proxy from the environment has no business here.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One API call; urllib.error.HTTPError for errors."""
        headers = {
            "Accept": "application/vnd.heroku+json; version=3",
            "Authorization": "Bearer " + self.token,
            "Content-Type": "application/json",
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with self.opener.open(request) as answer:
            return json.load(answer)

    def put(self, url: str, data: bytes) -> None:
        """Upload a tarball."""
        request = urllib.request.Request(url, data, {"Content-Type": "application/gzip"}, method="PUT")
        self.opener.open(request).close()

    def stream(self, url: str) -> None:
        """Show an output stream until it ends."""
        with self.opener.open(url) as answer:
            for line in answer:
                sys.stdout.write(line.decode("utf-8", "replace"))
                sys.stdout.flush()


def deploy(platform: Platform, app: str, commit: str) -> bool:
    """Build and release a commit; whether that worked."""
    say("Compressing source files... done.")
    tarball = git("archive", "--format=tar.gz", commit)
    source = platform.call("POST", "/sources")["source_blob"]
    platform.put(source["put_url"], tarball)
    say("Building source:")
    say()
    blob = {
        "url": source["get_url"],
        "version": commit,
        "version_description": git("log", "-1", "--format=%s", commit).decode("utf-8", "replace").strip()[:200],
    }
    build = platform.call("POST", f"/apps/{app}/builds", {"source_blob": blob})
    platform.stream(build["output_stream_url"])
    done = platform.call("GET", f"/apps/{app}/builds/{build['id']}")
    say()
    if done["status"] == "pending":
        say(" !     The build's output broke off; the build goes on. Look at its end before you push again.")
    if done["status"] != "succeeded":
        say("Verifying deploy...")
        return False
    say("Verifying deploy... done.")
    return True


def git(*arguments: str) -> bytes:
    """What git says of what was pushed."""
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE).stdout


def refused(updates: list[list[str]]) -> str:
    """Why git would refuse a push anyway, or the platform: it is taken whole or not at all, so nothing may be deployed
    before. Empty if it would not."""
    current = git("symbolic-ref", "HEAD").decode().strip()
    for _, new, ref in updates:
        if new == ZERO and ref == current:
            return f"{ref} is what runs: it cannot be deleted."
        if new != ZERO and ref in DEPLOYED and git("cat-file", "-t", new).strip() != b"commit":
            return f"What was pushed to {ref} is no commit. Write an annotated tag as `git push heroku TAG^{{}}:main`."
    return ""


def receive(platform: Platform, app: str, updates: list[list[str]]) -> bool:
    """Deploy main or master, keep other branches without a build; whether the push is taken."""
    if why := refused(updates):
        say(f" !     {why}")
        return False
    for _, new, ref in updates:
        if new == ZERO:
            continue
        if ref not in DEPLOYED:
            say("Pushed to branch other than [main, master], skipping build.")
        elif not deploy(platform, app, new):
            return False
    return True


def problem_with(platform: Platform, app: str, updates: list[list[str]]) -> str | None:
    """Receive the push; what stood in the way, None for nothing."""
    try:
        return None if receive(platform, app, updates) else ""
    except urllib.error.HTTPError as problem:
        text = problem.read().decode("utf-8", "replace")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            text = str(json.loads(text)["message"])
        return text
    except subprocess.CalledProcessError as problem:
        return f"The pushed commit cannot be packed: `{' '.join(problem.cmd[:2])}` failed."
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return f"The platform does not answer as it should: {problem}. Push again when it is up."


def main() -> int:
    """A push: what came over the standard input, a line for each ref."""
    platform = Platform(os.environ["PLATFORM_SIM_URL"], os.environ["PLATFORM_SIM_TOKEN"])
    updates = [line.split(" ", 2) for line in sys.stdin.read().splitlines()]
    problem = problem_with(platform, os.environ["PLATFORM_SIM_APP"], updates)
    if problem is None:
        return 0
    if problem:
        say(f" !     {problem}")
    say()
    say(f"!\tPush rejected to {os.environ['PLATFORM_SIM_APP_NAME']}.")
    say()
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""The story's second add-on: `database`, made in the background, rolled under load, dropped."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

from requests import Response

from platform_sim.demo.chapter import APP, Chapter
from platform_sim.demo.login import fresh_form, post_form
from platform_sim.demo.narrator import Narrator
from platform_sim.demo.scene import NotSold, Scene
from platform_sim.demo.talk import Talk, wait_until

ADDON = "database"
OVERLAP = 8
QUICK_PARTNER = {"ADDON_DATABASE_ROTATION_OVERLAP": str(OVERLAP), "ADDON_DATABASE_SLUG": ADDON}
"""An hour of overlap would be a long story; it speaks of its add-on by name."""
CLIENTS = 8
REQUESTS, BEFORE, AFTER = 200, 20, 50
"""How many requests run through the rotation at least, before it begins, and with the new credential."""
MOST_REQUESTS = 5_000


class DatabaseChapter(Chapter):
    """From the manifest to the dropped database; told in one line where the partner has no server for it."""

    def __init__(self, scene: Scene, narrator: Narrator) -> None:
        super().__init__(scene, narrator, ADDON, "ADDON_DATABASE_PASSWORD")
        self.url = ""

    def tell(self) -> None:
        """All steps, each checked."""
        tell = self.narrator
        tell.step("A second add-on, a database on a real server: the partner makes it in the background")
        try:
            tell.command("platform-sim addons register addon-manifest.json", self.scene.register(ADDON))
        except NotSold as reason:
            tell.tell(f"left out: the partner has no database server here ({reason})")
            return
        self._provision()
        self._becomes_provisioned()
        self._use()
        self._rotate_under_load()
        self._sign_in()
        self._old_credential_ends()
        self._destroy()

    def _provision(self) -> None:
        tell = self.narrator
        line = ("addons:create", f"{ADDON}:test", "-a", APP)
        said = self.scene.heroku(*line)
        tell.command(f"heroku {' '.join(line)}", said)
        tell.check("the customer need not wait", "is being created in the background" in said, said)
        self.addon = self.scene.talk.api("GET", f"/apps/{APP}/addons")[0]
        asked = [each for each in self.calls_of_partner() if self.addon["id"] in each["request_body"]]
        tell.quote("addon_service", [f"{asked[-1]['status']} {asked[-1]['response_body']}"])
        tell.check("the partner said 202, without config", asked[-1]["status"] == 202, asked[-1])
        tell.check("nothing secret is in it", "postgres://" not in str(asked) and "mysql://" not in str(asked))

    def _becomes_provisioned(self) -> None:
        tell = self.narrator
        tell.step("The partner makes database and roles, sets the config, and says when it is done")
        wait_until("it is made", lambda: self._state() != "provisioning")
        tell.command("heroku addons", self.scene.heroku("addons", "-a", APP))
        tell.check("it became provisioned by itself", self._state() == "provisioned", self._state())
        self.url = self.config().get("DATABASE_URL", "")
        scheme, _, rest = self.url.partition("://")
        tell.check("DATABASE_URL is set", scheme in ("postgres", "mysql"), sorted(self.config()))
        tell.quote("app", [f"DATABASE_URL: {scheme}://{rest.partition(':')[0]}:******@{rest.rpartition('@')[2]}"])
        releases = self.scene.talk.api("GET", f"/apps/{APP}/releases")
        wanted = f"@ref:{self.addon['name']} completed provisioning, setting DATABASE_URL."
        made = [each for each in releases if each["description"] == wanted]
        tell.check("in exactly one release, made by the partner", len(made) == 1, releases[-2:])
        email = made[0]["user"]["email"]
        tell.check("whose name it carries", email == f"{ADDON}@addons.heroku.com", email)
        found = self._on_server()
        tell.quote("server", [f"has {', '.join(found)}"])
        tell.check("there is one database with its roles", len(found) >= 2, found)

    def _state(self) -> str:
        return str(self.scene.talk.api("GET", f"/addons/{self.addon['id']}")["state"])

    def _on_server(self) -> list[str]:
        """What the partner finds on the server when it looks now."""
        found: list[str] = self.partner("GET", f"/admin/resources/{self.addon['id']}")["on_server"]
        return found

    def _use(self) -> None:
        tell = self.narrator
        tell.step("Web and worker write rows, and the page runs SELECT * FROM notes")
        self.scene.all_up(APP, 2)
        written = self.scene.talk.app(APP, "POST", "/notes", {"text": "hello from the page"})
        tell.check("the page inserted a row, into the table that the release phase made", written.ok, written.text)
        wait_until("the worker writes rows", lambda: "worker.1" in self._authors())
        rows = self._status()["last_rows"]
        tell.quote("app", [f"{row['id']} {row['author']}: {row['text']}" for row in rows], most=4)
        authors = self._authors()
        tell.check("the page shows what both have written", authors == {"web.1", "worker.1"}, authors)

    def _status(self) -> Any:
        return self.scene.talk.app_json(APP, "/status.json")

    def _authors(self) -> set[str]:
        return {row["author"] for row in self._status()["last_rows"]}

    def _rotate_under_load(self) -> None:
        tell = self.narrator
        tell.step("The credentials roll while requests run through the app: nobody notices")
        load = Load(self.scene.url, self.scene.token, self._status()["database_fingerprint"])
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(load.run)
            wait_until("requests run", lambda: load.done >= BEFORE or _ended(running))
            self.partner("POST", f"/admin/resources/{self.addon['id']}/rotate")
            running.result()
        tell.tell(f"{load.done} requests of {CLIENTS} clients at once, every second one a write;")
        tell.tell(f"{load.with_new} reads were answered by a dyno with the new credential")
        if load.failed:
            tell.quote("router", [line for line in self.app_log().splitlines() if "at=error" in line])
        tell.check(f"0 of {load.done} requests failed", load.failed == [] and load.done >= REQUESTS, load.failed[:3])
        self.scene.all_up(APP, 2)
        tell.check("the config var is a new one", self.config()["DATABASE_URL"] != self.url)
        self.partners_line('msg="credentials rotated"')

    def _sign_in(self) -> None:
        tell = self.narrator
        tell.step("The partner's dashboard shows size, connections and credentials")
        form = fresh_form(self.scene.talk.session, self.addon["web_url"])
        page = post_form(form)
        tell.check("single sign-on carries the customer there, with the salt of this add-on", page.ok, page.status_code)
        shown = [words for words in ("Usage", "Connections", "Credentials", "Rotate") if words in page.text]
        tell.check("it shows plan, size, connections and credentials", len(shown) == 4, shown)
        secret = self.config()["DATABASE_URL"].partition("@")[0].rpartition(":")[2]
        tell.check("no password", secret not in page.text)

    def _old_credential_ends(self) -> None:
        tell = self.narrator
        tell.step(f"After the overlap, {OVERLAP} s in this story, the old credential is refused")
        own = f"/admin/resources/{self.addon['id']}"
        wait_until("its end", lambda: self._credentials(own) == ["current", "retired"], OVERLAP + 30.0)
        found = self.scene.look_into_databases(self.url, self.config()["DATABASE_URL"])
        tell.quote("server", [f"with the old URL: {found[0]}; with the new one: {found[1]}"])
        tell.check("the server refuses the old one and takes the new one", found == ["retired", "ok"], found)

    def _credentials(self, path: str) -> list[str]:
        answer = self.scene.talk.session.get(
            self.scene.partner_url + path, auth=(ADDON, self.scene.secrets[self.secret]), timeout=60
        )
        return [each["state"] for each in answer.json()["credentials"]]

    def _destroy(self) -> None:
        tell = self.narrator
        tell.step("The customer destroys it: database and roles are gone from the server")
        url = self.config()["DATABASE_URL"]
        line = ("addons:destroy", self.addon["name"], "-a", APP, "--confirm", APP)
        tell.command(f"heroku {' '.join(line)}", self.scene.heroku(*line))
        wait_until("the server has dropped it", lambda: self._on_server() == [])
        tell.check("database and roles are gone", True)
        found = self.scene.look_into_databases(url)
        tell.check("its URL opens nothing", found != ["ok"], found)
        tell.check("DATABASE_URL is gone", "DATABASE_URL" not in self.config(), sorted(self.config()))
        self.scene.all_up(APP, 2)
        state = self._status()["addons"][ADDON]["state"]
        tell.check('the app says "no add-on yet"', state == "none", state)


class Load:
    """Requests to the app by clients that keep their connections, every second one a write; through a rotation and
    beyond it."""

    def __init__(self, url: str, token: str, fingerprint: str) -> None:
        self.old = fingerprint
        self.done = 0
        self.with_new = 0
        self.failed: list[str] = []
        self._new_talk = partial(Talk, url, token)
        self._lock = Lock()

    def run(self) -> None:
        """Until there were enough, and enough with the new credential."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            for client in [pool.submit(self._client) for _ in range(CLIENTS)]:
                client.result()

    def _client(self) -> None:
        talk = self._new_talk()
        try:
            while (self.done < REQUESTS or self.with_new < AFTER) and self.done < MOST_REQUESTS:
                self._write(talk)
                self._read(talk)
        finally:
            talk.close()

    def _write(self, talk: Talk) -> None:
        answer = talk.app(APP, "POST", "/notes", {"text": "a request"})
        self._count(answer, answer.status_code == 201)

    def _read(self, talk: Talk) -> None:
        answer = talk.app(APP, "GET", "/status.json")
        fine = answer.ok and answer.json()["addons"][ADDON]["state"] == "ok"
        self._count(answer, fine, is_new=fine and answer.json()["database_fingerprint"] != self.old)

    def _count(self, answer: Response, fine: bool, is_new: bool = False) -> None:
        with self._lock:
            self.done += 1
            self.with_new += is_new
            if not fine:
                self.failed.append(f"request {self.done}: {answer.status_code} {answer.text[:200]}")


def _ended(running: "Future[None]") -> bool:
    """Whether the load ended early; then its problem is the story's."""
    return running.done() and running.result() is None

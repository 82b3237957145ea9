"""The story's first add-on: `exceptions`, made at once, used, rolled, overridden, upgraded, entered, destroyed."""

from typing import Any

from platform_sim.demo.chapter import APP, Chapter
from platform_sim.demo.login import fresh_form, post_form, stale_form
from platform_sim.demo.narrator import Narrator
from platform_sim.demo.scene import Scene
from platform_sim.demo.talk import wait_until

ADDON = "exceptions"


class ExceptionsChapter(Chapter):
    """From an app without add-ons back to one, by way of everything an add-on can do."""

    def __init__(self, scene: Scene, narrator: Narrator) -> None:
        super().__init__(scene, narrator, ADDON, "ADDON_PASSWORD")
        self.fingerprint = ""

    def tell(self) -> None:
        """All steps, each checked."""
        for step in (
            self._create_app,
            self._push,
            self._no_addon_yet,
            self._register,
            self._provision,
            self._exchange,
            self._config_and_restart,
            self._use,
            self._rotate,
            self._override_and_upgrade,
            self._partner_sees_its_own,
            self._sign_in,
            self._destroy,
        ):
            step()

    def _create_app(self) -> None:
        tell = self.narrator
        tell.step("A customer creates an app")
        tell.command(f"heroku apps:create {APP}", self.scene.heroku("apps:create", APP))
        releases = self.scene.talk.api("GET", f"/apps/{APP}/releases")
        texts = [release["description"] for release in releases]
        tell.check("a new app has the releases v1 and v2", texts == ["Initial release", "Enable Logplex"], texts)

    def _push(self) -> None:
        tell = self.narrator
        tell.step("git push builds a slug, runs the release command and starts a web dyno")
        said = self.scene.push(self.scene.repository(), APP)
        tell.command(f"git push {self.scene.url}/{APP}.git main", said)
        tell.check("the platform built it from the Procfile", "Procfile declares types" in said, said)
        tell.check("the push was accepted", "Verifying deploy... done." in said, said)
        tell.command("heroku ps:scale worker=1", self.scene.heroku("ps:scale", "worker=1", "-a", APP))
        names = sorted(dyno["name"] for dyno in self.scene.all_up(APP, 2))
        tell.check("a web and a worker dyno are up", names == ["web.1", "worker.1"], names)

    def _no_addon_yet(self) -> None:
        tell = self.narrator
        tell.step("The app runs, and says what it misses")
        page = self.scene.talk.app(APP, "GET", "/").text
        tell.check('the page says "no add-on yet"', "no add-on yet" in page.lower(), page[:500])
        found = self.scene.talk.app_json(APP, "/status.json")["addons"][ADDON]
        tell.quote("app", [f"addons.exceptions: {found}"])

    def _register(self) -> None:
        tell = self.narrator
        tell.step("The partner registers its manifest: now the marketplace has a service")
        tell.command("platform-sim addons register addon-manifest.json", self.scene.register())
        plans = [plan["name"] for plan in self.scene.talk.api("GET", f"/addon-services/{ADDON}/plans")]
        tell.check("its plans can be bought", f"{ADDON}:basic" in plans, plans)

    def _provision(self) -> None:
        tell = self.narrator
        tell.step("The customer adds the add-on")
        line = f"{ADDON}:test"
        tell.command(f"heroku addons:create {line} -a {APP}", self.scene.heroku("addons:create", line, "-a", APP))
        self.addon = self.scene.talk.api("GET", f"/apps/{APP}/addons")[0]
        tell.check("it is provisioned", self.addon["state"] == "provisioned", self.addon)
        live = self.partner("GET", "/admin/resources")
        uuids = [each["uuid"] for each in live if each["state"] == "live" or each["state"] == "provisioned"]
        tell.check("the partner has exactly one resource, under the same uuid", uuids == [self.addon["id"]], live)

    def _exchange(self) -> None:
        tell = self.narrator
        tell.step("What the two said to each other (secrets are masked)")
        said = self.calls_of_partner()
        tell.check("the platform asked once", len(said) == 1, [each["url"] for each in said])
        first = said[0]
        tell.quote("platform_sim ", [f"{first['method']} {first['url']}", first["request_body"]])
        tell.quote("addon_service", [f"{first['status']} in {first['milliseconds']} ms", first["response_body"]])
        tell.check("the request carried the uuid", self.addon["id"] in first["request_body"], first["request_body"])
        password = self.scene.secrets["ADDON_PASSWORD"]
        tell.check("no secret is kept", password not in str(said) and "/accounts/" not in str(said), said)

    def _config_and_restart(self) -> None:
        tell = self.narrator
        tell.step("The resource URL is a config var; a release was made and every dyno restarted with it")
        tell.command("heroku config", self.scene.heroku("config", "-a", APP))
        config = self.scene.talk.api("GET", f"/apps/{APP}/config-vars")
        tell.check("EXCEPTIONS_URL is set", config.get("EXCEPTIONS_URL", "").startswith("http"), sorted(config))
        tell.command("heroku releases", self.scene.heroku("releases", "-a", APP))
        texts = [release["description"] for release in self.scene.talk.api("GET", f"/apps/{APP}/releases")]
        wanted = f"@ref:{self.addon['name']} completed provisioning, setting EXCEPTIONS_URL."
        tell.check("the last release says so", texts[-1] == wanted, texts)
        self.scene.all_up(APP, 2)
        tell.check("web.1 and worker.1 run that release", True)

    def _use(self) -> None:
        tell = self.narrator
        tell.step("Web and worker consume the resource")
        self._write_and_read("hello from the page")
        self.fingerprint = self.scene.talk.app_json(APP, "/status.json")["url_fingerprint"]
        wait_until("the worker writes through the add-on", lambda: "worker wrote exception" in self.app_log())
        worker = [line for line in self.app_log().splitlines() if "worker wrote exception" in line]
        tell.quote("app", worker[-2:])
        tell.check("the worker wrote too", worker)

    def _write_and_read(self, message: str) -> str:
        written = self.scene.talk.app(APP, "POST", "/exceptions", {"message": message, "type": "Demo"})
        self.narrator.check(f"the page wrote {message!r}", written.status_code == 201, written.text)
        latest = self.scene.talk.app_json(APP, "/status.json")["last_exceptions"]
        texts = [each["message"] for each in latest]
        self.narrator.check("and read it back from the add-on", message in texts, texts)
        return f"wrote exception {written.json()['id']}: {message}"

    def _rotate(self) -> None:
        tell = self.narrator
        tell.step("The partner rolls the credentials, at a time of its own choosing")
        before = self.version()
        old_url = self.scene.talk.api("GET", f"/apps/{APP}/config-vars")["EXCEPTIONS_URL"]
        self.partner("POST", f"/admin/resources/{self.addon['id']}/rotate")
        wait_until("a release by the partner", lambda: self.version() > before)
        newest = self.scene.talk.api("GET", f"/apps/{APP}/releases/v{before + 1}")
        tell.quote("platform_sim ", [f"v{newest['version']} {newest['description']} ({newest['user']['email']})"])
        tell.check("one release, made by the partner", newest["user"]["email"] == f"{ADDON}@addons.heroku.com", newest)
        self.scene.all_up(APP, 2)
        status = self.scene.talk.app_json(APP, "/status.json")
        tell.check("the dynos restarted with a new URL", status["url_fingerprint"] != self.fingerprint, status)
        self.fingerprint = status["url_fingerprint"]
        self._write_and_read("written with the new credential")
        old = self.scene.talk.session.get(old_url, timeout=10)
        tell.check("the old credential still works for a while, so that no dyno was cut off", old.ok, old.status_code)
        self.partners_line('msg="credentials rotated"')

    def _override_and_upgrade(self) -> None:
        tell = self.narrator
        tell.step("A customer overrides the var by hand; a plan upgrade sets it back")
        wrong = "EXCEPTIONS_URL=http://127.0.0.1:9/accounts/mine"
        tell.command(f"heroku config:set {wrong}", self.scene.heroku("config:set", wrong, "-a", APP))
        self.scene.all_up(APP, 2)
        state = self.scene.talk.app_json(APP, "/status.json")["addons"][ADDON]["state"]
        tell.check("the app cannot reach its add-on any more, and says so", state == "away", state)
        line = ("addons:upgrade", self.addon["name"], f"{ADDON}:basic", "-a", APP)
        tell.command(f"heroku {' '.join(line)}", self.scene.heroku(*line))
        plan = self.scene.talk.api("GET", f"/addons/{self.addon['id']}")["plan"]["name"]
        tell.check("the plan is switched", plan == f"{ADDON}:basic", plan)
        self.scene.all_up(APP, 2)
        account = self.scene.talk.app_json(APP, "/status.json")["addons"][ADDON]
        tell.check("the var is the partner's again, on the new plan", account.get("plan") == "basic", account)
        self._write_and_read("written after the upgrade")

    def _partner_sees_its_own(self) -> None:
        tell = self.narrator
        tell.step("A partner sees the vars it set, and no others")
        self.scene.heroku("config:set", "CUSTOMERS_SECRET=42", "-a", APP)
        own = self._ask_as_partner(f"/addons/{self.addon['id']}/config")
        names = [each["name"] for each in own["body"]]
        tell.check("it reads its own config", own["status"] == 200 and names == ["EXCEPTIONS_URL"], own["status"])
        refused = self._ask_as_partner(f"/apps/{self.addon['app']['id']}/config-vars")
        tell.quote("platform_sim ", [f"{refused['status']} {refused['body']}"])
        tell.check("the app's config vars are refused", refused["status"] == 403, refused["status"])
        tell.check("and not even named", "CUSTOMERS_SECRET" not in str(refused), refused)

    def _ask_as_partner(self, path: str) -> Any:
        self.narrator.tell(f"the partner asks, with the token of this instance: GET {path}")
        return self.partner("POST", f"/admin/resources/{self.addon['id']}/call", {"method": "GET", "path": path})

    def _sign_in(self) -> None:
        tell = self.narrator
        tell.step("Single sign-on: a link carries the customer into the partner's dashboard")
        link = self.addon["web_url"] + "?utm_source=mail"
        form = fresh_form(self.scene.talk.session, link)
        tell.quote("browser", [f"POST {form.action}", "fields: " + ", ".join(sorted(form.fields))])
        tell.check("extra parameters of the link travel along", form.fields.get("utm_source") == "mail", form.fields)
        page = post_form(form)
        tell.check("the partner lets the customer in", page.ok and self.addon["name"] in page.text, page.status_code)
        self._look_at_logs(page.text)
        stale = post_form(stale_form(form, self.scene.secrets["ADDON_SSO_SALT"]))
        tell.quote("addon_service", [f"{stale.status_code} for a login that is six minutes old, though well signed"])
        tell.check("a stale login is refused", stale.status_code == 403, stale.status_code)

    def _look_at_logs(self, page: str) -> None:
        tell = self.narrator
        tell.check("the dashboard shows who has access to the app", 'you@example.com <span class="quiet">owner' in page)
        line = self._write_and_read("seen by the partner")

        def on_dashboard() -> bool:
            return line in post_form(fresh_form(self.scene.talk.session, self.addon["web_url"])).text

        wait_until("the partner has the app's line", on_dashboard)
        tell.quote("log", [f"app[web.1] {line}"])
        tell.check("and beside the exception what the app itself has logged, through a log drain", True)

    def _destroy(self) -> None:
        tell = self.narrator
        tell.step("The customer destroys the add-on; nothing is left on either side")
        line = ("addons:destroy", self.addon["name"], "-a", APP, "--confirm", APP)
        tell.command(f"heroku {' '.join(line)}", self.scene.heroku(*line))
        left = self.scene.talk.api("GET", "/addons")
        tell.check("the platform has no add-on", left == [], left)
        live = [each for each in self.partner("GET", "/admin/resources") if each["state"] != "deprovisioned"]
        tell.check("the partner has no resource", live == [], live)
        config = self.scene.talk.api("GET", f"/apps/{APP}/config-vars")
        tell.check("the var is gone, the customer's own stays", list(config) == ["CUSTOMERS_SECRET"], sorted(config))
        self.scene.all_up(APP, 2)
        found = self.scene.talk.app_json(APP, "/status.json")["addons"][ADDON]
        tell.check('the app says "no add-on yet" again', found["state"] == "none", found)

"""A private Heroku for a test: a platform in memory that this process starts and ends (docs/testing.md)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from platform_sim.assemble import Platform
from platform_sim.cassettes.player import Player
from platform_sim.cli import env
from platform_sim.options import Options
from platform_sim.partners.http_send import HttpSend
from platform_sim.settings import load
from platform_sim.stand_ins.leaks import Holds, Leak, Service, is_busy, leaks
from platform_sim.stand_ins.partner import Partner
from platform_sim.stand_ins.questions import Questions, Refused, route
from platform_sim.testing import joins
from platform_sim.testing.apps import App, World, waited_for
from platform_sim.testing.clock import Clock
from platform_sim.testing.faults import Fault, Faults, Times
from platform_sim.testing.heroku_cli import HerokuCli, find_cli
from platform_sim.testing.joins import Joined, Joining, Joins
from platform_sim.testing.snapshots import begun, follow, restored, taken
from platform_sim.testing.story import Timeline
from platform_sim.testing.ways import Ways
from platform_sim.testing.words import environment_of, plan_of

if TYPE_CHECKING:
    from platform_sim.coverage.watch import Watch
    from platform_sim.testing.covered import Tally

__tracebackhide__ = True
Json = dict[str, Any]


class Heroku:
    """A platform of its own: rows in memory, a free port, nothing shared with any other. A context manager.

    `seed` makes ids, names and tokens repeat. `settings`: names as in docs/settings.md with or without `PLATFORM_SIM_`,
    in small letters or great ones; BadSetting for one that cannot be used. The process's environment sets nothing.
    `snapshot`: what `snapshot()` gave, or a file of it, to begin with; BadSnapshot for what cannot be used.
    `watch` hears what of the contract is touched.
    """

    tally: ClassVar["Tally | None"] = None
    """Of a run that wants to know what of the contract all platforms together have touched."""

    def __init__(
        self,
        *,
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
        snapshot: bytes | Path | None = None,
        frozen_at: datetime | None = None,
        like: "Heroku | None" = None,
        watch: "Watch | None" = None,
    ) -> None:
        """`frozen_at`: its clock stands there first. `like`: begin as that one is now, which `fork` does."""
        self._rules: dict[str, str] = like._rules if like else environment_of(settings or {})
        self._questions = Questions()
        self._ways = Ways(HttpSend(load(self._rules).partner_answer_limit))
        self._joins = Joins(self._ways)
        self._joined: dict[str, Joined] = {}
        self._services: dict[str, Service] = {}
        self._tally = None if watch else Heroku.tally
        self._watch = watch or (self._tally.watch() if self._tally else None)
        self._ways.told = self._watch.exchanged if self._watch else None
        made = Options(
            seed=seed,
            frozen_at=frozen_at,
            environment=self._rules,
            send=self._ways,
            around=self._questions.around,
            watch=self._watch,
        )
        self._platform: Platform = like._platform.fork(made) if like else begun(made, snapshot)
        self._world = World(self._questions, self._ways)
        self.clock = Clock(self._questions)
        self.faults = Faults(self._questions)
        self.runs = False
        """Whether it has been started, and not been stopped."""

    @classmethod
    def start(
        cls,
        *,
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
        snapshot: bytes | Path | None = None,
    ) -> "Heroku":
        """One that runs; `stop` ends it, or the end of a `with` around it."""
        return cls(seed=seed, settings=settings, snapshot=snapshot).__enter__()

    def stop(self) -> None:
        """End everything; safe to call twice. It cannot be started again."""
        if self.runs and self._tally and self._watch:
            self._tally.take(self._watch)
        self.runs = False
        try:
            self._platform.stop()
        finally:
            self._joins.close()
            self._questions.end()

    def __repr__(self) -> str:
        return f"<Heroku {self.url}>" if self.runs else "<Heroku that does not run>"

    def __enter__(self) -> "Heroku":
        if self.runs:
            return self
        self._questions.not_ended()
        self._platform.start()
        self.runs = True
        self._questions.url, self._questions.token = self._platform.url, self._platform.token
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where the platform listens, for programs of this machine."""
        return self._questions.url

    @property
    def token(self) -> str:
        """The customer's API token."""
        return self._questions.token

    @property
    def doors(self) -> Questions:
        """Its doors, for those who ask as several customers, or want answers as they come."""
        return self._questions

    @property
    def environment(self) -> dict[str, str]:
        """What points the heroku CLI and programs at this platform: `{**os.environ, **heroku.environment}`."""
        found = env.variables(self.url, self.token, str(self._platform.ca_file))
        return {name: value for name, value in found.items() if value is not None} | {"HEROKU_API_URL": self.url}

    def cli(self, home: Path, program: str | None = None) -> HerokuCli:
        """The real heroku CLI as this Heroku's customer, at home in an empty folder. `program`, and what is raised
        where there is none: as of `find_cli`."""
        found = find_cli(program)
        return HerokuCli(found, home, url=self.url, token=self.token, ca_file=str(self._platform.ca_file))

    def ask(self, method: str, path: str, content: Any = None) -> Any:
        """Any call of the Platform API or of `/sim`, as the customer, in process; its JSON. Refused for an error."""
        return self._questions.ask(method, path, content)

    def reset(self, seed: int) -> None:
        """Begin anew, as one that was just started with this seed: partners are told of what ends, then all is
        forgotten, services too. Refused while a partner has not acknowledged an end. The clock stays."""
        self.ask("POST", "/sim/reset", {"seed": seed})
        self._services.clear()

    def register(
        self,
        manifest: Json,
        *,
        plans: Sequence[str] = ("free",),
        partner: Joining = None,
        holds: Holds | None = None,
    ) -> str:
        """Register a service, or bring it up to date; returns its client secret. Refused with the manifest's mistakes.

        `partner`: a WSGI or ASGI application (a `Partner` is one), or a `Factory` of one, which then answers at the
        URLs of the manifest; one that is `Served` by a thread; a `Command`, a process that is started, and ended with
        this Heroku; a URL, scheme, host and port alone, in place of those of the manifest; None: by HTTP where the
        manifest says. `plans`: names or `NAME=CENTS`, the first the default. `holds`: says for `leaks` the uuids that
        the partner holds now.
        RuntimeError, with its own words, if the partner does not come up.
        """
        slug = str(manifest.get("id"))
        self.ask("POST", f"{route('api', 'v3', 'addons', slug)}/manifests", {"contents": manifest})
        local = self._joins.local(slug, partner)
        wanted: Json = {"plans": [plan_of(each) for each in plans], "local": local}
        self.ask("PUT", route("sim", "services", slug), wanted)
        secret = str(self.ask("GET", f"{route('sim', 'services', slug)}/client-secret")["client_secret"])
        self._attach(slug, self._joins.join(partner, manifest, local, secret, self.url), holds)
        return secret

    def _attach(self, slug: str, joined: Joined, holds: Holds | None) -> None:
        """What an application that came in has to know of this platform, and who is asked for leaks."""
        manifest, secret = joined.manifest, joined.client_secret
        self._joined[slug] = joined
        if isinstance(scripted := joined.app, Partner):
            scripted.joins(self._questions, secret)
            holds = holds or (lambda: set(scripted.resources))
        elif isinstance(recorded := joined.app, Player):
            recorded.joins(self._questions.deliver, lambda: secret, (slug, str(manifest["api"]["password"])))
            holds = holds or (lambda: set(recorded.resources))
        self._services[slug] = Service(slug, str(manifest["api"]["password"]), holds)

    def install(self, service: joins.Service) -> Joined:
        """Register a service with its partner, whom it returns. As `register` raises; OSError or ValueError if the
        manifest's file cannot be read."""
        manifest, holds = service.contents(), service.holds
        slug = str(manifest.get("id"))
        asked = None if holds is None else lambda: holds(self._joined[slug])
        self.register(manifest, plans=service.plans, partner=service.partner, holds=asked)
        return self._joined[slug]

    def partner(self, slug: str) -> Joined:
        """The partner of a service that was registered here; KeyError of another."""
        if slug not in self._joined:
            there = ", ".join(sorted(self._joined)) or "none"
            raise KeyError(f"no service {slug!r} was registered in this Heroku; there is: {there}")
        return self._joined[slug]

    def held(self, slug: str) -> Service:
        """What `leaks` knows of a service that was registered here; KeyError of another."""
        return self._services[slug]

    def cassette(self, slug: str, *, since: datetime | None = None) -> Json:
        """What was said between platform and this service's partner, secrets masked (docs/cassettes.md)."""
        query = "?" + urlencode({"since": since.isoformat()}) if since else ""
        found: Json = self.ask("GET", f"{route('sim', 'services', slug)}/cassette{query}")
        return found

    def app(self, name: str) -> App:
        """The customer's app of this name; made if there is none."""
        try:
            self.ask("GET", route("apps", name))
            return App(self._world, name)
        except Refused as refusal:
            if refusal.status != 404:
                raise
        # Not in there: what this raises has not come from that one.
        self.ask("POST", "/apps", {"name": name})
        return App(self._world, name)

    def fail(self, kind: str, times: Times = 1, amount: float | None = None, **match: str) -> Fault:
        """The next `times` of this kind that match go wrong (docs/faults.md); "forever" or None: until it is removed.
        `match`: `service=`, `app=`, `method=`..., whichever the kind knows. Refused for what there is not."""
        return self.faults.add(kind, times, amount, match)

    def snapshot(self, *, secrets: bool = False, files: bool = True, logs: bool = False) -> bytes:
        """All there is now as one file (docs/snapshots.md). `secrets`: tokens, passwords and config values, too; else
        others are made when it is restored. Without `files`, what was pushed goes with this Heroku."""
        self._questions.doors()
        return taken(self._platform, secrets=secrets, files=files, logs=logs)

    def restore(self, snapshot: bytes | Path) -> None:
        """Put a snapshot in place of all there is, clock included; partners keep what they hold. BadSnapshot."""
        self._questions.doors()
        restored(self._platform, snapshot)
        self._questions.token = self._platform.token

    def fork(self) -> "Heroku":
        """Another Heroku that runs and begins as this one is now: stop it, or use it as a context manager.

        They share nothing but partners that are no scripted ones: of these each has its own, as it is now.
        """
        self._questions.doors()
        other = Heroku(like=self).__enter__()
        try:
            follow(self._joined, self._services, other._joins, other.url, other._attach)
        except BaseException:
            other.stop()
            raise
        return other

    @property
    def timeline(self) -> Timeline:
        """What followed from what until now; its `str` is what `platform-sim timeline` prints."""
        return Timeline(self.ask("GET", "/sim/timeline?limit=1000")["trees"])

    def settle(self, seconds: float = 5.0) -> bool:
        """Wait until no partner is being asked; whether that has come within these wall seconds."""
        return waited_for(lambda: not is_busy(self.ask("GET", "/sim/status")), seconds)

    def leaks(self) -> Collection[Leak]:
        """What is left over, as far as it can be known; waits for partners that are just being asked.

        Always: orders, changes and DELETEs that a partner has not clearly answered, and 202s without an end. Where the
        partner says what it `holds`: what only one side has. An add-on that lives on both sides is no leak.
        """
        self.settle()
        return leaks(self._questions, self._services.values())

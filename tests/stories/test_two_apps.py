"""Two add-ons with several vars, attached to two apps: each app's vars, releases and log lines, step by step.

The texts and actors of partner-api §2.9, the names of §2.8. `mailer` answers at once, `acme-db` takes its time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ..processes.customer import Customer
from ..processes.partner import TinyPartner, running_partner, said

pytestmark = pytest.mark.processes

YOU, MAILER, ACME_DB = "you@example.com", "mailer@addons.heroku.com", "acme-db@addons.heroku.com"
NOTHING: Mapping[str, None] = {}
SHARED = ("attachable", "many_per_app")


class AnApp:
    """An app whose every change is looked at: `became` is called after each step."""

    def __init__(self, customer: Customer, name: str) -> None:
        self.customer, self.name = customer, name
        self.config: dict[str, str] = {}
        self.releases: list[tuple[str, str]] = []
        customer.api("POST", "/apps", {"name": name})
        self.became(releases=[("Initial release", YOU), ("Enable Logplex", YOU)])

    def became(self, *, releases: Sequence[tuple[str, str]] = (), config: Mapping[str, str | None] = NOTHING) -> None:
        """The vars and the releases of before, with exactly these changes (None: the var is gone)."""
        self.config = {k: v for k, v in {**self.config, **config}.items() if v is not None}
        self.releases += releases
        assert self.customer.api("GET", f"/apps/{self.name}/config-vars") == self.config
        rows = self.customer.api("GET", f"/apps/{self.name}/releases", Range="version ..; max=1000")
        assert [(row["description"], row["user"]["email"]) for row in rows] == self.releases
        assert [row["version"] for row in rows] == list(range(1, len(rows) + 1))
        assert [row["current"] for row in rows] == [False] * (len(rows) - 1) + [True]

    def said_so(self) -> None:
        """The app's log has two lines for each release, and nothing else."""
        lines = [line.split(" ", 1)[1] for line in self.customer.log(self.name).splitlines()]
        told = []
        for version, (description, who) in enumerate(self.releases, 1):
            told += [f"app[api]: Release v{version} created by user {who}", f"app[api]: {description} by user {who}"]
        assert lines == told


@pytest.fixture
def mailer(customer: Customer) -> Iterator[TinyPartner]:
    with running_partner(
        again=TinyPartner(slug="mailer", bare=("SERVER", "LOGIN", "PASSWORD"), requires=SHARED)
    ) as made:
        customer.register(made)
        yield made


@pytest.fixture
def acme_db(customer: Customer) -> Iterator[TinyPartner]:
    with running_partner(again=TinyPartner(slug="acme-db", bare=("URL", "KEY"), requires=SHARED)) as made:
        customer.register(made, "test", "pro")
        yield made


def add(customer: Customer, app: AnApp, plan: str, **wish: Any) -> dict[str, Any]:
    made: dict[str, Any] = customer.api("POST", f"/apps/{app.name}/addons", {"plan": plan} | wish)
    return made


def attach(customer: Customer, addon: dict[str, Any], app: AnApp, **wish: Any) -> dict[str, Any]:
    made: dict[str, Any] = customer.api("POST", "/addon-attachments", {"addon": addon["id"], "app": app.name} | wish)
    return made


def test_each_apps_vars_and_releases_are_exactly_those_of_the_contract(
    customer: Customer, mailer: TinyPartner, acme_db: TinyPartner
) -> None:
    shop, admin = AnApp(customer, "shop"), AnApp(customer, "admin")

    # `mailer` answers at once. The customer names the attachment, and that name prefixes its vars.
    mail = add(customer, shop, "mailer:test", name="mail-1", attachment={"name": "post"})
    assert (mail["state"], mail["config_vars"]) == ("provisioned", ["POST_LOGIN", "POST_PASSWORD", "POST_SERVER"])
    as_mailer = replace(customer, token=mailer.exchange(customer.url, mail["id"]))
    given = mailer.config_of(mail["id"])
    shop.became(
        releases=[
            ("Attach POST (@ref:mail-1)", YOU),
            ("@ref:mail-1 completed provisioning, setting POST_LOGIN, POST_PASSWORD, POST_SERVER.", YOU),
        ],
        config={name.replace("MAILER", "POST"): value for name, value in given.items()},
    )
    admin.became()

    # The other app gets the same values under the name of the service, and one release.
    mailer_on_admin = attach(customer, mail, admin)
    admin.became(releases=[("Attach MAILER (@ref:mail-1)", YOU)], config=dict(given))
    shop.became()

    # `acme-db` answers 202. Attached to both apps meanwhile, and given its config, it changes no var.
    acme_db.answers["POST"] = lambda sent: said({"id": "later"}, 202)
    db = add(customer, shop, "acme-db:test", name="db-1")
    assert (db["state"], db["config_vars"]) == ("provisioning", [])
    shop.became(releases=[("Attach ACME_DB (@ref:db-1)", YOU)])
    attach(customer, db, admin, name="REPORTS")
    admin.became(releases=[("Attach REPORTS (@ref:db-1)", YOU)])
    as_acme = replace(customer, token=acme_db.exchange(customer.url, db["id"]))
    vars_of_db = [{"name": "ACME_DB_URL", "value": "db://one"}, {"name": "ACME_DB_KEY", "value": "k"}]
    as_acme.api("PATCH", f"/addons/{db['id']}/config", {"config": vars_of_db})
    shop.became()
    admin.became()

    # Its partner finishes it: one release on each app, in the partner's name.
    as_acme.api("POST", f"/addons/{db['id']}/actions/provision")
    text = "@ref:db-1 completed provisioning, setting {0}_KEY, {0}_URL."
    shop.became(releases=[(text.format("ACME_DB"), ACME_DB)], config={"ACME_DB_URL": "db://one", "ACME_DB_KEY": "k"})
    admin.became(releases=[(text.format("REPORTS"), ACME_DB)], config={"REPORTS_URL": "db://one", "REPORTS_KEY": "k"})

    # A partner rolls one var: both apps, in one release each; the same again is none.
    for _ in range(2):
        rolled = {"config": [{"name": "MAILER_PASSWORD", "value": "rolled"}]}
        as_mailer.api("PATCH", f"/addons/{mail['id']}/config", rolled)
    shop.became(releases=[("Update POST by mailer", MAILER)], config={"POST_PASSWORD": "rolled"})
    admin.became(releases=[("Update MAILER by mailer", MAILER)], config={"MAILER_PASSWORD": "rolled"})

    # An undeclared name is refused, and the declared one beside it is not set.
    bad = [{"name": "MAILER_LOGIN", "value": "x"}, {"name": "POST_LOGIN", "value": "x"}]
    assert as_mailer.ask("PATCH", f"/addons/{mail['id']}/config", {"config": bad}).status_code == 422
    shop.became()
    admin.became()

    # The customer overrides a var; a plan change sets it back. Its own vars nobody touches.
    customer.api("PATCH", "/apps/shop/config-vars", {"ACME_DB_URL": "db://mine", "COLOUR": "red"})
    shop.became(
        releases=[("Set ACME_DB_URL, COLOUR config vars", YOU)], config={"ACME_DB_URL": "db://mine", "COLOUR": "red"}
    )
    customer.api("PATCH", f"/apps/shop/addons/{db['id']}", {"plan": "acme-db:pro"})
    url, key = acme_db.config_of(db["id"])["ACME_DB_URL"], "acme_db_key-on-pro"
    shop.became(releases=[("Update ACME_DB by acme-db", ACME_DB)], config={"ACME_DB_URL": url, "ACME_DB_KEY": key})
    admin.became(releases=[("Update REPORTS by acme-db", ACME_DB)], config={"REPORTS_URL": url, "REPORTS_KEY": key})

    # A second instance on the same app has a colour in its name.
    del acme_db.answers["POST"]
    second = add(customer, shop, "acme-db:test", name="db-2")
    (name,) = [a["name"] for a in customer.api("GET", f"/addons/{second['id']}/addon-attachments")]
    assert name.startswith("ACME_DB_")
    assert name not in ("ACME_DB_URL", "ACME_DB_KEY")
    values = acme_db.config_of(second["id"])
    shop.became(
        releases=[
            (f"Attach {name} (@ref:db-2)", YOU),
            (f"@ref:db-2 completed provisioning, setting {name}_KEY, {name}_URL.", YOU),
        ],
        config={f"{name}_URL": values["ACME_DB_URL"], f"{name}_KEY": values["ACME_DB_KEY"]},
    )

    # The partner takes a var away: it goes where it still is the partner's.
    customer.api("PATCH", "/apps/admin/config-vars", {"REPORTS_KEY": "mine"})
    admin.became(releases=[("Set REPORTS_KEY config vars", YOU)], config={"REPORTS_KEY": "mine"})
    as_acme.api("PATCH", f"/addons/{db['id']}/config", {"config": [{"name": "ACME_DB_KEY", "value": None}]})
    shop.became(releases=[("Update ACME_DB by acme-db", ACME_DB)], config={"ACME_DB_KEY": None})
    admin.became()

    # Detached from one app, it stays on the other.
    customer.api("DELETE", f"/addon-attachments/{mailer_on_admin['id']}")
    admin.became(releases=[("Detach MAILER (@ref:mail-1)", YOU)], config=dict.fromkeys(given))
    shop.became()

    # Destroyed with force, since the other app uses it; what that app's customer has set stays.
    assert customer.ask("DELETE", "/apps/shop/addons/db-1", {"force": False}).status_code == 422
    shop.became()
    customer.api("DELETE", "/apps/shop/addons/db-1", {"force": True})
    shop.became(releases=[("Detach ACME_DB (@ref:db-1)", YOU)], config={"ACME_DB_URL": None})
    admin.became(releases=[("Detach REPORTS (@ref:db-1)", YOU)], config={"REPORTS_URL": None})
    assert admin.config == {"REPORTS_KEY": "mine"}

    # The app that owns the rest goes, and the other one is left alone.
    shop.said_so()
    customer.api("DELETE", "/apps/shop")
    admin.became()
    admin.said_so()
    assert [list(partner.living) for partner in (mailer, acme_db)] == [[], []]

"""What every example begins with: people, two partners' services, an app that was deployed and one that was not."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from platform_sim.core.access import Actor
from platform_sim.core.actions import jobs
from platform_sim.core.actions.accounts import create_account, issue_token, partner_account
from platform_sim.core.actions.catalog import PlanSpec, register_manifest, set_abilities, set_plans
from platform_sim.core.clock import Chance, Clock
from platform_sim.core.model.records import Job
from platform_sim.core.store import Database, Transaction
from platform_sim.settings import load

from .. import support

APPS = ("acme", "other")
PLANS = ("test", "big")


def _manifest(slug: str, *bare: str, requires: tuple[str, ...]) -> dict[str, Any]:
    manifest = support.new_manifest(slug, *bare, requires=requires)
    manifest["api"] |= {"password": f"password-of-{slug}", "sso_salt": f"salt-of-{slug}"}
    manifest["api"]["production"] = {
        "base_url": f"https://{slug}.example/heroku/resources",
        "sso_url": f"https://{slug}.example/sso",
    }
    return manifest


MANIFESTS = {
    "alpha": _manifest("alpha", "URL", "KEY", requires=("many_per_app", "attachable")),
    "beta": _manifest("beta", "URL", requires=("syslog_drain", "log_input")),
}
"""`alpha` can be installed often and shared; `beta` once on an app, and it wants logs."""

ABILITIES = {"alpha": ["async_deprovisioning"], "beta": []}
"""What is enabled for them on request."""


def declared(slug: str) -> list[str]:
    """The config vars that a service's manifest declares."""
    return list(MANIFESTS[slug]["api"]["config_vars"])


def client_secret(slug: str) -> str:
    """Of a partner, for the token endpoint."""
    return f"client-secret-of-{slug}"


@dataclass(frozen=True)
class Template:
    """`image` is copied into each new platform; the tokens are the customer's and a stranger's."""

    image: bytes
    customer_id: str
    customer: str
    stranger: str


@cache
def template() -> Template:
    """Made once in a process."""
    database = Database(None, Clock(support.START), Chance(1), load({}))
    with database.transaction() as tx:
        customer, token = _person(tx, "user@example.com")
        _, stranger = _person(tx, "stranger@example.com")
        operator = partner_account(tx, "operator")
        for slug, manifest in MANIFESTS.items():
            service = register_manifest(tx, operator, manifest, client_secret=client_secret(slug))
            set_plans(tx, service, [PlanSpec(name) for name in PLANS])
            set_abilities(tx, service, ABILITIES[slug])
        first, _ = (support.new_app(tx, customer, name) for name in APPS)
        support.deploy(tx, customer, first, web="serve")
        for job in tx.all(Job, state="todo"):
            jobs.finish(tx, job)
    image = database._connection().serialize()
    database.close()
    return Template(image, customer.account.id, token, stranger)


def _person(tx: Transaction, email: str) -> tuple[Actor, str]:
    account = create_account(tx, email)
    token = issue_token(tx, account, "test")
    return Actor(account, token.authorization_id), token.token

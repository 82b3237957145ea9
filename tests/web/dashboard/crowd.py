"""Very much of everything that a page lists, for tests of sizes and for the bench."""

from dataclasses import replace

from platform_sim.core.actions.accounts import create_account
from platform_sim.core.actions.collaborators import join
from platform_sim.core.model.addons import AddonService, Plan
from platform_sim.core.model.drains import LogDrain
from platform_sim.core.model.records import Event, Exchange
from platform_sim.core.model.webhooks import Webhook
from platform_sim.core.store import Transaction

from ... import support
from ..world import Populated

APPS, ADDONS = 1000, 3000
STEPS = 6000
"""Of the timeline; more than it looks at."""


def much(tx: Transaction, full: Populated) -> None:
    """Copies of what there is: apps, add-ons on them, two hundred of all else that a list can be of."""
    service, plan = tx.all(AddonService)[0], tx.all(Plan)[0]
    shared = support.attach(tx, full.app, full.addon, "AGAIN")
    for n in range(APPS):
        name = f"app-number-{n:04d}-with-a-long-name"
        app = tx.insert(replace(full.app, id=tx.uuid("many"), name=name, legacy_number=n))
        for m in range(ADDONS // APPS):
            addon = replace(full.addon, id=tx.uuid("many"), name=f"exceptions-many-{n:04d}-{m}", app_id=app.id)
            tx.insert(addon)
            tx.insert(replace(shared, id=tx.uuid("many"), name=f"EXCEPTIONS_{m}", addon_id=addon.id, app_id=app.id))
        tx.insert(replace(shared, id=tx.uuid("many"), app_id=app.id))
    for n in range(200):
        addon = replace(full.addon, id=tx.uuid("many"), name=f"exceptions-acme-{n:04d}")
        tx.insert(addon)
        tx.insert(replace(shared, id=tx.uuid("many"), name=f"EXCEPTIONS_WITH_A_NAME_{n}", addon_id=addon.id))
        tx.insert(replace(service, id=tx.uuid("many"), name=f"service-{n:04d}", human_name=f"Service {n}"))
        tx.insert(replace(plan, id=tx.uuid("many"), name=f"plan-{n:04d}"))
        if n < 80:
            support.deploy(tx, full.world.customer, full.app, f"{n:08d}")
        account = create_account(tx, f"somebody-with-a-long-name-{n:04d}@a-long-domain.example.com")
        join(tx, full.world.customer.account, full.app, account)
        job = tx.add_job("provision", full.addon.id, {})
        tx.update(job, outcome={"message": "The add-on's provider answered 503. " * 20}, state=("todo", "done")[n % 2])
    for n in range(200):  # last: each of these hears of what happens
        for noun in (Webhook, LogDrain):
            (first, *_) = tx.all(noun)
            changes = {"url": f"https://{'long-' * 30}{n}.example.com/", "token": f"d.{n}"}
            known = {name: value for name, value in changes.items() if hasattr(first, name)}
            tx.insert(replace(first, id=tx.uuid("many"), **known))


def ledger(tx: Transaction, number: int = STEPS) -> None:
    """Copies of a call of a customer with the release that it made, in as many steps."""
    call, release = tx.all(Exchange)[0], tx.all(Event, kind="release")[0]
    first, seq = tx.highest(Event, "number") + 1, tx.highest(Exchange, "seq") + 1
    for n in range(number // 2):
        made = tx.insert(replace(call, id=tx.uuid("many"), seq=seq + n, after_event=first + n - 1, cause_id=None))
        event = replace(release, id=tx.uuid("many"), number=first + n, seq=1000 + n, cause_id=made.id)
        tx.insert(event)

"""The invariants hold while deliveries of webhooks are lost, come twice and overtake each other on purpose: above all
18, ordered subscriptions never overtake and repeats are the same bytes."""

from hypothesis import Phase

from platform_sim.core.actions import faults
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.faults import FAULT
from platform_sim.core.model.records import Event

from .play import play
from .world import World

KINDS = ("webhook-duplicated", "webhook-reordered", "webhook-lost")


def test_invariant_18_holds_under_faults_of_webhooks() -> None:
    acted: set[str] = set()

    def prepare(world: World) -> None:
        database = world.platform.database
        database.on_commit(lambda events: acted.update(each.data["fault"] for each in events if _acts(each)))
        with database.transaction() as tx:
            for kind in KINDS:
                faults.add(tx, tx.get(Account, world.customer_id), kind, {}, 2)

    assert play(5, 8, (Phase.generate,), prepare) >= 8
    assert acted >= {"webhook-duplicated", "webhook-lost"}, "most of its webhooks are ordered: these are not reordered"


def _acts(event: Event) -> bool:
    return event.kind == FAULT and "act" in event.data

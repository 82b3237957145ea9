"""Rows: the only room that speaks SQL. Transactions, snapshots, dataclass <-> row, migrations, joins."""

from platform_sim.core.store.database import Database
from platform_sim.core.store.eras import RowsReplaced
from platform_sim.core.store.session import Snapshot, Transaction

__all__ = ["Database", "RowsReplaced", "Snapshot", "Transaction"]

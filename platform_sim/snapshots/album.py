"""Takes snapshots of one platform and puts them in its place: rows in one transaction, then files and logs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from platform_sim.core.actions.accounts import lasting_token
from platform_sim.core.actions.clock import CLOCK
from platform_sim.core.actions.first_rows import EMAIL, FirstRows
from platform_sim.core.model.accounts import Account
from platform_sim.core.model.addons import Addon
from platform_sim.core.model.apps import App
from platform_sim.core.model.layout import Layout
from platform_sim.core.model.records import ClockState, Sequence
from platform_sim.core.model.seams import Outputs
from platform_sim.core.model.snapshots import BadSnapshot, KeptLines, Restored, Wanted
from platform_sim.core.store import Database, Transaction
from platform_sim.core.store.still import Raw, Still, replace_all
from platform_sim.snapshots.files import Kept, laid_out, pieces_of
from platform_sim.snapshots.lines import collected, laid
from platform_sim.snapshots.reading import Opened, opened
from platform_sim.snapshots.settle import BOOTS, settle
from platform_sim.snapshots.writing import write

LIVE = ("provisioning", "provisioned", "deprovisioning")


@dataclass(frozen=True)
class Album:
    """Of one platform. Nobody writes while `put` is under way, but for doors, whose calls end with a clear error."""

    database: Database
    layout: Layout
    lines: KeptLines
    outputs: Outputs

    def take(self, target: IO[bytes], wanted: Wanted) -> None:
        """Write a snapshot of now. BadSnapshot if a file of the platform cannot be read."""
        still = self.database.still()
        try:
            settle(still)
            files = Kept(self.layout).keep_all(still.rows)
            logs = collected(still.rows, self.lines, self.outputs) if wanted.logs else None
            write(still, target, secrets=wanted.secrets, files=files, files_inside=wanted.files, logs=logs)
        finally:
            still.close()

    @contextmanager
    def copied(self) -> Iterator[Opened]:
        """All there is now, secrets and logs too, as if it had been in a file: for another platform of this process."""
        still = self.database.still()
        try:
            settle(still)
            files = Kept(self.layout).keep_all(still.rows)
            logs = collected(still.rows, self.lines, self.outputs)
            yield Opened(still, files, lambda named: pieces_of(named.where), logs, has_secrets=True, made=())
        finally:
            still.close()

    @contextmanager
    def ready(self, source: IO[bytes] | Opened) -> Iterator["Ready"]:
        """A snapshot with all that is to be done unpacked and checked. BadSnapshot if it cannot be used."""
        with ExitStack() as stack:
            limit = self.database.rules.snapshot_size_limit
            found = source if isinstance(source, Opened) else stack.enter_context(opened(source, limit))
            put_files = stack.enter_context(laid_out(self.layout, found.still.rows, found.files, found.content))
            yield Ready(self, found, put_files)


@dataclass(frozen=True)
class Ready:
    """A snapshot that can be put in place."""

    album: Album
    snapshot: Opened
    _put_files: Callable[[], None]

    def check_fits(self, seed: int | None, frozen_at: datetime | None) -> None:
        """RuntimeError where a platform begins that has rows already, or is wanted to have another seed or time."""
        with self.album.database.snapshot() as rows:
            if rows.count(Account):
                raise RuntimeError(
                    f"there is a platform in {self.album.layout.root} already: use another --data folder for the "
                    "snapshot, or put it in place of the running one with `platform-sim snapshot restore`"
                )
        if frozen_at is not None:
            raise RuntimeError("a snapshot has its own clock: leave out --frozen-at")
        if seed not in (None, self.snapshot.still.seed):
            its = "no seed" if self.snapshot.still.seed is None else f"the seed {self.snapshot.still.seed}"
            raise RuntimeError(f"the snapshot goes on with {its}: leave out --seed {seed}")

    def put(self, token: str | None, begin: Callable[[Transaction], FirstRows]) -> tuple[FirstRows, Restored]:
        """Do it; no engine may run. `token`: the customer's, if the snapshot does not hold it.

        `begin`: writes what a start writes.
        """
        database, still = self.album.database, self.snapshot.still
        before = database.chance.seed
        database.chance.seed = still.seed
        try:
            with database.transaction() as tx:
                replace_all(tx, still, _stays)
                _put_clock(tx, still)
                if token is not None and not self.snapshot.has_secrets:
                    _put_token(tx, token)
                first = begin(tx)
                apps, addons = tx.count(App), tx.count(Addon, state=LIVE)
                tx.restored_at = still.now
        except BaseException:
            database.chance.seed = before
            raise
        database.look_for_faults()
        self._put_files()
        Kept(self.album.layout).note(self.snapshot.files)
        with database.snapshot() as rows:
            laid(rows, self.snapshot.logs or {}, self.album.lines, self.album.outputs)
        return first, Restored(still.now, apps, addons, len(self.snapshot.made), first.token)


def _stays(noun: type[Any], row: Raw) -> bool:
    """What counts the starts of this platform, whatever is put in its place."""
    return noun is Sequence and str(row[0]).startswith(BOOTS)


def _put_clock(tx: Transaction, still: Still) -> None:
    """It goes on from the time of the snapshot: for the platform none has passed since."""
    wall = tx.now() - tx.clock.offset()
    frozen_at, offset = (still.now, timedelta(0)) if still.stands else (None, still.now - wall)
    tx.insert(ClockState(CLOCK, frozen_at, offset.total_seconds()))
    tx.move_clock(frozen_at, offset)


def _put_token(tx: Transaction, token: str) -> None:
    customer = tx.find(Account, email=EMAIL)
    lasting = lasting_token(tx, customer) if customer else None
    if lasting is None:
        raise BadSnapshot(f"the snapshot cannot be used: it has no customer {EMAIL} with a token")
    tx.update(lasting, token=token)

"""The outputs themselves: kept by id, appended from any thread, read from the start or followed by threads.

Touches files in its folder, if it has one: `<id>.part` while the output grows, `<id>.txt` when it is finished.
"""

import codecs
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote


class UnknownOutput(LookupError):
    """There is no output with this id, and none is expected."""


class Output:
    """One output; read it through `since`, get woken through `watch`."""

    def __init__(self, changed: threading.Condition, data: bytes = b"", finished: bool = False) -> None:
        self.changed = changed
        self.data = bytearray(data)
        self.finished = finished
        self._watchers: list[Callable[[], None]] = []

    def since(self, offset: int) -> tuple[bytes, bool]:
        """The bytes after the first `offset`, and whether nothing will follow them."""
        with self.changed:
            return bytes(self.data[offset:]), self.finished

    def watch(self, wake: Callable[[], None]) -> None:
        """Call `wake` (from any thread) when there is more, or the end."""
        with self.changed:
            self._watchers.append(wake)

    def unwatch(self, wake: Callable[[], None]) -> None:
        """Call it no more."""
        with self.changed:
            if wake in self._watchers:
                self._watchers.remove(wake)

    def news(self) -> None:
        """Tell everybody; the caller holds `changed`."""
        self.changed.notify_all()
        for wake in self._watchers:
            wake()


class OutputStore:
    """Outputs by id, from any thread; in memory, or in a `folder` so that they outlive the process.

    `expected(id)` says that an output nobody has begun yet will come (a build that waits for its turn), so that
    readers wait instead of being told that there is none.
    """

    def __init__(
        self, folder: Path | None = None, *, expected: Callable[[str], bool] = lambda output_id: False
    ) -> None:
        self._folder = folder
        self._expected = expected
        self._changed = threading.Condition(threading.RLock())
        self._live: dict[str, Output] = {}
        self._closed = False
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def start(self, output_id: str) -> None:
        """Begin, or begin again: whatever an interrupted run has left is dropped."""
        with self._changed:
            output = self._live.get(output_id)
            if output is None:
                output = self._live[output_id] = Output(self._changed)
            output.data.clear()
            output.finished = False
            if self._folder is not None:
                self._path(output_id, ".txt").unlink(missing_ok=True)
                self._path(output_id, ".part").write_bytes(b"")
            output.news()

    def append(self, output_id: str, text: str) -> None:
        """Add `text`; begins the output if nobody has. Raises ValueError if it is finished."""
        data = text.encode("utf-8", "replace")
        with self._changed:
            output = self._find(output_id)
            if output is None:
                output = self._live[output_id] = Output(self._changed)
            if output.finished:
                raise ValueError(f"output {output_id} is finished; start it again to write to it")
            output.data += data
            if self._folder is not None:
                with self._path(output_id, ".part").open("ab") as file:
                    file.write(data)
            output.news()

    def finish(self, output_id: str) -> None:
        """Nothing will follow; idempotent, and an output without a word is one, too."""
        with self._changed:
            output = self._find(output_id)
            if output is None:
                output = self._live[output_id] = Output(self._changed)
            if output.finished:
                return
            output.finished = True
            if self._folder is not None:
                part = self._path(output_id, ".part")
                part.touch()
                part.replace(self._path(output_id, ".txt"))
                del self._live[output_id]  # from now on it is read from its file
            output.news()

    def forget(self, output_id: str) -> None:
        """Drop an output and its files."""
        with self._changed:
            self._live.pop(output_id, None)
            if self._folder is not None:
                self._path(output_id, ".part").unlink(missing_ok=True)
                self._path(output_id, ".txt").unlink(missing_ok=True)

    def find(self, output_id: str) -> Output | None:
        """The output, empty if it is only expected; None if there is none."""
        with self._changed:
            output = self._find(output_id)
        # Asked without our lock: the answer may wait for the database, whose listeners may wait for us.
        if output is not None or not self._expected(output_id):
            return output
        with self._changed:
            output = self._find(output_id)
            if output is None:
                output = self._live[output_id] = Output(self._changed)
            return output

    def read(self, output_id: str) -> str:
        """All there is so far; raises UnknownOutput."""
        return self._get(output_id).since(0)[0].decode("utf-8", "replace")

    def follow(self, output_id: str) -> Iterator[str]:
        """The output from its start, piece by piece as it comes, until it is finished or the store closed.

        Blocks its thread while there is nothing new; raises UnknownOutput at the first piece.
        """
        output = self._get(output_id)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        offset = 0
        while True:
            data, finished = self._wait(output, offset)
            offset += len(data)
            if text := decoder.decode(data, final=finished):
                yield text
            if finished:
                return

    def close(self) -> None:
        """The platform stops: `follow` ends; what is unfinished stays so in its file."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wait(self, output: Output, offset: int) -> tuple[bytes, bool]:
        """Until there is something after `offset`; that, and whether it is the last."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or output.finished or len(output.data) > offset)
            data, finished = output.since(offset)
            return data, finished or self._closed

    def _get(self, output_id: str) -> Output:
        output = self.find(output_id)
        if output is None:
            raise UnknownOutput(f"there is no output {output_id}, and none is expected")
        return output

    def _find(self, output_id: str) -> Output | None:
        """In memory, or in a file of this or an earlier run; the caller holds the lock."""
        output = self._live.get(output_id)
        if output is not None or self._folder is None:
            return output
        whole, part = self._path(output_id, ".txt"), self._path(output_id, ".part")
        if whole.exists():
            return Output(self._changed, whole.read_bytes(), finished=True)
        if part.exists():
            output = self._live[output_id] = Output(self._changed, part.read_bytes())
        return output

    def _path(self, output_id: str, ending: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{quote(output_id, safe='')}{ending}"

"""Every `sh` and `python` block of a page is typed, in order, in one shell beside a running platform.

A reader stands in the project's folder with `platform-sim up` (or `make up`) running. Here that is a scratch folder
with a copy of docs/examples; ports are free ones, and the app of `up --demo` is docs/examples/hello, which installs
nothing.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_sim.demo import scene as scene_module
from platform_sim.demo.scene import Scene
from platform_sim.loopback import free_port

from ..processes.leftovers import nothing_left
from ..processes.up import Up, outer_environment
from ..processes.waiting import LONGEST
from .pages import ROOT, Block, blocks, name, pages

__all__ = ["nothing_left"]

WITH_DEMO = ("README.md", "docs/commands.md", "docs/your-own-app.md")
"""Pages whose reader has typed `make up`; on the others it is `platform-sim up`."""
OWN_PLATFORM = ("docs/coverage.md",)
"""Pages whose reader starts the platform by what stands there, and needs no other."""
RUN = {name(page): blocks(page) for page in pages() if any(block.runs for block in blocks(page))}
PARTNER_PORT = "5300"
PROLOGUE = "set -eu\ntrap 'jobs -p | xargs kill 2>/dev/null || true; wait' EXIT\n"
pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Reader:
    """Somebody who types: `folder` is where they stand."""

    folder: Path
    port: int
    partner_port: int

    def local(self, text: str) -> str:
        """A text of the project with the ports of this test."""
        return re.sub(rf"\b{PARTNER_PORT}\b", str(self.partner_port), text.replace(":5100", f":{self.port}"))

    def script(self, found: list[Block]) -> str:
        """One shell for a whole page; it says which block begins."""
        parts = [PROLOGUE]
        for block in found:
            text = self.local(block.text)
            typed = text if block.language == "sh" else f"python - <<'@@END'\n{text}@@END\n"
            parts.append(f"printf '\\n@@ {block.line}\\n'\n{typed}")
        return "".join(parts)

    def type(self, found: list[Block]) -> tuple[int, str]:
        """Type the blocks; -> exit code and all that was printed."""
        output = self.folder / "output"
        identity = {
            f"GIT_{who}_{what}": "you@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        known = (
            outer_environment(self.folder)
            | identity
            | {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
                "GIT_TERMINAL_PROMPT": "0",
                "NO_COLOR": "1",
            }
        )
        with output.open("wb") as said:
            shell = subprocess.Popen(
                ["bash", "-c", self.script(found)],
                cwd=self.folder,
                env=known,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            code = shell.wait(3 * LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGTERM)
            code = shell.wait()
        return code, output.read_text(errors="replace")


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """In a folder like the project's, with a platform that keeps its data in .platform-sim there."""
    with Up(tmp_path, "--data", str(tmp_path / ".platform-sim")) as up:
        port = int(up.start()["url"].rpartition(":")[2])
        yield standing(tmp_path, port)


@pytest.fixture
def newcomer(tmp_path: Path) -> Reader:
    """In such a folder, where nothing runs yet."""
    return standing(tmp_path, free_port())


def standing(folder: Path, port: int) -> Reader:
    """Somebody in a folder with the examples."""
    made = Reader(folder, port, free_port())
    shutil.copytree(ROOT / "docs" / "examples", folder / "docs" / "examples")
    for path in (folder / "docs").rglob("*.*"):
        path.write_text(made.local(path.read_text()))
    return made


@pytest.fixture
def demo(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What `make up` has beside the platform: the reference partner, and the sample app with its add-on."""
    monkeypatch.setattr(scene_module, "SAMPLE_APP", ROOT / "docs" / "examples" / "hello")
    token = re.search(r'"token": "([^"]+)"', (reader.folder / ".platform-sim" / "ready.json").read_text())
    assert token is not None
    with Scene(f"http://localhost:{reader.port}", token.group(1), reader.folder / "demo") as scene:
        list(scene.set_up())
        yield


def said_by_block(output: str) -> dict[int, list[str]]:
    """What each block has printed: line of the page -> lines."""
    found: dict[int, list[str]] = {0: []}
    at = 0
    for line in output.splitlines():
        if line.startswith("@@ "):
            at = int(line[3:])
            found[at] = []
        else:
            found[at].append(line.rstrip())
    return found


def missing(expected: str, said: list[str]) -> list[str]:
    """Lines of an output block that were not printed, in their order; `...` stands for anything, blanks for blanks."""
    left = [" ".join(line.split()) for line in said]
    lost = []
    for line in expected.splitlines():
        if not line.strip() or line.strip() == "...":
            continue
        parts = re.split(r" ?\.\.\. ?", " ".join(line.split()))
        pattern = re.compile(".*".join(re.escape(part) for part in parts))
        at = next((i for i, each in enumerate(left) if pattern.fullmatch(each)), None)
        if at is None:
            lost.append(line)
        else:
            left = left[at + 1 :]
    return lost


@pytest.mark.parametrize("page", RUN)
def test_the_blocks_of_a_page_do_what_it_says(page: str, request: pytest.FixtureRequest) -> None:
    reader: Reader = request.getfixturevalue("newcomer" if page in OWN_PLATFORM else "reader")
    if page in WITH_DEMO:
        request.getfixturevalue("demo")
    typed = [block for block in RUN[page] if block.runs]
    code, output = reader.type(typed)
    said = said_by_block(output)
    assert code == 0, f"{page}:{max(said)} ended with {code}:\n" + "\n".join(said[max(said)])
    before = 0
    for block in RUN[page]:
        if block.runs:
            before = block.line
        if block.is_output:
            lost = missing(reader.local(block.text), said[before])
            assert lost == [], f"{block} shows lines that were not printed; it was:\n" + "\n".join(said[before])


WRITTEN = re.compile(
    r"(?:>>?|--client-secret-out|--token-out|-o|snapshot take|export|pull -o) ([a-z-]+(?:\.[a-z]+)+|[a-z-]*secret)\b"
)
"""What a block writes in the reader's own folder, by the name that is typed."""


def test_git_leaves_out_what_the_pages_write() -> None:
    """`git add .` of a reader takes no secrets, snapshots, answers or logs along."""
    typed = [block.text for page in RUN.values() for block in page if block.runs and "cd " not in block.text]
    found = {each for text in typed for each in WRITTEN.findall(text)}
    assert {"client-secret", "before.snapshot", "partner.log"} <= found
    git = ["git", "-C", str(ROOT), "check-ignore", "--no-index", "--stdin"]
    ignored = subprocess.run(git, input="\n".join(sorted(found)), capture_output=True, text=True, check=False).stdout
    assert " ".join(sorted(found - {"web.py"} - set(ignored.splitlines()))) == ""


def test_an_output_block_is_compared_line_by_line() -> None:
    said = ["a 1", "", "b", "c   77 d"]
    assert missing("a   1\n...\nc ... d\n", said) == []
    assert missing("b\na 1\n", said) == ["a 1"]
    assert missing("a ...\nx\n", said) == ["x"]


def test_a_failing_block_is_named(reader: Reader) -> None:
    code, output = reader.type([Block("p", 3, "sh", "x=1\n", ""), Block("p", 7, "sh", "test $x = 2\n", "")])
    assert (code != 0, max(said_by_block(output))) == (True, 7)
    code, output = reader.type([Block("p", 3, "python", "print(6 * 7)\n", ""), Block("p", 9, "python", "1 / 0\n", "")])
    assert (code != 0, said_by_block(output)[3]) == (True, ["42", ""])

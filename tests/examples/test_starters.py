"""The tests that `new addon` writes for Node pass where Node is; those for Python are run in tests/cli/test_new.py."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from platform_sim.cli.main import cli

from ..cli.test_new import has_node

pytestmark = pytest.mark.processes


@pytest.mark.skipif(not has_node(), reason="needs Node >= 20")
def test_the_tests_for_node_that_are_written_pass_and_can_fail(tmp_path: Path) -> None:
    folder = tmp_path / "zebra-7"
    assert CliRunner().invoke(cli, ["new", "addon", "--lang", "node", str(folder)]).exit_code == 0
    assert "pytest" not in (folder / "README.md").read_text()
    assert _tried(folder) == (0, True)
    service = folder / "service.mjs"
    service.write_text(service.read_text().replace("plan: resource.plan", "plan: 'none'"))
    assert _tried(folder) == (1, False)


def _tried(folder: Path) -> tuple[int, bool]:
    """Its exit code, and whether one test has passed."""
    known = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["node", "--test"], cwd=folder, env=known, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, " pass 1\n" in done.stdout

"""`platform-sim export`: what it writes is a scenario that can be played."""

import json
import stat
from pathlib import Path

from platform_sim.scenarios.document import load
from platform_sim.testing import Heroku

from .conftest import Run


def test_it_writes_a_file_that_can_be_played(run_alone: Run, alone: Path) -> None:
    with Heroku() as heroku:
        heroku.app("shop").set_config(WORD="hush-hush")
        place = ("--url", heroku.url, "--token", heroku.token)
        printed = run_alone("export", *place)
        dashed = run_alone("export", "-", *place)
        done = run_alone("export", "mine.scenario.yaml", *place)
        open_one = run_alone("export", "open.yaml", "--with-secrets", "--scripted", *place)
        told = run_alone("export", "--json", *place)
    assert (printed.exit_code, done.exit_code, open_one.exit_code) == (0, 0, 0)
    assert done.stdout == "mine.scenario.yaml written; play it with: platform-sim run mine.scenario.yaml\n"
    assert Path("mine.scenario.yaml").read_text() == printed.stdout
    assert json.loads(told.stdout) == load(alone / "mine.scenario.yaml").content
    assert (dashed.stdout, Path("-").exists()) == (printed.stdout, False)
    assert "hush-hush" not in printed.stdout + told.stdout
    assert load(alone / "open.yaml").content["apps"]["shop"]["config"] == {"WORD": "hush-hush"}
    assert stat.S_IMODE(Path("open.yaml").stat().st_mode) == 0o600
    again = run_alone("run", "mine.scenario.yaml")
    assert again.exit_code == 0, again.output
    assert run_alone("export", "no/folder.yaml", *place).exit_code == 3

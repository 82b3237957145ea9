"""Folders and ports of dynos, and that a guest takes nothing away."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from platform_sim.engines.dynos import ports
from platform_sim.engines.dynos.lodgings import Lodgings


def now(act: Callable[[], None]) -> None:
    act()


def test_a_lodging_is_filled_and_cleared(tmp_path: Path) -> None:
    (tmp_path / "slug").mkdir()
    (tmp_path / "slug" / "app.py").write_text("print()")
    lodgings = Lodgings(tmp_path / "dynos")
    lodging = lodgings.take("k1", web=True)
    assert lodging.port is not None
    assert lodgings.take("k2", web=False).port is None
    lodgings.fill(lodging, tmp_path / "slug")
    assert (tmp_path / "dynos" / "k1" / "app.py").read_text() == "print()"
    lodgings.sweep(lodging, now)
    lodgings.close()
    assert list((tmp_path / "dynos").iterdir()) == []


def test_what_a_guest_leaves_is_its_host_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([5001, 5001, 5002, 5001])
    monkeypatch.setattr(ports, "free_port", lambda: next(free))
    lodgings = Lodgings(tmp_path / "dynos")
    host = lodgings.take("k1", web=True)
    lodgings.fill(host, None)
    (host.home / "file").write_text("kept")
    guest = replace(host, guest=True)
    lodgings.fill(guest, None)
    lodgings.clear(guest)
    lodgings.sweep(guest, now)
    assert lodgings.take("k2", web=True).port == 5002, "5001 is the host's"
    lodgings.clear(host)
    assert lodgings.take("k3", web=True).port == 5001
    lodgings.close()
    assert not host.home.exists()

"""Terminals of attached dynos: what they are, and who gets them."""

import os

import pytest

from platform_sim.core.model.seams import Terminal
from platform_sim.engines.dynos.terminals import MOST_KEPT, TerminalDesk, open_ends


def a_terminal() -> Terminal:
    """With a descriptor that can be seen to be closed."""
    reading, writing = os.pipe()
    os.close(writing)
    return Terminal(reading, False, lambda: None)


def is_open(terminal: Terminal) -> bool:
    try:
        os.fstat(terminal.fd)
    except OSError:
        return False
    return True


def test_a_tty_has_the_size_that_the_customer_has() -> None:
    with open_ends(True, {"COLUMNS": "132", "LINES": "50"}) as ends:
        assert os.get_terminal_size(ends.inner) == (132, 50)
        assert ends.tty_name() == os.ttyname(ends.inner)


@pytest.mark.parametrize(
    "env", [{}, {"COLUMNS": "80"}, {"COLUMNS": "x", "LINES": "50"}, {"COLUMNS": "99999", "LINES": "1"}]
)
def test_sizes_that_are_none_are_left_alone(env: dict[str, str]) -> None:
    with open_ends(True, env) as ends:
        assert os.get_terminal_size(ends.inner) == (0, 0)


def test_without_a_tty_bytes_pass_as_they_are() -> None:
    with open_ends(False, {}) as ends:
        assert ends.tty_name() is None
        os.write(ends.outer, b"\x04\r\n")
        assert os.read(ends.inner, 10) == b"\x04\r\n"


@pytest.mark.parametrize("tty", [True, False])
def test_what_is_not_handed_out_is_closed(tty: bool) -> None:
    with open_ends(tty, {}) as lost:
        pass
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(lost.outer)
    with open_ends(tty, {}) as kept:
        terminal = kept.hand_out(lambda: None)
    assert (terminal.fd, terminal.is_tty) == (kept.outer, tty)
    os.close(terminal.fd)


def test_who_comes_first_waits_and_each_terminal_is_given_once() -> None:
    desk, got = TerminalDesk(lambda secret: secret in ("early", "late")), []
    desk.expect("early", got.append)
    assert got == []
    early, late = a_terminal(), a_terminal()
    desk.offer("early", early)
    desk.offer("late", late)
    desk.expect("late", got.append)
    assert got == [early, late]
    desk.expect("unknown", got.append)
    assert got[2] is None
    for each in (early, late):
        os.close(each.fd)


def test_a_dyno_that_could_not_start_lets_its_customer_go() -> None:
    desk, got = TerminalDesk(lambda secret: True), []
    desk.expect("secret", got.append)
    desk.withdraw("secret")
    desk.withdraw("secret")
    assert got == [None]


def test_what_nobody_fetches_is_closed() -> None:
    desk, got = TerminalDesk(lambda secret: True), []
    made = [a_terminal() for _ in range(MOST_KEPT + 1)]
    for number, each in enumerate(made):
        desk.offer(str(number), each)
    assert [is_open(each) for each in made] == [False] + [True] * MOST_KEPT
    desk.expect("waits", got.append)
    desk.close()
    assert not any(map(is_open, made))
    assert got == [None]

"""A private Heroku without pytest: decorator and base of test cases, run by unittest's own runner."""

import io
import threading
import unittest
from pathlib import Path

import pytest

from platform_sim.testing import Heroku, Service, with_heroku

from . import suites


def run(case: type[unittest.TestCase]) -> dict[str, str]:
    """Of each test what unittest says: its traceback, why it was skipped, or "" if it has passed."""
    suite = unittest.TestLoader().loadTestsFromTestCase(case)
    names = [each.id().rpartition(".")[2] for each in suite if isinstance(each, unittest.TestCase)]
    result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
    said = dict.fromkeys(names, "")
    said |= {test.id().rpartition(".")[2]: told for test, told in [*result.failures, *result.errors, *result.skipped]}
    return said


def test_each_test_has_a_world_and_what_is_right_passes() -> None:
    suites.WORLDS.clear()
    assert run(suites.Right) == dict.fromkeys(
        ["test_a_second_world_by_the_decorator", "test_another_has_a_world_of_its_own", "test_life"], ""
    ) | {"test_skipped": "not today"}
    assert len({id(each) for each in suites.WORLDS}) == 2
    assert not any(each.runs for each in suites.WORLDS)
    assert [each.name for each in threading.enumerate() if "partner" in each.name] == []


def test_what_fails_tells_its_timeline_and_what_leaks_fails() -> None:
    said = run(suites.Wrong)
    assert "AssertionError: 1 != 2" in said["test_fails"]
    assert "customer → platform  POST /apps  201" in said["test_fails"].partition("Platform Sim timeline:\n")[2]
    assert 'faults: gentle, seed 41; repeat with heroku.faults.profile("gentle", 41)\n' in said["test_fails"]
    leak = "LeaksLeft: the test leaves leaks:\n  "
    why = "was to be deleted, and the partner has not acknowledged it (asked once)"
    for name in ("test_leaks", "test_a_cleanup_leaks"):
        assert leak in said[name] and why in said[name]
    assert "platform → partner  DELETE /heroku/resources" in said["test_leaks"]
    assert said["test_skips_itself"] == "it cannot be tested here"
    assert said["test_ends_it_itself"] == ""
    assert run(suites.MayLeak) == {"test_leaks": "", "test_a_cleanup_leaks": ""}


def test_async_tests_are_awaited() -> None:
    said = run(suites.Async)
    assert (said.pop("test_life"), said.pop("test_decorated")) == ("", "")
    assert "the test leaves leaks" in said["test_fails"]


def test_decorated_methods_and_plain_objects() -> None:
    said = run(suites.Plain)
    assert "the test leaves leaks" in said.pop("test_leaks")
    assert said == dict.fromkeys(["test_a_context", "test_a_server", "test_decorated", "test_may_leak"], "")


def test_a_decorated_function_is_called_as_before() -> None:
    @with_heroku()
    def made(first: int, heroku: Heroku, *, more: int = 0) -> tuple[int, int, bool]:
        """Says."""
        return first, more, heroku.runs

    assert made(1, more=2) == (1, 2, True)
    assert made.__doc__ == "Says."

    def without() -> None: ...

    with pytest.raises(TypeError, match="without has no argument `heroku` to be given"):
        with_heroku()(without)


def test_a_manifest_may_be_a_file(tmp_path: Path) -> None:
    assert Service({"id": "x"}).contents() == {"id": "x"}
    file = tmp_path / "manifest.json"
    with pytest.raises(FileNotFoundError):
        Service(file).contents()
    file.write_text('{"id": "y"}')
    assert Service(file).contents() == Service(str(file)).contents() == {"id": "y"}


def test_they_go_under_pytest_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from platform_sim.testing import Heroku, HerokuTestCase, with_heroku

        class Case(HerokuTestCase):
            def test_passes(self):
                self.assertEqual(self.heroku.ask("GET", "/apps"), [])

            def test_fails(self):
                self.heroku.app("shop")
                self.fail("on purpose")

        @with_heroku()
        def test_decorated(heroku, tmp_path):
            assert isinstance(heroku, Heroku) and tmp_path.exists()
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:xdist", "-p", "no:hypothesispytest", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*on purpose*", "*Platform Sim timeline:*", "*POST /apps  201*"])

"""Suites of unittest as somebody else writes them; tests/testing/test_case.py runs them."""

import unittest

from platform_sim.assemble import Platform
from platform_sim.testing import Factory, Heroku, HerokuTestCase, Partner, Service, with_heroku

WORLDS: list[Heroku] = []


def own() -> Service:
    """Each Heroku has one that has held nothing before."""
    partner = Partner("own")
    return Service(partner.manifest, Factory(lambda told: Partner("own")), plans=("free", "pro=900"))


def leave(heroku: Heroku) -> None:
    """A DELETE without an answer."""
    partner = Partner("leaky")
    heroku.register(partner.manifest, partner=partner)
    heroku.clock.freeze()
    partner.answer("DELETE", 503)
    heroku.app("shop").addons.create("leaky").destroy()


class Right(HerokuTestCase):
    heroku_seed = 7
    heroku_settings = {"access_token_life": 77}
    heroku_services = (own(),)

    def setUp(self) -> None:
        super().setUp()
        self.app = self.heroku.app("shop")

    def test_life(self) -> None:
        WORLDS.append(self.heroku)
        self.assertEqual(self.heroku.ask("GET", "/sim/status")["clock"]["frozen"], False)
        addon = self.app.addons.create("own:pro")
        self.assertEqual((addon.state, addon.plan), ("provisioned", "own:pro"))
        addon.destroy()

    def test_another_has_a_world_of_its_own(self) -> None:
        WORLDS.append(self.heroku)
        self.assertEqual([each["name"] for each in self.heroku.ask("GET", "/apps")], ["shop"])

    @unittest.skip("not today")
    def test_skipped(self) -> None:
        raise AssertionError("it was to be skipped")

    @with_heroku(seed=8)
    def test_a_second_world_by_the_decorator(self, heroku: Heroku) -> None:
        self.assertIsNot(heroku, self.heroku)
        self.assertEqual(heroku.ask("GET", "/apps"), [])


class Async(HerokuTestCase, unittest.IsolatedAsyncioTestCase):
    async def test_life(self) -> None:
        self.assertEqual(self.heroku.ask("GET", "/apps"), [])

    async def test_fails(self) -> None:
        leave(self.heroku)

    @with_heroku()
    async def test_decorated(self, heroku: Heroku) -> None:
        self.assertEqual(heroku.ask("GET", "/apps"), [])


class Wrong(HerokuTestCase):
    def test_fails(self) -> None:
        self.heroku.app("shop")
        self.heroku.faults.profile("gentle", 41)
        self.assertEqual(1, 2)

    def test_leaks(self) -> None:
        leave(self.heroku)

    def test_a_cleanup_leaks(self) -> None:
        self.addCleanup(leave, self.heroku)

    def test_skips_itself(self) -> None:
        leave(self.heroku)
        self.skipTest("it cannot be tested here")

    def test_ends_it_itself(self) -> None:
        leave(self.heroku)
        self.heroku.stop()


class MayLeak(HerokuTestCase):
    heroku_leaks_ok = True

    def test_leaks(self) -> None:
        leave(self.heroku)

    def test_a_cleanup_leaks(self) -> None:
        self.addCleanup(leave, self.heroku)


class Plain(unittest.TestCase):
    """`Heroku` and `Platform` as plain objects."""

    def test_a_context(self) -> None:
        with Heroku() as heroku:
            self.assertEqual(heroku.ask("GET", "/apps"), [])

    def test_a_server(self) -> None:
        platform = Platform().start()
        self.addCleanup(platform.stop)
        self.assertRegex(platform.url, r"^http://localhost:\d+$")

    @with_heroku(services=[own()])
    def test_decorated(self, heroku: Heroku) -> None:
        self.assertEqual(heroku.app("shop").addons.create("own").state, "provisioned")

    @with_heroku(leaks_ok=True)
    def test_may_leak(self, heroku: Heroku) -> None:
        leave(heroku)

    @with_heroku()
    def test_leaks(self, heroku: Heroku) -> None:
        leave(heroku)

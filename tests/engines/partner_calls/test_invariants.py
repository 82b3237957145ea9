"""Whatever partner, customer and kills do: at rest both sides have the same add-ons (design §8 rules 1 to 7)."""

import random
from collections.abc import Callable

import pytest

from platform_sim.core.model.addons import Addon
from platform_sim.engines.jobs import JobRunner
from platform_sim.partners.contract import PartnerAnswer, PartnerRequest

from .world import Step, World, answer, lost


class Killed(BaseException):
    """The platform dies here."""


class Story:
    """A customer who creates, changes and destroys, a partner with bad days, a platform that is killed at times."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world = World(refused_delete_keeps_addon=self.dice.random() < 0.5)
        self.world.allow(*(["async_deprovisioning"] if self.dice.random() < 0.5 else []))
        self.boots = 1
        self.addons: list[Addon] = []

    def run(self) -> None:
        for _ in range(12):
            self.dice.choice([self.create, self.destroy, self.change_plan])()
            self.world.partner.script = [self.answer() for _ in range(self.dice.randrange(3))]
            self.work()
        self.world.partner.script = []
        self.reboot()
        self.world.settle()

    def create(self) -> None:
        if not self.world.live():
            self.addons.append(self.world.create()[0])

    def destroy(self) -> None:
        for addon in self.addons:
            if self.world.addon(addon).state != "deprovisioned":
                self.world.destroy(addon)

    def change_plan(self) -> None:
        for addon in self.addons:
            if self.world.addon(addon).state == "provisioned":
                self.world.ask_for_plan(addon, self.dice.choice(["test", "big"]))

    def answer(self) -> Step:
        right = self.world.partner.right
        acts_but = self.world.partner.acts_but
        choices: list[Callable[[], Step]] = [
            lambda: right,
            lambda: lambda _: answer(422, {"message": "no"}),
            lambda: lambda _: lost("refused connection"),
            lambda: lambda _: lost("timeout"),
            lambda: acts_but(lost("cut")),
            lambda: acts_but(answer(500)),
            lambda: acts_but(answer(200, b"<html>")),
            lambda: acts_but(answer(202)),
            lambda: self.dies(True),
            lambda: self.dies(False),
            lambda: self.destroyed_meanwhile,
        ]
        return self.dice.choice(choices)()

    def dies(self, acted: bool) -> Step:
        def step(request: PartnerRequest) -> PartnerAnswer:
            if acted:
                self.world.partner.right(request)
            raise Killed

        return step

    def destroyed_meanwhile(self, request: PartnerRequest) -> PartnerAnswer:
        self.destroy()
        return self.world.partner.right(request)

    def work(self) -> None:
        try:
            self.world.runner.run_until_idle()
            if self.dice.random() < 0.5:
                self.world.settle()
        except Killed:
            self.reboot()

    def reboot(self) -> JobRunner:
        self.boots += 1
        self.world.runner = self.world.boot(f"boot-{self.boots}")
        self.world.runner.recover()
        return self.world.runner


@pytest.mark.parametrize("seed", range(120))
def test_at_rest_both_sides_have_the_same(seed: int) -> None:
    story = Story(seed)
    world = story.world
    story.run()
    states = {addon.id: world.addon(addon).state for addon in story.addons}
    live = {uuid for uuid, state in states.items() if state == "provisioned"}
    assert world.open_jobs() == []
    assert set(states.values()) <= {"provisioned", "deprovisioned"}, "nothing is left in the middle"
    assert live == set(world.partner.resources), f"seed {seed}"
    assert world.partner.made == len(world.partner.resources) + len(world.partner.deleted), "one resource a uuid"
    assert bool(world.config()) == bool(live)
    world.close()

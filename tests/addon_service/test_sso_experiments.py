"""The reference partner in the SSO lab: it does what the contract expects, and what a careful partner does."""

import pytest

from platform_sim.core.model.sso import Entry, SsoTarget
from platform_sim.core.model.sso_lab import EXPERIMENTS, Experiment, fields, judge

from .heroku import START
from .partner import OTHER, SALT, UUID, Partner

TARGET = SsoTarget("post", "http://partner.test/heroku/sso")


def entry(uuid: str) -> Entry:
    return Entry(uuid, uuid, "user-1", "user@example.com", "shop", "front", "e30")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.name)
def test_it_passes(experiment: Experiment, partner: Partner) -> None:
    partner.provision()
    if experiment.resource == "deleted":
        partner.provision(uuid=OTHER)
        partner.deprovision(OTHER)
    form = fields(experiment, TARGET, entry(UUID), entry(OTHER), SALT, int(START.timestamp()))
    answers = [partner.client.post("/heroku/sso", data=form) for _ in range(experiment.times)]
    landed = partner.client.get(answers[-1].headers["Location"]).status_code if experiment.is_to_enter else None
    assert judge(experiment, [each.status_code for each in answers], landed)[0] == "right"

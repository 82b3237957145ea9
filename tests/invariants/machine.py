"""The state machine. Each act is checked when it is done, everything at rest.

There is one rule, and the choice is in its argument: Hypothesis switches whole rules off in most examples, and a life
without half of what can happen in it finds little.
"""

from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from . import customer
from .acts import ACTS, RECEIVER, SCRIPT, SLUG, YES_OR_NO, Act, meanwhile
from .at_rest import check_at_the_end, rest
from .behaviour import Behaviour
from .template import APPS, PLANS
from .world import World


class Invariants(RuleBasedStateMachine):
    """Create, plan, attach, rotate, destroy, advance the clock, partner misbehaviour, crash."""

    @initialize(slug=SLUG, script=SCRIPT, moods=RECEIVER, rotates=YES_OR_NO, unchanged=YES_OR_NO, last=YES_OR_NO)
    def begin(
        self, slug: str, script: list[Behaviour], moods: list[str], rotates: bool, unchanged: bool, last: bool
    ) -> None:
        """A fresh platform, with settings where Heroku's behaviour is not known, a first add-on and a webhook."""
        self.world = World(
            meanwhile,
            refresh_token_rotates=rotates,
            unchanged_config_makes_release=unchanged,
            last_attachment_can_be_detached=last,
        )
        self.prepare()
        customer.create(self.world, APPS[0], slug, PLANS[0], None, script)
        customer.subscribe(self.world, APPS[0], moods)

    def prepare(self) -> None:
        """What a round may do with each world before anything happens in it."""

    @rule(act=ACTS)
    def happens(self, act: Act) -> None:
        """Anything."""
        act.do(self.world)

    def check_invariants(self, *_: object) -> None:
        """After each step: what was seen in it. Not as `@invariant`, which would print a line a step."""
        if hasattr(self, "world"):
            self.world.check()

    def teardown(self) -> None:
        """At the end of every example all comes to rest."""
        if hasattr(self, "world"):
            try:
                rest(self.world)
                check_at_the_end(self.world)
            finally:
                self.world.close()

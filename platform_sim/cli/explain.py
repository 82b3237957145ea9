"""`platform-sim explain`: what a rule of `check` asks, why, and what to do."""

import click

from platform_sim.cli.show import echo_lines
from platform_sim.conformance.catalogue import RULES, rule_named
from platform_sim.conformance.pages import explained


@click.command()
@click.argument("rule")
def command(rule: str) -> None:
    """Say what a rule of `check` asks, why, and what to do."""
    found = rule_named(rule)
    if found is None:
        raise click.UsageError(
            f"there is no rule {rule!r}: they are {RULES[0].id} to {RULES[-1].id}, see docs/rules.md"
        )
    echo_lines(explained(found))

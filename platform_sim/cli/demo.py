"""`platform-sim demo`: the whole story on free ports, with everything cleaned up at the end."""

import click

from platform_sim.cli.failures import Failure
from platform_sim.demo.narrator import StoryFailed
from platform_sim.demo.programs import SceneProblem
from platform_sim.demo.story import Story


@click.command
@click.option("--seed", type=int, help="Make ids and names repeat from run to run.")
def command(seed: int | None) -> None:
    """Run the whole story on free ports, tell it, and clean up. Exit 1 if a step is not what it claims."""
    try:
        Story(seed).run()
    except (StoryFailed, SceneProblem) as problem:
        raise Failure(f"the story broke off: {problem}") from None

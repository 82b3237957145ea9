"""What doors and engines are given of scenario files: the room's own functions, though loaded late."""

import pytest

from platform_sim.scenarios import for_platforms
from platform_sim.scenarios.glue import LANGUAGE, play
from platform_sim.scenarios.problems import BadScenario
from platform_sim.scenarios.schema import schema
from platform_sim.scenarios.write import written

NAME = "a.scenario.yaml"


def test_doors_read_write_and_name_files_as_the_room_does() -> None:
    made = {"scenario": "Nothing: to see", "steps": []}
    assert LANGUAGE.write(made) == written(made)
    assert LANGUAGE.schema() == schema()
    name = LANGUAGE.stories()[0]
    assert LANGUAGE.stories() == for_platforms.story_names()
    assert LANGUAGE.story(name) == for_platforms.story(name)
    with pytest.raises(LookupError):
        LANGUAGE.story("nothing")
    title, problems = LANGUAGE.read("steps: 1\n", NAME)
    assert not title
    assert problems == for_platforms.read("steps: 1\n", NAME)[1] != []


def test_engines_play_files_as_the_room_does() -> None:
    with pytest.raises(BadScenario):
        play("steps: 1\n", NAME, "http://nobody.invalid", "token", lambda _: None, lambda: False, environment={})

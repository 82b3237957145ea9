"""How a platform may be started."""

from datetime import UTC, datetime

import pytest

from platform_sim.options import Options


@pytest.mark.parametrize("year", [1969, 3000, 9999])
def test_a_clock_begins_in_years_in_which_all_that_is_due_later_has_room(year: int) -> None:
    with pytest.raises(ValueError, match="is no time for a clock: it goes from the year 1970 to 2999"):
        Options(frozen_at=datetime(year, 12, 31, tzinfo=UTC))

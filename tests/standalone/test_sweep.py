"""Walking through time: what a walk looks for is what the workers look for."""

from services.core.runs import queries as runs
from services.standalone.sweep import ALONG, STOPS, WALKED
from services.worker.ticks import TICKS


def test_a_walk_knows_the_moments_of_every_tick_but_the_account_of_the_watch() -> None:
    assert set(WALKED) == {*STOPS, *ALONG} == set(TICKS) - {runs.TICK}

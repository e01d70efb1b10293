"""The main job on the embedded stack: nothing is lost or stuck, and the store is what a plain count says."""

import pytest

from tests.real_input.run import run
from tests.worlds import world_of

pytestmark = pytest.mark.real


def test_the_store_is_what_the_file_says_before_and_after_it_is_edited() -> None:
    with world_of("embedded") as world:
        outcome = run(world)
    assert outcome.clean, str(outcome)
    after_import, after_edits = outcome.ledgers.values()
    assert (after_import.compared["entries"], after_import.compared["publications"]) == (1435, 1435)
    assert (after_edits.compared["entries"], after_edits.compared["publications"]) == (1385, 1585)

"""The same histories on the embedded engine and on a real one: what is seen is the same.

The embedded engine is killed and started again before each call (`OnRows`). What Camunda 7 shows of the
scripted histories is in histories.txt; random ones are played on both.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kernel.engine import EmbeddedEngine
from kernel.errors import Unavailable
from tests.contract.engines import OnRows, on_rows, over_rest
from tests.contract.histories import SCRIPTED, at_random, expected
from tests.contract.saboteurs import SABOTEURS, Saboteur
from tests.contract.stories import Story, differences, played, raised
from tests.resilience.harness.sizes import chosen_seed, sized
from tests.servers import RunningCamunda

DATABASE = "engine"


@pytest.fixture
async def embedded(url: str) -> AsyncIterator[OnRows]:
    async with on_rows(url) as bench:
        yield bench


async def test_the_embedded_engine_does_what_camunda_does(embedded: OnRows) -> None:
    found = await played(embedded, SCRIPTED)
    assert raised(found) == []
    assert list(differences(found, expected())) == []


def test_every_scripted_history_is_written_down() -> None:
    assert list(expected()) == list(SCRIPTED)
    assert raised(expected()) == []


@pytest.mark.real  # it needs no real engine, but half a minute
@pytest.mark.parametrize("saboteur", SABOTEURS, ids=lambda saboteur: saboteur.wrong)
async def test_an_engine_that_is_built_wrong_is_noticed(embedded: OnRows, saboteur: Saboteur) -> None:
    wrong = OnRows(embedded.database, saboteur.engine())
    histories = {name: SCRIPTED[name] for name in saboteur.histories}
    try:
        found = await played(wrong, histories)
    finally:
        await embedded.empty()  # what it has left behind would trip the others up
    missed = [name for name in histories if found[name] == expected()[name]]
    assert missed == []


def test_a_saboteur_leaves_the_engine_alone(embedded: OnRows) -> None:
    wrong = SABOTEURS[0].engine()
    assert wrong is not EmbeddedEngine
    assert isinstance(embedded.engine, EmbeddedEngine)
    assert not isinstance(wrong(embedded.database), EmbeddedEngine)


@pytest.mark.real
async def test_a_real_engine_does_what_is_written_down(engine_server: RunningCamunda) -> None:
    async with over_rest(engine_server.url("catalog")) as real:
        found = await played(real, SCRIPTED)
    assert list(differences(found, expected())) == []


@pytest.mark.real
async def test_random_histories_are_the_same_on_both(embedded: OnRows, engine_server: RunningCamunda) -> None:
    seed = chosen_seed()
    histories = {f"seed {number}": at_random(number) for number in range(seed, seed + sized(100))}
    here = await played(embedded, histories)
    async with over_rest(engine_server.url("catalog")) as real:
        there = await played(real, histories)
    assert raised(here) == []
    assert list(differences(here, there)) == []


@pytest.mark.real
async def test_a_real_engine_that_is_killed_goes_on(embedded: OnRows, engine_server: RunningCamunda) -> None:
    """Once on the way forward and once on the way back, each time with a task in hand."""

    async def killed(story: Story) -> None:
        if isinstance(story.bench, OnRows):
            return  # it is killed all the time
        engine_server.kill()
        with pytest.raises(Unavailable):
            await story.bench.engine.check()
        await asyncio.to_thread(engine_server.start)

    async def play(story: Story) -> None:
        await story.start()
        await story.up_to(1)
        task = await story.take()
        await killed(story)
        await story.done(task, kept=True)
        await story.up_to(1)
        await story.fire()
        task = await story.take()
        await killed(story)
        await story.done(task)
        await story.rest()

    async with over_rest(engine_server.url("catalog")) as real:
        there = await played(real, {"killed": play})
    here = await played(embedded, {"killed": play})
    assert raised(there) == []
    assert list(differences(there, here)) == []

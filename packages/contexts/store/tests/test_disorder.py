"""P11: whatever is repeated, and in whatever order it comes, the same entries are shown in the end."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis.strategies import integers

from store.memory import MemoryStore
from tests.contract.catalogues import NOW, Catalogue, composed, dice, disordered
from tests.resilience.harness.sizes import sized


@settings(max_examples=sized(300), deadline=None)
@given(seed=integers(0, 2**32), offerings=integers(0, 4))
def test_any_repetition_and_any_order_have_the_same_result(seed: int, offerings: int) -> None:
    """Entries are composed now and then on the way, of whatever has been heard by then."""

    async def fold() -> None:
        random, store = dice(seed), MemoryStore()
        history = Catalogue(random, offerings).history
        for copy in disordered(random, history):
            await store.keep(copy)
            if random.random() < 0.2:
                await store.refresh(NOW - timedelta(days=random.randrange(4)))
        await store.refresh(NOW)
        expected = composed(history)
        for key in {copy.source.key for copy in history}:
            found, wanted = await store.find(key), expected.get(key)
            assert (found and replace(found, visible_at=None)) == wanted
            assert (found and found.sources.keys()) == (wanted and wanted.sources.keys())
        assert await store.size() == {"entries": len(expected), "stale": 0}

    asyncio.run(fold())

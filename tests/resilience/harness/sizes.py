"""How large a run is, and the seed of its randomness: both from the environment.

`RESILIENCE_SIZE=soak` makes every count ten times larger; `RESILIENCE_SEED` repeats a run, as far as
processes repeat themselves.
"""

import os
import random

SOAK = os.environ.get("RESILIENCE_SIZE") == "soak"


def sized(count: int) -> int:
    """A count of the smoke size, in the size of this run."""
    return count * 10 if SOAK else count


def chosen_seed() -> int:
    """The seed that was asked for, or a new one."""
    return int(os.environ.get("RESILIENCE_SEED") or random.SystemRandom().randrange(1_000_000))

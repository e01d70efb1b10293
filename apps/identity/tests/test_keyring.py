"""The turns of the signing keys."""

from datetime import UTC, datetime, timedelta

from identity_app.domain import ACCESS_LIFE
from identity_app.keyring import PUBLISHED_AFTER, PUBLISHED_BEFORE, KeyMaterial, Keyring, SigningKey
from kernel.jwks import FRESH
from kernel.tokens import LEEWAY

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PERIOD = timedelta(days=30)
MATERIAL = KeyMaterial(kid="new", private="", public={})


def key(generation: int, signs_from: datetime) -> SigningKey:
    """A key with a turn."""
    return SigningKey(
        kid=f"key-{generation}", private="", public={}, generation=generation, signs_from=signs_from
    )


def test_services_know_a_key_before_it_signs_and_as_long_as_its_tokens_live() -> None:
    assert timedelta(seconds=FRESH + LEEWAY) <= PUBLISHED_BEFORE
    assert ACCESS_LIFE + timedelta(seconds=LEEWAY) <= PUBLISHED_AFTER


def test_the_first_key_signs_at_once() -> None:
    empty = Keyring([])
    assert empty.signing(NOW) is None
    assert empty.needs_next(NOW, PERIOD)
    first = empty.next(MATERIAL, NOW, PERIOD)
    assert (first.generation, first.signs_from) == (1, NOW)
    assert Keyring([first]).signing(NOW) == first


def test_the_next_key_is_published_before_its_turn_comes() -> None:
    ring = Keyring([key(1, NOW)])
    due = NOW + PERIOD - PUBLISHED_BEFORE
    assert not ring.needs_next(due - timedelta(seconds=1), PERIOD)
    assert ring.needs_next(due, PERIOD)
    successor = ring.next(MATERIAL, due, PERIOD)
    assert (successor.generation, successor.signs_from) == (2, NOW + PERIOD)
    both = Keyring([*ring.keys, successor])
    assert not both.needs_next(due, PERIOD)
    assert both.signing(successor.signs_from - timedelta(microseconds=1)) == ring.keys[0]
    assert both.signing(successor.signs_from) == successor


def test_whoever_wakes_up_late_publishes_first_and_signs_later() -> None:
    late = NOW + 3 * PERIOD
    ring = Keyring([key(1, NOW)])
    successor = ring.next(MATERIAL, late, PERIOD)
    assert successor.signs_from == late + PUBLISHED_BEFORE
    assert Keyring([*ring.keys, successor]).signing(late) == ring.keys[0]


def test_a_key_goes_when_the_last_of_its_tokens_has_expired() -> None:
    ring = Keyring([key(3, NOW - PERIOD), key(4, NOW), key(5, NOW + PERIOD)])
    assert ring.forgettable(NOW + PUBLISHED_AFTER - timedelta(microseconds=1)) == 0
    assert ring.forgettable(NOW + PUBLISHED_AFTER) == 3
    assert ring.forgettable(NOW + 9 * PERIOD) == 4  # never the newest

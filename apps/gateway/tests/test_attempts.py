"""How often log-ins may be tried."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_app.attempts import Allowance, Attempts
from kernel.errors import TooMany

from .conftest import Gateway


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def attempts(clock: Clock) -> Attempts:
    return Attempts(per_account=Allowance(5, clock), per_address=Allowance(30, clock))


def tries(limits: Attempts, names: list[str], addresses: list[str]) -> int:
    allowed = 0
    for name, address in zip(names, addresses, strict=True):
        try:
            limits.charge(name, address)
        except TooMany:
            continue
        allowed += 1
    return allowed


def test_two_hundred_guesses_at_one_account_are_five() -> None:
    assert tries(attempts(Clock()), ["author"] * 200, [f"192.0.2.{n}" for n in range(200)]) == 5


def test_two_hundred_accounts_from_one_address_are_thirty() -> None:
    assert tries(attempts(Clock()), [f"user-{n}" for n in range(200)], ["192.0.2.1"] * 200) == 30


def test_an_account_is_the_same_in_other_letters_and_a_customer_in_other_addresses() -> None:
    assert tries(attempts(Clock()), ["author", "Author", " AUTHOR"] * 4, ["192.0.2.1"] * 12) == 5
    names, addresses = [f"u{n}" for n in range(40)], [f"2001:db8::{n:x}" for n in range(40)]
    assert tries(attempts(Clock()), names, addresses) == 30


def test_the_wait_that_is_told_is_enough_and_no_more() -> None:
    clock = Clock()
    limits = attempts(clock)
    for _ in range(5):
        limits.charge("author", "192.0.2.1")
    with pytest.raises(TooMany) as refused:
        limits.charge("author", "192.0.2.1")
    assert refused.value.retry_after == pytest.approx(12)
    clock.now += refused.value.retry_after - 0.1
    with pytest.raises(TooMany):
        limits.charge("author", "192.0.2.1")
    clock.now += 0.2
    limits.charge("author", "192.0.2.1")


def test_who_signs_in_all_day_is_never_stopped() -> None:
    limits = attempts(Clock())
    for _ in range(1000):
        limits.charge("author", "192.0.2.1")
        limits.give_back("author", "192.0.2.1")


@given(st.lists(st.floats(0, 20), max_size=60))
def test_no_rhythm_gives_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    allowance = Allowance(5, clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += allowance.take("author") == 0.0
    assert allowed <= 5 + clock.now * 5 / 60


def test_memory_is_bounded() -> None:
    allowance = Allowance(5, Clock())
    for number in range(20_000):
        allowance.take(str(number))
    assert len(allowance._left) == 10_000


async def test_guesses_in_parallel_do_not_slip_through_and_headers_do_not_help(gateway: Gateway) -> None:
    async with gateway() as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    "/login",
                    json={"username": "author", "password": f"guess-{n}"},
                    headers={"x-forwarded-for": f"198.51.100.{n}", "forwarded": f"for=198.51.100.{n}"},
                )
                for n in range(50)
            )
        )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [401] * 5 + [429] * 45
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code == 429)

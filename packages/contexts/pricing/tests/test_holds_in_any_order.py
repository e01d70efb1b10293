"""Holds, whatever happens to them in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.strategies import integers, sampled_from

from kernel.errors import RuleBroken
from pricing.domain import Definition, Kind, Price, Rate

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEE = Definition(name="Fee", kind=Kind.ONE_TIME, money=Rate(amount=Decimal(5), currency="EUR"))
FIBRE, CABLE, FIRST, SECOND, THIRD = (uuid4() for _ in range(5))


class Life(RuleBasedStateMachine):
    """Tokens only grow, a publication has one hold, and `locked` is a fact of the document."""

    def __init__(self) -> None:
        super().__init__()
        self.fee = Price.define(FEE)
        self.fee.pull_event()
        self.now = NOW
        self.given = list[int]()

    publications = sampled_from([(FIRST, FIBRE), (SECOND, FIBRE), (THIRD, CABLE)])

    @rule(seconds=integers(0, 90))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(who=publications)
    def hold(self, who: tuple[UUID, UUID]) -> None:
        publication, offering = who
        own = next((one for one in self.fee.holds if one.publication_id == publication), None)
        found = self.fee.hold(
            offering_id=offering, offering_key=None, publication_id=publication, seconds=60, now=self.now
        )
        if own is not None and own.permanent:
            assert (found, self.fee.pull_event()) == (own, None)
        else:
            assert found.token > max(self.given, default=0)
            assert found.expires_at == self.now + timedelta(seconds=60)
            self.given.append(found.token)
            self.fee.pull_event()

    @rule(who=publications, pending=sampled_from([None, FIRST, SECOND]))
    def sell(self, who: tuple[UUID, UUID], pending: UUID | None) -> None:
        publication, offering = who
        before = self.fee.holds
        self.fee.sell(
            offering_id=offering,
            offering_key=None,
            publication_id=publication,
            now=self.now,
            pending=pending,
        )
        (own,) = (one for one in self.fee.holds if one.publication_id == publication)
        assert own.permanent
        others = {one.publication_id for one in self.fee.holds if one.offering_id == offering} - {publication}
        assert others <= {pending}
        self.given.append(own.token)
        assert (self.fee.pull_event() is None) is (self.fee.holds == before)

    @rule(who=publications)
    def release(self, who: tuple[UUID, UUID]) -> None:
        self.fee.release(who[0], self.now)
        assert who[0] not in {one.publication_id for one in self.fee.holds}
        self.fee.pull_event()

    @rule(number=integers(0, 9))
    def revise(self, number: int) -> None:
        locked, name = self.fee.locked_at(self.now), self.fee.name
        try:
            self.fee.revise(replace(FEE, name=f"Fee {number}"), self.now)
        except RuleBroken:
            assert locked
            assert self.fee.name == name
        else:
            assert not locked
        self.fee.pull_event()

    @invariant()
    def what_is_always_true(self) -> None:
        holds = self.fee.holds
        assert self.fee.locked is bool(holds)
        assert self.fee.last_token == max(self.given, default=0)
        assert len({one.publication_id for one in holds}) == len(holds)
        assert [one.token for one in holds] == sorted({one.token for one in holds})


TestLife = Life.TestCase

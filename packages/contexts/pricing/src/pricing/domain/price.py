"""The price itself: how it comes to be, changes, is held, charges, and goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from kernel.domain import Aggregate, Event
from kernel.errors import Invalid, Problem, RuleBroken, refuse
from kernel.texts import key_faults, key_of
from kernel.uses import Use, require_unused
from kernel.validity import Validity
from pricing.domain.charge import charge
from pricing.domain.currencies import MINOR_UNITS
from pricing.domain.definition import Definition, Kind, Mode, Period, Tier
from pricing.domain.holds import MOST_HOLDS, Hold, crowd, held_by, lease_faults
from pricing.domain.money import Money, Rate
from pricing.domain.numbers import spelled
from pricing.domain.rules import faults


class PriceDefined(Event, type="price.defined.v1"):
    """There is a new price."""


class PriceRevised(Event, type="price.revised.v1"):
    """What a price says has changed."""


class PriceLocked(Event, type="price.locked.v1"):
    """A hold was placed, renewed, or made permanent."""


class PriceReleased(Event, type="price.released.v1"):
    """A hold was given up; others may be left."""


class PriceDeleted(Event, type="price.deleted.v1"):
    """There is no such price any more; nothing used it."""


@dataclass(kw_only=True)
class Price(Aggregate):
    """What something costs. `Definition` explains the fields that authors decide about.

    `key` is what people and files call it: it is unique, and stays as it is for ever.

    `locked` says whether there are `holds` in this document, so that it can be stored and listed. A lease
    that has expired locks nothing any more (`locked_at`), but stays in sight until the next change of any
    kind, which leaves it out: time alone writes nothing. `last_token` is the greatest that was ever given.
    """

    key: str
    name: str
    description: str = ""
    kind: Kind
    money: Rate
    period: Period | None = None
    unit_of_measure: str | None = None
    tiers: tuple[Tier, ...] = ()
    mode: Mode | None = None
    valid_for: Validity = field(default_factory=Validity)
    tax_included: bool = False
    holds: tuple[Hold, ...] = ()
    last_token: int = 0
    locked: bool = False

    @classmethod
    def define(cls, wanted: Definition, key: str | None = None) -> "Price":
        """A new price. Without a key it gets one made of its name.

        Raises:
            Invalid: naming everything that is wrong.
        """
        tidy = wanted.tidied()
        found = key_of(tidy.name) if key is None else key
        refuse("This price cannot be defined like that.", [*key_faults(found), *faults(tidy)])
        new = cls(key=found, name=tidy.name, kind=tidy.kind, money=tidy.money)
        new._take(tidy)
        new.record(PriceDefined())
        return new

    def revise(self, wanted: Definition, now: datetime) -> None:
        """Replace the whole definition; one that says the same changes nothing.

        Raises:
            RuleBroken: when somebody holds it (`locked`).
            Invalid: naming everything that is wrong.
        """
        self._require_unlocked(now, "so it is not changed: define another price instead.")
        tidy = wanted.tidied()
        refuse("This price cannot be revised like that.", [*faults(tidy)])
        if tidy == self.definition:
            return
        self._take(tidy)
        self._keep(self._alive(now))
        self.record(PriceRevised())

    def delete(self, uses: Sequence[Use], now: datetime) -> None:
        """Give it up for good.

        Raises:
            RuleBroken: when somebody holds it (`locked`), or when there are `uses` (`in_use`).
        """
        self._require_unlocked(now, "so it is not deleted: end the sale first.")
        require_unused(self.name, uses, "end its validity")
        self._keep(self._alive(now))
        self.record(PriceDeleted())

    def amount_for(self, quantity: Decimal) -> Money:
        """What so many units cost, exactly and without rounding. See `charge.charge`.

        Raises:
            Invalid: for a quantity that is negative, no number, or too long.
        """
        currency = self.money.currency
        amount = spelled(charge(quantity, self.definition), MINOR_UNITS.get(currency, 0))
        return Money(amount=amount, currency=currency)

    def hold(
        self,
        *,
        offering_id: UUID,
        offering_key: str | None,
        publication_id: UUID,
        seconds: int,
        now: datetime,
        token: int | None = None,
    ) -> Hold:
        """Hold it for a publication from now on; it is a new placing, with a new token, also when it renews.

        A publication has one hold. Who renews may show the `token` of before, and is refused when that is not
        the present one any more. A hold that is permanent already stays as it is. It is never one too many
        where it takes the place of another: of its own lease, or of what the offering is live by.

        Raises:
            Invalid: for a bad lease, and when the publication is another offering's.
            RuleBroken: for a stale token (`stale_token`), and when too many hold it (`too_many_holds`).
        """
        refuse("This price cannot be held like that.", [*lease_faults(offering_key, seconds)])
        if token is not None:
            self._require_shown(publication_id, token)
        own = self._own(publication_id, offering_id)
        if own is not None and own.permanent:
            return own
        placed = Hold(
            offering_id=offering_id,
            offering_key=offering_key,
            publication_id=publication_id,
            token=self.last_token + 1,
            expires_at=now + timedelta(seconds=seconds),
        )
        if not self._has_room(placed, now):
            raise RuleBroken(f"{self.name} is held {MOST_HOLDS} times already.", code="too_many_holds")
        self.last_token = placed.token
        self._keep(self._with(placed, now))
        self.record(PriceLocked())
        return placed

    def has_room_for(self, offering_id: UUID, publication_id: UUID, now: datetime) -> bool:
        """Whether a publication of this offering could hold it now, or does already."""
        wanted = Hold(offering_id=offering_id, publication_id=publication_id, token=0, expires_at=now)
        return self._has_room(wanted, now)

    def held_for(self, publication_id: UUID, now: datetime) -> bool:
        """Whether a publication holds it now."""
        own = self._hold_of(publication_id)
        return own is not None and own.alive_at(now)

    def sell(
        self,
        *,
        offering_id: UUID,
        offering_key: str | None,
        publication_id: UUID,
        now: datetime,
        pending: UUID | None = None,
    ) -> None:
        """An offering is live by a publication: its hold has no end any more. Twice is as good as once.

        A lease that has expired and is here still is as good as another: nothing has changed since. When it
        is gone, the hold is placed anew. It takes the place of all others of the offering but that of the
        publication `pending`, which goes on.

        Raises:
            Invalid: when the publication is another offering's.
        """
        own = self._own(publication_id, offering_id)
        past = [one for one in self._of(offering_id, pending) if one is not own]
        if own is not None and own.permanent:
            self._release(past, now)
            return
        others = [one for one in self._alive(now) if one is not own and one not in past]
        if own is None:  # whoever is sold already is never too many
            self.last_token += 1
            own = Hold(
                offering_id=offering_id,
                offering_key=offering_key,
                publication_id=publication_id,
                token=self.last_token,
            )
        self._keep([*others, replace(own, expires_at=None)])
        self.record(PriceLocked())

    def release(self, publication_id: UUID, now: datetime) -> None:
        """Give up the hold of a publication, whether lease or permanent; without one nothing changes."""
        self._release([one for one in self.holds if one.publication_id == publication_id], now)

    def release_offering(self, offering_id: UUID, now: datetime, pending: UUID | None = None) -> None:
        """Give up the holds of an offering, without that of the publication `pending`, if there are any.

        So it is when the offering is retired, or not sold by this price any more.
        """
        self._release(self._of(offering_id, pending), now)

    def locked_at(self, now: datetime) -> bool:
        """Whether anybody holds it now; leases that have expired do not count."""
        return bool(self._alive(now))

    def holders_at(self, now: datetime) -> int:
        """How many hold it now: see `crowd`."""
        return crowd(self._alive(now))

    @property
    def amount(self) -> Decimal | None:
        """What a unit costs; None where tiers say it."""
        return self.money.amount

    @property
    def currency(self) -> str:
        """The currency of all its amounts (ISO 4217)."""
        return self.money.currency

    @property
    def definition(self) -> Definition:
        """What an author has decided about it."""
        return Definition(
            name=self.name,
            description=self.description,
            kind=self.kind,
            money=self.money,
            period=self.period,
            unit_of_measure=self.unit_of_measure,
            tiers=self.tiers,
            mode=self.mode,
            valid_for=self.valid_for,
            tax_included=self.tax_included,
        )

    def _take(self, definition: Definition) -> None:
        self.name = definition.name
        self.description = definition.description
        self.kind = definition.kind
        self.money = definition.money
        self.period = definition.period
        self.unit_of_measure = definition.unit_of_measure
        self.tiers = definition.tiers
        self.mode = definition.mode
        self.valid_for = definition.valid_for
        self.tax_included = definition.tax_included

    def _keep(self, holds: Iterable[Hold]) -> None:
        """The one place where holds change, and `locked` with them."""
        self.holds = tuple(sorted(holds, key=lambda one: one.token))
        self.locked = bool(self.holds)

    def _alive(self, now: datetime) -> list[Hold]:
        return [one for one in self.holds if one.alive_at(now)]

    def _with(self, hold: Hold, now: datetime) -> list[Hold]:
        """What holds it when this is placed, in the place of the same publication's."""
        return [*(one for one in self._alive(now) if one.publication_id != hold.publication_id), hold]

    def _has_room(self, hold: Hold, now: datetime) -> bool:
        """Whether there are not too many with this one, unless there are no more than without it."""
        return crowd(self._with(hold, now)) <= max(MOST_HOLDS, self.holders_at(now))

    def _hold_of(self, publication_id: UUID) -> Hold | None:
        return next((one for one in self.holds if one.publication_id == publication_id), None)

    def _own(self, publication_id: UUID, offering_id: UUID) -> Hold | None:
        """The hold of a publication of this offering. Raises Invalid when it is another offering's."""
        own = self._hold_of(publication_id)
        if own is not None and own.offering_id != offering_id:
            said = f"The publication {publication_id} belongs to another offering."
            raise Invalid(said, problems=[Problem("publication", said, "/publicationId")])
        return own

    def _of(self, offering_id: UUID, pending: UUID | None) -> list[Hold]:
        """The holds of an offering without that of the publication `pending`."""
        return [one for one in self.holds if one.offering_id == offering_id and one.publication_id != pending]

    def _require_shown(self, publication_id: UUID, token: int) -> None:
        """Refuse who shows another token than that of the publication's hold."""
        own = self._hold_of(publication_id)
        if own is None or own.token != token:
            said = f"The publication {publication_id} does not hold {self.name} with the token {token}"
            now_with = f", but with {own.token}" if own else ""
            raise RuleBroken(f"{said}{now_with}: hold it again.", code="stale_token")

    def _release(self, given_up: Sequence[Hold], now: datetime) -> None:
        if given_up:
            self._keep(one for one in self._alive(now) if one not in given_up)
            self.record(PriceReleased())

    def _require_unlocked(self, now: datetime, consequence: str) -> None:
        if alive := self._alive(now):
            raise RuleBroken(f"{held_by(self.name, alive)}, {consequence}", code="locked")

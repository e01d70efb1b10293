"""Contexts are strangers that agree on messages: what one tells is read here with what others understand.

Each event is told as it really would be: the document that the producer's table writes of an aggregate to
which it has happened.
"""

import importlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import characteristic.domain
import pricing.domain
from characteristic_app.postgres import CHARACTERISTICS
from kernel.domain import Aggregate, Event, new_id, now
from kernel.messaging import Consumer
from kernel.sql import AggregateTable
from offering.domain import Content, Failure, Offering
from offering_app.postgres import OFFERINGS
from platform_app.apps import SERVICES, WRITERS
from platform_app.topology import QUEUES
from pricing_app.postgres import PRICES
from specification.domain import Characteristic, CharacteristicUse, Definition, Found, Specification
from specification_app.postgres import SPECIFICATIONS
from tests.architecture.test_shapes import containers, modules_of

COLOUR, PLAN, PHONE = new_id(), new_id(), new_id()


def colour() -> characteristic.domain.Characteristic:
    """One of two colours."""
    allowed = [characteristic.domain.AllowedValue(code=code, label=code.title()) for code in ("red", "blue")]
    wanted = characteristic.domain.Definition(
        name="Colour", value_type=characteristic.domain.ValueType.CHOICE, allowed_values=tuple(allowed)
    )
    return characteristic.domain.Characteristic.define(wanted)


def price() -> pricing.domain.Price:
    """What traffic costs, in tiers."""
    tiers = [
        pricing.domain.Tier(from_=Decimal(start), amount=Decimal(amount))
        for start, amount in ((0, "0.5"), (100, "0.2"))
    ]
    wanted = pricing.domain.Definition(
        name="Traffic",
        kind=pricing.domain.Kind.USAGE,
        money=pricing.domain.Rate(currency="EUR"),
        unit_of_measure="GB",
        tiers=tuple(tiers),
        mode=pricing.domain.Mode.GRADUATED,
    )
    return pricing.domain.Price.define(wanted)


def held_price(publication: UUID) -> pricing.domain.Price:
    """The same while a publication holds it."""
    made = price()
    made.pull_event()
    made.hold(offering_id=new_id(), offering_key=None, publication_id=publication, seconds=60, now=now())
    return made


def specification() -> Specification:
    """A phone that has a colour."""
    known = Characteristic(
        id=COLOUR, key="colour", name="Colour", value_type="text", multiple=False, status="ACTIVE", codes=()
    )
    use = CharacteristicUse(characteristic_id=COLOUR, required=True)
    return Specification.define(Definition(name="Phone", uses=(use,)), Found(items=[known]))


def offering() -> Offering:
    """A phone at a price, of which a publication is under way."""
    made = Offering.drafted(Content(name="Red phone", specification_id=PHONE, price_ids=(PLAN,)))
    made.pull_event()
    made.request_publication(new_id())
    return made


TOLD: dict[str, tuple[AggregateTable[Any], Aggregate]] = {
    "characteristic": (CHARACTERISTICS, colour()),
    "specification": (SPECIFICATIONS, specification()),
    "price": (PRICES, price()),
    "offering": (OFFERINGS, offering()),
    "publication": (OFFERINGS, offering()),
}
"""By the first word of an event's type: the table that writes its data, and an aggregate it is about."""


def consumers() -> dict[str, Consumer]:
    """What each service hears."""
    built = containers()
    return {
        name: importlib.import_module(f"{name}_app.consumers").consumer(built[f"{name}_app"])
        for name in SERVICES
    }


def events() -> set[str]:
    """The types of all events that the contexts tell."""
    return {
        kind.type
        for name in WRITERS
        for module in modules_of(f"{name}.domain")
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }


def heard() -> list[tuple[str, str]]:
    """Each consumer with each type that it hears."""
    return [(name, type) for name, consumer in consumers().items() for type in sorted(consumer.types)]


@pytest.mark.parametrize(("name", "type"), heard())
def test_what_is_heard_is_told_and_understood(name: str, type: str) -> None:
    assert type in events()
    table, aggregate = TOLD[type.partition(".")[0]]
    aggregate.stamp("author")
    data = json.loads(table.write(aggregate))
    read = consumers()[name].read(type, data)
    assert (read.id, read.version) == (aggregate.id, aggregate.version)


def test_what_matters_arrives() -> None:
    everybody = consumers()

    def read(name: str, type: str, table: AggregateTable[Any], aggregate: Aggregate) -> Any:
        return everybody[name].read(type, json.loads(table.write(aggregate)))

    phone, offer = specification(), offering()
    assert read("characteristic", "specification.defined.v1", SPECIFICATIONS, phone).used == {COLOUR}
    assert read("specification", "offering.drafted.v1", OFFERINGS, offer).used == {PHONE}
    assert read("pricing", "offering.drafted.v1", OFFERINGS, offer).used == {PLAN}
    asked: UUID = read("offering", "publication.requested.v1", OFFERINGS, offer).publication_id
    assert asked == offer.publication_id
    wanted = read("store", "publication.requested.v1", OFFERINGS, offer)
    assert wanted.published_by(asked).price_ids == (PLAN,)
    assert read("store", "offering.revised.v1", OFFERINGS, Offering.drafted(offer.content)).draft is None
    assert read("store", "price.locked.v1", PRICES, held_price(asked)).held_by(asked)
    tiers = read("store", "price.defined.v1", PRICES, price()).tiers
    assert [(tier.from_, tier.amount) for tier in tiers] == [(0, Decimal("0.5")), (100, Decimal("0.2"))]


def test_a_specification_hears_of_a_draft_while_that_is_being_published() -> None:
    hears = consumers()["specification"]
    content = Content(name="Red phone", specification_id=PHONE, price_ids=(PLAN,), values={"colour": "red"})

    def heard(type: str, offer: Offering) -> Any:
        return hears.read(type, json.loads(OFFERINGS.write(offer))).publication

    offer = Offering.drafted(content)
    assert heard("offering.drafted.v1", offer) is None
    offer.pull_event()
    offer.request_publication(first := new_id())
    requested = heard("publication.requested.v1", offer)
    assert (requested.id, requested.offering_id) == (first, offer.id)
    assert (requested.draft.specification_id, requested.draft.values) == (PHONE, {"colour": "red"})
    offer.pull_event()
    offer.reject(Failure.of(first, "PRICE_MISSING", "There is no such price.", []))
    rejected = heard("publication.rejected.v1", offer)
    assert (rejected.id, rejected.draft) == (first, None)
    offer.pull_event()
    offer.request_publication(second := new_id())
    assert heard("publication.requested.v1", offer).draft == requested.draft
    offer.pull_event()
    offer.confirm(second)
    published = heard("offering.published.v1", offer)
    assert (published.id, published.draft) == (second, None)


def test_pricing_hears_by_which_publication_an_offering_is_sold() -> None:
    hears = consumers()["pricing"]

    def heard(type: str, offer: Offering) -> Any:
        return hears.read(type, json.loads(OFFERINGS.write(offer)))

    offer = offering()
    offer.pull_event()
    assert offer.publication_id is not None
    offer.confirm(offer.publication_id)
    sold = heard("offering.published.v1", offer)
    assert (sold.publication_id, sold.sold_by, sold.used) == (offer.publication_id, {PLAN}, {PLAN})
    assert heard("offering.retired.v1", offer).used == {PLAN}
    assert heard("offering.deleted.v1", offer).used == set()
    assert heard("publication.rejected.v1", offer).publication_id == offer.publication_id


def test_every_consumer_has_its_queue_bound_to_what_it_hears() -> None:
    bound = {queue.name: queue.types for queue in QUEUES}
    assert bound.keys() == consumers().keys()
    for name, type in heard():
        subject, *_ = type.split(".")
        assert {type, f"{subject}.*.v1"} & set(bound[name]), (name, type)


def test_everything_that_is_told_is_for_the_store() -> None:
    (store,) = [queue for queue in QUEUES if queue.name == "store"]
    assert {f"{type.partition('.')[0]}.*.v1" for type in events()} == set(store.types)


def test_a_table_s_kind_is_where_its_events_come_from() -> None:
    tables = (CHARACTERISTICS, SPECIFICATIONS, PRICES, OFFERINGS)
    assert [table.kind for table in tables] == ["characteristic", "specification", "price", "offering"]

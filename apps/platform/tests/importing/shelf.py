"""The port `Catalogue` over the contexts' own use cases, in memory: what a platform says, without one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from characteristic.domain import Characteristic
from characteristic.memory import Memory as CharacteristicMemory
from characteristic.use_cases.define import Define as DefineCharacteristicCommand
from characteristic.use_cases.define import DefineCharacteristic
from characteristic.use_cases.lookup import Lookup, LookupCharacteristics
from characteristic.use_cases.revise import Revise as ReviseCharacteristicCommand
from characteristic.use_cases.revise import ReviseCharacteristic
from kernel.auth import Principal, Role
from kernel.errors import CatalogError
from kernel.query import Filter, Query
from offering.domain import Offering
from offering.memory import Memory as OfferingMemory
from offering.use_cases.confirm import Confirm, ConfirmPublication
from offering.use_cases.draft import Draft, DraftOffering
from offering.use_cases.publish import PublishOffering
from offering.use_cases.reject import Reject, RejectPublication
from offering.use_cases.revise import Revise as ReviseOfferingCommand
from offering.use_cases.revise import ReviseOffering
from platform_app.importing.ports import Document
from platform_app.importing.rows import Kind
from pricing.domain import Price
from pricing.memory import Memory as PricingMemory
from pricing.use_cases.define import Define as DefinePriceCommand
from pricing.use_cases.define import DefinePrice
from pricing.use_cases.revise import Revise as RevisePriceCommand
from pricing.use_cases.revise import RevisePrice
from specification import domain as specified
from specification.domain import Specification
from specification.memory import Memory as SpecificationMemory
from specification.use_cases.activate import ActivateSpecification
from specification.use_cases.define import Define as DefineSpecificationCommand
from specification.use_cases.define import DefineSpecification
from specification.use_cases.revise import Revise as ReviseSpecificationCommand
from specification.use_cases.revise import ReviseSpecification

WHO = Principal(subject="publisher", name="publisher", roles=frozenset({Role.PUBLISHER}))
_MODELS: Mapping[Kind, TypeAdapter[Any]] = {
    Kind.CHARACTERISTIC: TypeAdapter(Characteristic),
    Kind.SPECIFICATION: TypeAdapter(Specification),
    Kind.PRICE: TypeAdapter(Price),
    Kind.OFFERING: TypeAdapter(Offering),
}


@dataclass
class Characteristics:
    """The port of specifications, answered by the use case of characteristics."""

    begin: CharacteristicMemory

    async def check(self) -> None:
        """See `Characteristics`: they are always there."""

    async def look_up(self, question: specified.Question, on_behalf: str) -> specified.Found:
        """See `Characteristics`."""
        wanted = Lookup(ids=question.ids, values=question.values)
        found = await LookupCharacteristics(self.begin)(wanted, WHO)
        items = [
            specified.Characteristic(
                id=one.id,
                key=one.key,
                name=one.name,
                value_type=one.value_type.value,
                multiple=one.multiple,
                status=one.status.value,
                codes=tuple(value.code for value in one.allowed_values),
            )
            for one in found.items
        ]
        return specified.Found(items=items, missing=found.missing, problems=found.problems)


@dataclass
class Shelf:
    """See `Catalogue`. `calls` are the writes that were asked for; `fail` may refuse one before it happens.

    A publication succeeds at once, unless the key of the offering is in `rejected`, or in `stuck`.
    """

    characteristic: CharacteristicMemory = field(default_factory=CharacteristicMemory)
    specification: SpecificationMemory = field(default_factory=SpecificationMemory)
    price: PricingMemory = field(default_factory=PricingMemory)
    offering: OfferingMemory = field(default_factory=OfferingMemory)
    calls: list[tuple[str, str]] = field(default_factory=list)
    looks: list[tuple[Kind, tuple[str, ...]]] = field(default_factory=list)
    fail: Callable[[str, str], CatalogError | None] = lambda *_: None
    rejected: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)

    async def by_keys(self, kind: Kind, keys: Collection[str]) -> list[Document]:
        """See `Catalogue`."""
        self.looks.append((kind, tuple(keys)))
        if not keys:
            return []
        store = f"{kind}s"
        async with getattr(self, kind)(WHO) as work:
            page = await getattr(work, store).page(Query(filters=[Filter("key", tuple(keys))], size=100))
        return [self._document(kind, one) for one in page.items]

    async def characteristics(self, ids: Collection[UUID]) -> list[Document]:
        """See `Catalogue`."""
        found = await LookupCharacteristics(self.characteristic)(Lookup(ids=tuple(ids)), WHO)
        return [self._document(Kind.CHARACTERISTIC, one) for one in found.items]

    async def create(self, kind: Kind, body: Mapping[str, Any]) -> Document:
        """See `Catalogue`."""
        self._called("create", str(body["key"]))
        made: Any
        match kind:
            case Kind.CHARACTERISTIC:
                made = await DefineCharacteristic(self.characteristic)(
                    _read(DefineCharacteristicCommand, body), WHO
                )
            case Kind.SPECIFICATION:
                define = DefineSpecification(self.specification, Characteristics(self.characteristic))
                made = await define(_read(DefineSpecificationCommand, body), WHO, "")
            case Kind.PRICE:
                made = await DefinePrice(self.price)(_read(DefinePriceCommand, body), WHO)
            case Kind.OFFERING:
                made = await DraftOffering(self.offering)(_read(Draft, body), WHO)
        return self._document(kind, made)

    async def revise(self, kind: Kind, id: UUID, version: int, body: Mapping[str, Any]) -> Document:
        """See `Catalogue`."""
        self._called("revise", str(id))
        revised: Any
        match kind:
            case Kind.CHARACTERISTIC:
                command = _read(ReviseCharacteristicCommand, body)
                revised = await ReviseCharacteristic(self.characteristic)(id, version, command, WHO)
            case Kind.SPECIFICATION:
                revise = ReviseSpecification(self.specification, Characteristics(self.characteristic))
                revised = await revise(id, version, _read(ReviseSpecificationCommand, body), WHO, "")
            case Kind.PRICE:
                revised = await RevisePrice(self.price)(id, version, _read(RevisePriceCommand, body), WHO)
            case Kind.OFFERING:
                command = _read(ReviseOfferingCommand, body)
                revised = await ReviseOffering(self.offering)(id, version, command, WHO)
        return self._document(kind, revised)

    async def activate(self, id: UUID, version: int) -> Document:
        """See `Catalogue`."""
        self._called("activate", str(id))
        activate = ActivateSpecification(self.specification, Characteristics(self.characteristic))
        return self._document(Kind.SPECIFICATION, await activate(id, version, WHO, ""))

    async def publish(self, id: UUID, version: int) -> None:
        """See `Catalogue`."""
        self._called("publish", str(id))
        asked = await PublishOffering(self.offering)(id, version, WHO)
        if asked.offering_key in self.rejected:
            why = Reject(publication_id=asked.id, code="PRICE_EXPIRED", message="The price has expired.")
            await RejectPublication(self.offering)(why)
        elif asked.offering_key not in self.stuck:
            await ConfirmPublication(self.offering)(Confirm(publication_id=asked.id))

    async def one(self, kind: Kind, key: str) -> Document:
        """What there is under a key."""
        (found,) = await self.by_keys(kind, [key])
        return found

    def _called(self, what: str, about: str) -> None:
        if (error := self.fail(what, about)) is not None:
            raise error
        self.calls.append((what, about))

    def _document(self, kind: Kind, one: Any) -> Document:
        found: Document = _MODELS[kind].dump_python(one, mode="json", by_alias=True)
        return found


def _read(command: type[Any], body: Mapping[str, Any]) -> Any:
    return TypeAdapter(command).validate_python(body)

"""What is bound to what. Constructs, never connects."""

from dependency_injector.providers import Factory, Provider, Singleton

from kernel.service import ServiceContainer
from kernel.uses import NoteUses
from pricing.ports import Begin
from pricing.use_cases.charge import ChargePrice
from pricing.use_cases.check import CheckPrices
from pricing.use_cases.define import DefinePrice
from pricing.use_cases.delete import DeletePrice
from pricing.use_cases.get import GetPrice
from pricing.use_cases.hold import HoldPrice
from pricing.use_cases.list import ListPrices
from pricing.use_cases.lock import LockPrices
from pricing.use_cases.lookup import LookupPrices
from pricing.use_cases.release import ReleasePrice
from pricing.use_cases.release_prices import HearRejection, ReleasePrices
from pricing.use_cases.revise import RevisePrice
from pricing.use_cases.sell import EndSale, SellPrices
from pricing_app.postgres import Postgres


class Container(ServiceContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port."""

    begin: Provider[Begin] = Singleton(Postgres, ServiceContainer.database, ServiceContainer.bell)

    define = Factory(DefinePrice, begin)
    revise = Factory(RevisePrice, begin)
    delete = Factory(DeletePrice, begin)
    get = Factory(GetPrice, begin)
    list = Factory(ListPrices, begin)
    lookup = Factory(LookupPrices, begin)
    check = Factory(CheckPrices, begin)
    charge = Factory(ChargePrice, begin)
    hold = Factory(HoldPrice, begin)
    release = Factory(ReleasePrice, begin)
    lock_prices = Factory(LockPrices, begin)
    release_prices = Factory(ReleasePrices, begin)
    sell = Factory(SellPrices, begin)
    hear_rejection = Factory(HearRejection, begin)
    end_sale = Factory(EndSale, begin)
    note_uses = Factory(NoteUses, begin)

"""What is bound to what. Constructs, never connects."""

from dependency_injector.providers import Factory, Provider, Singleton

from characteristic.ports import Begin
from characteristic.use_cases.define import DefineCharacteristic
from characteristic.use_cases.delete import DeleteCharacteristic
from characteristic.use_cases.deprecate import DeprecateCharacteristic
from characteristic.use_cases.get import GetCharacteristic
from characteristic.use_cases.list import ListCharacteristics
from characteristic.use_cases.lookup import LookupCharacteristics
from characteristic.use_cases.revise import ReviseCharacteristic
from characteristic_app.postgres import Postgres
from kernel.service import ServiceContainer
from kernel.units import Units
from kernel.uses import ForgetUses, NoteUses


class Container(ServiceContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port."""

    begin: Provider[Begin] = Singleton(Postgres, ServiceContainer.database, ServiceContainer.bell)

    define = Factory(DefineCharacteristic, begin)
    revise = Factory(ReviseCharacteristic, begin)
    deprecate = Factory(DeprecateCharacteristic, begin)
    delete = Factory(DeleteCharacteristic, begin)
    get = Factory(GetCharacteristic, begin)
    list = Factory(ListCharacteristics, begin)
    lookup = Factory(LookupCharacteristics, begin)
    note_uses = Factory(NoteUses, begin)
    forget_uses = Factory(ForgetUses, begin)

    units = Singleton(Units)

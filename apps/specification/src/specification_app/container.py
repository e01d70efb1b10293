"""What is bound to what. Constructs, never connects."""

import httpx
from dependency_injector.providers import Factory, List, Object, Provider, Singleton

from kernel.credentials import ServiceTokens
from kernel.http import client
from kernel.neighbour import Neighbour
from kernel.service import ServiceContainer
from specification.ports import Begin, Characteristics, Credential
from specification.use_cases.activate import ActivateSpecification
from specification.use_cases.check_values import CheckValues
from specification.use_cases.define import DefineSpecification
from specification.use_cases.delete import DeleteSpecification
from specification.use_cases.get import GetSpecification
from specification.use_cases.hear_offering import HearOffering
from specification.use_cases.list import ListSpecifications
from specification.use_cases.retire import RetireSpecification
from specification.use_cases.revise import ReviseSpecification
from specification.use_cases.validate import ValidateOffering
from specification_app.characteristics import HttpCharacteristics
from specification_app.postgres import Postgres


class Container(ServiceContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port.

    Where all apps share a process, `to_characteristic` replaces the network to the characteristic service.
    """

    to_characteristic: Provider[httpx.AsyncBaseTransport | None] = Object(None)

    begin: Provider[Begin] = Singleton(Postgres, ServiceContainer.database, ServiceContainer.bell)
    characteristic_http = Singleton(client, "characteristic", to_characteristic)
    characteristic = Singleton(
        Neighbour,
        "characteristic service",
        characteristic_http,
        ServiceContainer.settings.provided.characteristic_url,
    )
    breakers = List(characteristic.provided.breaker)
    characteristics: Provider[Characteristics] = Singleton(HttpCharacteristics, characteristic)

    credential: Provider[Credential] = Singleton(
        ServiceTokens,
        ServiceContainer.http,
        ServiceContainer.settings.provided.token_url,
        ServiceContainer.settings.provided.service,
        ServiceContainer.settings.provided.secret,
    )

    define = Factory(DefineSpecification, begin, characteristics)
    revise = Factory(ReviseSpecification, begin, characteristics)
    activate = Factory(ActivateSpecification, begin, characteristics)
    retire = Factory(RetireSpecification, begin)
    delete = Factory(DeleteSpecification, begin)
    get = Factory(GetSpecification, begin)
    list = Factory(ListSpecifications, begin)
    check_values = Factory(CheckValues, begin, characteristics)
    hear_offering = Factory(HearOffering, begin)
    validate = Factory(ValidateOffering, begin, characteristics, credential)

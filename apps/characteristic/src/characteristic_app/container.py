"""What is bound to what. Constructs, never connects."""

import httpx
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, List, Object, Provider, Singleton

from characteristic.ports import Begin
from characteristic.use_cases.define import DefineCharacteristic
from characteristic.use_cases.delete import DeleteCharacteristic
from characteristic.use_cases.deprecate import DeprecateCharacteristic
from characteristic.use_cases.get import GetCharacteristic
from characteristic.use_cases.list import ListCharacteristics
from characteristic.use_cases.lookup import LookupCharacteristics
from characteristic.use_cases.revise import ReviseCharacteristic
from characteristic_app.postgres import Postgres
from characteristic_app.settings import CharacteristicSettings
from characteristic_app.start import Units
from kernel.auth import Verify
from kernel.http import client
from kernel.jwks import Jwks
from kernel.messaging import Publisher
from kernel.rabbit import RabbitPublisher
from kernel.relay import Relay
from kernel.replies import Replies
from kernel.sql import Bell, Database, SqlReplies
from kernel.tokens import RememberTokens, VerifyToken
from kernel.tracing import Tracing


class Container(DeclarativeContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port.

    Where all apps share a process, `to_issuer` replaces the network to the issuer, and `publisher` is their
    bus.
    """

    settings: Provider[CharacteristicSettings] = Dependency(instance_of=CharacteristicSettings)
    to_issuer: Provider[httpx.AsyncBaseTransport | None] = Object(None)

    tracing = Singleton(Tracing, CharacteristicSettings.service, settings)
    http = Singleton(client, to_issuer)
    keys = Singleton(Jwks, http, settings.provided.jwks_url)
    verify: Provider[Verify] = Singleton(
        RememberTokens,
        Singleton(VerifyToken, keys, settings.provided.issuer, CharacteristicSettings.service),
    )

    database = Singleton(
        Database,
        settings.provided.database_url.get_secret_value.call(),
        service=CharacteristicSettings.service,
        size=settings.provided.database_pool,
    )
    bell = Singleton(Bell, database)
    begin: Provider[Begin] = Singleton(Postgres, database, bell)
    replies: Provider[Replies] = Singleton(SqlReplies, database)
    publisher: Provider[Publisher] = Singleton(
        RabbitPublisher, settings.provided.broker, name=CharacteristicSettings.service
    )
    relay = Singleton(Relay, database, publisher, tracing)

    define = Factory(DefineCharacteristic, begin)
    revise = Factory(ReviseCharacteristic, begin)
    deprecate = Factory(DeprecateCharacteristic, begin)
    delete = Factory(DeleteCharacteristic, begin)
    get = Factory(GetCharacteristic, begin)
    list = Factory(ListCharacteristics, begin)
    lookup = Factory(LookupCharacteristics, begin)

    units = Singleton(Units)
    adapters = List(http, keys, database, begin, bell, publisher, relay, units)

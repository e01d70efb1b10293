"""What is bound to what. Constructs, never connects."""

from collections.abc import Mapping
from typing import Any

from dependency_injector.providers import Factory, Provider, Selector, Singleton
from pydantic import SecretStr

from kernel.background import Waker
from kernel.inbox import OpenInbox
from kernel.listener import ListenerContainer
from kernel.messaging import Inbox
from store.domain.lag import Lags
from store.memory import MemoryStaging, MemoryStore
from store.ports import Catalogue, Copies, EventLogs, KnownCopies, Staging
from store.use_cases.check import CheckEntry
from store.use_cases.drop import DropEntry
from store.use_cases.get import GetEntry
from store.use_cases.keep import BuryCopy, KeepCopy, KeepOutcome
from store.use_cases.load import LoadCopies
from store.use_cases.refresh import RefreshEntries
from store.use_cases.search import SearchEntries
from store.use_cases.stage import StageEntry
from store.use_cases.tell import TellStatus
from store_app.event_logs import SqlEventLogs
from store_app.loaded import Loaded
from store_app.measures import lags
from store_app.mongo.editions import MongoStore
from store_app.mongo.inbox import MongoInbox
from store_app.mongo.staging import MongoStaging
from store_app.refresher import Refresher


def _told(urls: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: url.get_secret_value() for name, url in urls.items()}


class Container(ListenerContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port.

    Without a mongod the store is in memory, and loaded from the event logs at the start.
    """

    event_logs: Provider[EventLogs] = Singleton(
        SqlEventLogs, Factory(_told, ListenerContainer.settings.provided.event_logs)
    )

    memory = Singleton(MemoryStore)
    place = ListenerContainer.settings.provided.place
    mongo = Singleton(
        MongoStore,
        ListenerContainer.settings.provided.mongo,
        ListenerContainer.settings.provided.mongo_database,
    )
    copies: Provider[Copies] = Selector(place, memory=memory, mongo=mongo)
    known: Provider[KnownCopies] = Selector(place, memory=memory, mongo=mongo)
    catalogue: Provider[Catalogue] = Selector(place, memory=memory, mongo=mongo)
    loaded: Provider[Any] = Singleton(Loaded, Singleton(LoadCopies, copies, event_logs))
    opened: Provider[Any] = Selector(place, memory=loaded, mongo=mongo)

    staging: Provider[Staging] = Selector(
        place, memory=Singleton(MemoryStaging), mongo=Singleton(MongoStaging, mongo)
    )
    inbox: Provider[Inbox] = Selector(place, memory=Singleton(OpenInbox), mongo=Singleton(MongoInbox, mongo))
    lags: Provider[Lags] = Singleton(lags, ListenerContainer.metrics)
    waker = Singleton(Waker)
    keep = Factory(KeepCopy, copies, waker.provided.wake)
    keep_outcome = Factory(KeepOutcome, copies, waker.provided.wake, staging)
    bury = Factory(BuryCopy, copies, waker.provided.wake)
    refresh = Factory(RefreshEntries, copies, lags)
    refresher = Singleton(Refresher, refresh.provider, waker)

    stage = Factory(StageEntry, known, staging)
    drop = Factory(DropEntry, staging)
    check = Factory(CheckEntry, known)

    search = Factory(SearchEntries, catalogue)
    get = Factory(GetEntry, catalogue)
    status = Factory(TellStatus, catalogue, lags)

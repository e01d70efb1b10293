"""What is bound to what. Constructs, never connects."""

import httpx
from dependency_injector.providers import Factory, List, Object, Provider, Singleton

from kernel.background import Waker
from kernel.breaker import Breaker
from kernel.http import client
from kernel.messaging import Inbox
from kernel.neighbour import Neighbour
from kernel.service import ServiceContainer
from offering.ports import Begin, Checks, PublishProcess
from offering.use_cases.cancel_publication import CancelPublication
from offering.use_cases.confirm import ConfirmPublication
from offering.use_cases.delete import DeleteOffering
from offering.use_cases.discard import DiscardDraft
from offering.use_cases.draft import DraftOffering
from offering.use_cases.get import GetOffering
from offering.use_cases.get_publication import GetPublication
from offering.use_cases.keep_timelines import KeepTimelines
from offering.use_cases.list import ListOfferings
from offering.use_cases.list_publications import ListPublications
from offering.use_cases.mend_lost import MendLost
from offering.use_cases.note_stuck import NoteStuck
from offering.use_cases.preflight import PreflightOffering
from offering.use_cases.publish import PublishOffering
from offering.use_cases.publish_many import PublishOfferings
from offering.use_cases.reject import RejectPublication
from offering.use_cases.retire import RetireOffering
from offering.use_cases.retry_publication import RetryPublication
from offering.use_cases.revise import ReviseOffering
from offering.use_cases.start_publication import StartPublication
from offering.use_cases.start_waiting import StartWaiting
from offering_app import process
from offering_app.checks import HttpChecks
from offering_app.inbox import NotedInbox
from offering_app.measures import Ends
from offering_app.postgres import Postgres
from offering_app.process import EngineProcess
from offering_app.streams import Streams
from offering_app.watch import beginning, watching


class Container(ServiceContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port.

    Where all apps share a process, `to_pricing`, `to_specification` and `to_store` replace the network to
    those who judge a draft before it is published.
    """

    to_pricing: Provider[httpx.AsyncBaseTransport | None] = Object(None)
    to_specification: Provider[httpx.AsyncBaseTransport | None] = Object(None)
    to_store: Provider[httpx.AsyncBaseTransport | None] = Object(None)

    ends = Singleton(Ends, ServiceContainer.metrics)
    begin: Provider[Begin] = Singleton(
        Postgres, ServiceContainer.database, ServiceContainer.bell, ends.provided.note
    )
    inbox: Provider[Inbox] = Singleton(NotedInbox, ServiceContainer.database)

    draft = Factory(DraftOffering, begin)
    revise = Factory(ReviseOffering, begin)
    discard = Factory(DiscardDraft, begin)
    delete = Factory(DeleteOffering, begin)
    retire = Factory(RetireOffering, begin)
    get = Factory(GetOffering, begin)
    list = Factory(ListOfferings, begin)

    pricing_http = Singleton(client, "pricing", to_pricing)
    specification_http = Singleton(client, "specification", to_specification)
    store_http = Singleton(client, "store", to_store)
    pricing = Singleton(
        Neighbour, "pricing service", pricing_http, ServiceContainer.settings.provided.pricing_url
    )
    specification = Singleton(
        Neighbour,
        "specification service",
        specification_http,
        ServiceContainer.settings.provided.specification_url,
    )
    store = Singleton(Neighbour, "store", store_http, ServiceContainer.settings.provided.store_url)
    checks: Provider[Checks] = Singleton(HttpChecks, pricing, specification, store)
    preflight = Factory(PreflightOffering, begin, checks)

    engine_breaker = Singleton(
        Breaker, "process engine", cooldown=process.COOLDOWN, probe=2 * process.DEADLINE
    )
    process: Provider[PublishProcess] = Singleton(EngineProcess, ServiceContainer.engine, engine_breaker)
    breakers = List(
        pricing.provided.breaker,
        specification.provided.breaker,
        store.provided.breaker,
        engine_breaker,
    )
    streams = Singleton(Streams)
    publish = Factory(PublishOffering, begin)
    publish_many = Factory(PublishOfferings, publish)
    start_publication = Factory(StartPublication, begin, process)
    get_publication = Factory(GetPublication, begin, process)
    list_publications = Factory(ListPublications, begin)
    confirm = Factory(ConfirmPublication, begin)
    reject = Factory(RejectPublication, begin)
    retry = Factory(RetryPublication, begin, process)
    cancel = Factory(CancelPublication, begin, process)
    note_stuck = Factory(NoteStuck, begin, process)
    keep_timelines = Factory(KeepTimelines, begin, process)
    mend_lost = Factory(MendLost, begin, process, start_publication)
    watching = Factory(watching, note_stuck, mend_lost, keep_timelines)
    room = Singleton(Waker)
    start_waiting = Factory(StartWaiting, begin, start_publication)
    beginning = Factory(beginning, start_waiting, room)

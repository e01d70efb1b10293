"""What is bound to what. Constructs, never connects."""

from dependency_injector.providers import Factory, Provider, Singleton

from kernel.service import ServiceContainer
from offering.ports import Begin, PublishProcess
from offering.use_cases.confirm import ConfirmPublication
from offering.use_cases.delete import DeleteOffering
from offering.use_cases.discard import DiscardDraft
from offering.use_cases.draft import DraftOffering
from offering.use_cases.get import GetOffering
from offering.use_cases.get_publication import GetPublication
from offering.use_cases.list import ListOfferings
from offering.use_cases.publish import PublishOffering
from offering.use_cases.reject import RejectPublication
from offering.use_cases.retire import RetireOffering
from offering.use_cases.revise import ReviseOffering
from offering.use_cases.start_publication import StartPublication
from offering_app.postgres import Postgres
from offering_app.process import ImmediatePublishProcess


class Container(ServiceContainer):
    """The service's objects; each annotation is the static proof that an adapter fits its port."""

    begin: Provider[Begin] = Singleton(Postgres, ServiceContainer.database, ServiceContainer.bell)

    draft = Factory(DraftOffering, begin)
    revise = Factory(ReviseOffering, begin)
    discard = Factory(DiscardDraft, begin)
    delete = Factory(DeleteOffering, begin)
    retire = Factory(RetireOffering, begin)
    get = Factory(GetOffering, begin)
    list = Factory(ListOfferings, begin)

    publish = Factory(PublishOffering, begin)
    get_publication = Factory(GetPublication, begin)
    confirm = Factory(ConfirmPublication, begin)
    reject = Factory(RejectPublication, begin)
    process: Provider[PublishProcess] = Singleton(ImmediatePublishProcess, confirm)
    start_publication = Factory(StartPublication, begin, process)

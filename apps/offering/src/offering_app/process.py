"""The process that publishes, for as long as there is no engine to run the real one."""

from dataclasses import dataclass

from offering.domain import Publication
from offering.use_cases.confirm import Confirm, ConfirmPublication


@dataclass(frozen=True)
class ImmediatePublishProcess:
    """Publishes at once, and checks neither the prices nor the specification: it cannot reject.

    It holds the place of the real process, which comes with Camunda, and is kept for tests. Called by the
    consumer, the confirmation joins the transaction of the consumer's inbox (`Database.shared`): that the
    event was handled and that the offering is live are one commit, so a crash leaves both or neither.
    """

    confirm: ConfirmPublication

    async def start(self, publication: Publication) -> None:
        """See `PublishProcess`."""
        await self.confirm(Confirm(publication_id=publication.id))

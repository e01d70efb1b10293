"""What becomes of specifications, as far as it concerns characteristics: which of them are in use."""

from dataclasses import dataclass
from uuid import UUID

from characteristic.ports import Begin
from kernel.auth import PLATFORM
from kernel.domain import Heard, HeardPart
from kernel.uses import Use


@dataclass(frozen=True, kw_only=True)
class SpecificationUse(HeardPart):
    """A characteristic that a kind of product has."""

    characteristic_id: UUID


@dataclass(frozen=True, kw_only=True)
class Specification(Heard):
    """A kind of product."""

    uses: tuple[SpecificationUse, ...]

    @property
    def user(self) -> Use:
        """The specification as one that uses."""
        return Use(kind="specification", id=self.id, key=self.key)


@dataclass(frozen=True)
class NoteSpecification:
    """A specification has come to be, or has changed."""

    begin: Begin

    async def __call__(self, heard: Specification) -> None:
        """Note which characteristics it uses; whatever is older than what is known changes nothing."""
        used = {one.characteristic_id for one in heard.uses}
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, used)


@dataclass(frozen=True)
class ForgetSpecification:
    """There is no such specification any more."""

    begin: Begin

    async def __call__(self, heard: Specification) -> None:
        """Note that it uses nothing."""
        async with self.begin(PLATFORM) as work:
            await work.uses.note(heard.user, heard.version, ())

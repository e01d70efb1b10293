"""The accounts that the settings describe."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from identity_app.domain import User, account_name
from identity_app.ports import Begin, Passwords
from kernel.auth import Role
from kernel.logging import get_logger

_log = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as the settings describe it."""

    name: str
    password: str = field(repr=False)
    roles: tuple[Role, ...]
    full_name: str
    email: str


@dataclass(frozen=True)
class SeedUsers:
    """Make the accounts equal to those described, and no others.

    Repeating it changes nothing, so a process that died in the middle is made good by the next start, and
    processes that start together do the same work twice without harm.
    """

    begin: Begin
    passwords: Passwords

    async def __call__(self, accounts: Sequence[Account]) -> None:
        """Create, change and delete. The names must differ; `IdentitySettings` sees to that."""
        wanted = [await self._wanted(account) for account in accounts]
        async with self.begin() as work:
            for user in wanted:
                await work.users.save(user)
            deleted = await work.users.keep_only([user.name for user in wanted])
        _log.info("users.seeded", accounts=len(wanted), deleted=deleted)

    async def _wanted(self, account: Account) -> User:
        """The account as it should be stored. A hash that fits stays: a new one would differ each time."""
        name = account_name(account.name)
        async with self.begin() as work:
            present = await work.users.find(name)
        fits = present is not None and await self.passwords.verify(present.password_hash, account.password)
        described = User(
            name=name,
            password_hash=(
                present.password_hash if present and fits else await self.passwords.hash(account.password)
            ),
            roles=account.roles,
            full_name=account.full_name,
            email=account.email,
        )
        return replace(described, id=present.id) if present else described

"""What is bound to what. Constructs, never connects."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, List, Object, Provider, Singleton
from opentelemetry.sdk.trace import SpanProcessor

from identity_app.domain import Client
from identity_app.hashing import Argon2Passwords
from identity_app.ports import Begin, Passwords, Signatures
from identity_app.postgres import Postgres
from identity_app.settings import IdentitySettings
from identity_app.start import Start
from identity_app.tokens import OwnKeys, RsaSignatures
from identity_app.use_cases.issue_tokens import IssueTokens
from identity_app.use_cases.refresh import Refresh
from identity_app.use_cases.rotate_keys import RotateKeys
from identity_app.use_cases.seed_users import SeedUsers
from identity_app.use_cases.sign_in import SignIn
from identity_app.use_cases.sign_in_service import SignInService
from identity_app.use_cases.sign_out import SignOut
from identity_app.use_cases.tell_user import TellUser
from kernel.auth import Verify
from kernel.metrics import Metrics
from kernel.sql import Database
from kernel.tokens import VerifyToken
from kernel.tracing import Tracing


class Container(DeclarativeContainer):
    """The issuer's objects; each annotation is the static proof that an adapter fits its port."""

    settings: Provider[IdentitySettings] = Dependency(instance_of=IdentitySettings)
    readers: Provider[Sequence[SpanProcessor]] = Object(())
    metrics = Singleton(Metrics, IdentitySettings.service)
    tracing = Singleton(
        Tracing, IdentitySettings.service, settings, readers, meter_provider=metrics.provided.meters
    )
    clients: Provider[Mapping[str, Client]] = settings.provided.clients

    database = Singleton(
        Database, settings.provided.database_url.get_secret_value.call(), service=IdentitySettings.service
    )
    begin: Provider[Begin] = Singleton(Postgres, database)
    passwords: Provider[Passwords] = Singleton(Argon2Passwords)
    signatures: Provider[Signatures] = Singleton(
        RsaSignatures, settings.provided.key_secret.get_secret_value.call()
    )

    rotate = Singleton(
        RotateKeys, begin, signatures, Factory(timedelta, days=settings.provided.key_days)
    )  # one: its requests share a lock
    issue = Factory(IssueTokens, signatures, settings.provided.issuer, settings.provided.audience)
    verify: Provider[Verify] = Factory(
        VerifyToken, Factory(OwnKeys, rotate), settings.provided.issuer, settings.provided.audience[0]
    )

    sign_in = Factory(SignIn, begin, passwords, rotate, issue)
    sign_in_service = Factory(SignInService, begin, rotate, signatures, settings.provided.issuer)
    refresh = Factory(Refresh, begin, rotate, issue)
    sign_out = Factory(SignOut, begin)
    tell_user = Factory(TellUser, begin, verify)
    seed_users = Factory(SeedUsers, begin, passwords)

    start = Factory(
        Start, seed_users, rotate, signatures, settings.provided.accounts, settings.provided.issuer
    )
    adapters = List(database, begin, start)

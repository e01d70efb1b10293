"""Typed, frozen settings from the environment. Nothing else in an app reads the environment."""

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableValue

from kernel.known_secrets import fault_of, secrets_in

SECRETS = Path("/run/secrets")
"""Where container platforms mount secrets as files; a file is named like its variable, in lower case."""


class SettingsError(Exception):
    """One line that names every variable that is missing or malformed, without its value."""


class Settings(BaseSettings):
    """What an app is told when it starts.

    Subclasses set `env_prefix`, so that several apps share one environment. A secret that everybody knows is
    refused, wherever it is given.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @field_validator("*")
    @classmethod
    def _own_secrets(cls, value: Any) -> Any:
        for fault in filter(None, map(fault_of, secrets_in(value))):
            raise ValueError(fault)
        return value

    @classmethod
    def load(cls) -> Self:
        """Read the environment, and secret files where there are any.

        Raises:
            SettingsError: naming each faulty variable and what it should be.
        """
        try:
            return cls(_secrets_dir=SECRETS if SECRETS.is_dir() else None)
        except ValidationError as error:
            prefix = cls.model_config.get("env_prefix", "")
            faults = [
                f"{prefix}{'_'.join(map(str, fault['loc']))}".upper() + f": {fault['msg'].lower()}"
                for fault in error.errors(include_url=False, include_input=False, include_context=False)
            ]
            raise SettingsError("; ".join(faults)) from None
        except UnreadableValue as error:
            # A list or an object that is no JSON; the text quotes the field's name.
            field = str(error).split('"')[1]
            raise SettingsError(
                f"{cls.model_config.get('env_prefix', '')}{field}".upper() + ": is not JSON"
            ) from None


class LogSettings(Settings):
    """How a process logs. A request that takes `slow_request` seconds or more has a warning besides."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    slow_request: float = Field(1.0, gt=0.0)


class TraceSettings(Settings):
    """Where spans go. Trace ids exist in any case; `none` keeps the spans inside the process.

    `trace_ratio` is the share of requests whose trace is written, whole; spans that are errors always are.
    """

    trace_exporter: Literal["none", "zipkin", "otlp"] = "none"
    trace_endpoint: AnyHttpUrl | None = None
    trace_ratio: float = Field(0.1, ge=0.0, le=1.0)


class AppSettings(LogSettings, TraceSettings):
    """What every HTTP service needs: where to listen, and whose tokens to believe.

    `auth_issuer` is compared exactly with a token's `iss`. The issuer's keys are read from `auth_jwks_url`,
    which differs from the issuer's public address inside container networks; by default it is derived as
    Keycloak lays it out. Its token endpoint is the neighbour of the keys.
    """

    service: ClassVar[str]

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    auth_issuer: AnyHttpUrl
    auth_jwks_url: AnyHttpUrl | None = None

    @property
    def issuer(self) -> str:
        """The issuer as tokens spell it: without a slash at the end."""
        return str(self.auth_issuer).rstrip("/")

    @property
    def jwks_url(self) -> str:
        """Where the issuer's public keys are read."""
        return str(self.auth_jwks_url or f"{self.issuer}/protocol/openid-connect/certs")

    @property
    def token_url(self) -> str:
        """Where a service asks the issuer for a token of its own: beside the keys, on the same network."""
        return f"{self.jwks_url.rpartition('/')[0]}/token"


class ListenerSettings(AppSettings):
    """What a service that hears events needs besides.

    Without `broker_url` the events stay in the process, where all services share a bus; without `engine_url`
    the processes do, too, whose tasks some of them do.
    """

    broker_url: SecretStr | None = None
    engine_url: SecretStr | None = None

    @property
    def broker(self) -> str:
        """The broker's address, password included. Raises SettingsError when there is none."""
        return self._secret("broker_url")

    @property
    def engine(self) -> str:
        """The address of the engine's REST interface, user and password included. Raises SettingsError."""
        return self._secret("engine_url")

    def _secret(self, field: str) -> str:
        found: SecretStr | None = getattr(self, field)
        if found is None:
            prefix = self.model_config.get("env_prefix", "")
            raise SettingsError(f"{prefix}{field}".upper() + ": field required")
        return found.get_secret_value()


class ServiceSettings(ListenerSettings):
    """What a service with a database of its own, whose events others hear, needs besides."""

    database_url: SecretStr
    database_pool: int = Field(10, ge=1, le=100)

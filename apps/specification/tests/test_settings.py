"""Who this service is at the issuer, as the settings say it."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from dependency_injector.providers import Object

from kernel.settings import SettingsError
from specification_app.container import Container
from specification_app.settings import SpecificationSettings


def test_the_secret_is_needed_and_never_shown() -> None:
    needed = {"auth_issuer": "http://issuer.invalid", "database_url": "postgresql+asyncpg://nobody@/nowhere"}
    with pytest.raises(SettingsError, match=r"^SPECIFICATION_CLIENT_SECRET: field required$"):
        _ = SpecificationSettings.model_validate(needed).secret
    told = SpecificationSettings.model_validate({**needed, "client_secret": "only-for-tests"})
    assert told.secret == "only-for-tests"
    assert "only-for-tests" not in repr(told)


async def test_the_service_asks_for_a_token_as_the_settings_say() -> None:
    told = SpecificationSettings.model_validate(
        {
            "auth_issuer": "http://issuer.invalid/realms/catalog",
            "database_url": "postgresql+asyncpg://nobody@/nowhere",
            "client_secret": "only-for-tests",
        }
    )
    asked = list[tuple[str, dict[str, list[str]]]]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), parse_qs(request.content.decode())))
        return httpx.Response(200, json={"access_token": "a", "token_type": "Bearer", "expires_in": 300})

    container: Any = Container(settings=told, to_issuer=Object(httpx.MockTransport(answer)))
    tokens = container.credential()
    async with container.http(), tokens:
        assert container.validate().credential is tokens
        assert await tokens.token() == "a"
    form = {"grant_type": ["client_credentials"], "client_id": ["specification"]}
    address = "http://issuer.invalid/realms/catalog/protocol/openid-connect/token"
    assert asked == [(address, {**form, "client_secret": ["only-for-tests"]})]

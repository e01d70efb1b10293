"""Every forgery against the service's own routes, by somebody who has the issuer's true key."""

from typing import Any

import httpx
import pytest

from apps.offering.tests.conftest import FORGE, Service
from tests.contract.forged import FORGERIES


async def ask(service: Service, token: str) -> httpx.Response:
    """Look at the offerings with a token."""
    headers: Any = [(b"authorization", b"Bearer " + token.encode())]
    return await service.http.get("/offerings", headers=headers)


async def test_every_forgery_is_refused_and_the_honest_token_is_not(service: Service) -> None:
    assert (await ask(service, FORGE.honest())).status_code == 200
    for name, forgery in FORGERIES.items():
        answer = await ask(service, forgery(FORGE))
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), name
    assert (await ask(service, FORGE.honest())).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/offerings", "/offerings/x", "/offerings/x/draft", "/offerings/x/publish", "/offerings/x/retire"],
)
@pytest.mark.parametrize("body", [b"{}", b"{"])
async def test_without_a_token_nothing_is_said(service: Service, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json", "idempotency-key": "no key", "if-match": "no version"}
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = await service.http.request(method, f"{path}?page=x", content=body, headers=headers)
        assert answer.status_code in (401, 405), (method, path)

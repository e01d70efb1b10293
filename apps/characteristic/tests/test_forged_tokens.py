"""Every forgery against the service's own routes, by somebody who has the issuer's true key."""

from typing import Any

import httpx
import pytest

from apps.characteristic.tests.conftest import FORGE, Service
from tests.contract.forged import FORGERIES


async def ask(service: Service, token: str) -> httpx.Response:
    headers: Any = [(b"authorization", b"Bearer " + token.encode())]
    return await service.http.get("/characteristics", headers=headers)


async def test_every_forgery_is_refused_and_the_honest_token_is_not(service: Service) -> None:
    assert (await ask(service, FORGE.honest())).status_code == 200
    for name, forgery in FORGERIES.items():
        answer = await ask(service, forgery(FORGE))
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), name
        assert "Traceback" not in answer.text, name
    assert (await ask(service, FORGE.honest())).status_code == 200


async def test_a_token_for_the_gateway_alone_is_refused(service: Service) -> None:
    token = FORGE.sign(FORGE.claims(aud=["gateway"]))
    assert (await ask(service, token)).status_code == 401


@pytest.mark.parametrize(
    "path", ["/characteristics", "/characteristics/lookup", "/characteristics/x/deprecate"]
)
@pytest.mark.parametrize("body", [b"{}", b"{", b"[1]"])
async def test_without_a_token_nothing_is_said(service: Service, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json", "idempotency-key": "no key", "if-match": "no version"}
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = await service.http.request(method, f"{path}?page=x", content=body, headers=headers)
        assert answer.status_code in (401, 405), (method, path)

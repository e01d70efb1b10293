"""Log in, continue, log out; who am I."""

import httpx
import pytest

from gateway_app.memory import MemoryIdentity
from tests.contract.forged import Forge

from .conftest import Gateway

RIGHT = {"username": "author", "password": "correct-horse"}


async def test_a_session_from_log_in_to_log_out(gateway: Gateway) -> None:
    async with gateway() as client:
        first = await client.post("/login", json=RIGHT)
        assert first.status_code == 200
        assert first.headers["cache-control"] == "no-store"
        tokens = first.json()
        assert set(tokens) == {"accessToken", "refreshToken", "tokenType", "expiresIn", "refreshExpiresIn"}
        assert (tokens["tokenType"], tokens["expiresIn"], tokens["refreshExpiresIn"]) == ("Bearer", 300, 1800)
        old = {"refreshToken": tokens["refreshToken"]}
        second = await client.post("/token/refresh", json=old)
        assert second.status_code == 200
        new = {"refreshToken": second.json()["refreshToken"]}
        assert (await client.post("/logout", json=new)).status_code == 204
        assert (await client.post("/logout", json=new)).status_code == 204
        ended = await client.post("/token/refresh", json=new)
        assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")


async def test_an_old_refresh_token_ends_the_session(gateway: Gateway) -> None:
    async with gateway() as client:
        old = (await client.post("/login", json=RIGHT)).json()["refreshToken"]
        new = (await client.post("/token/refresh", json={"refreshToken": old})).json()["refreshToken"]
        assert (await client.post("/token/refresh", json={"refreshToken": old})).status_code == 401
        assert (await client.post("/token/refresh", json={"refreshToken": new})).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"username": "author", "password": "x"}, {"username": "nobody", "password": "x"}]
)
async def test_a_wrong_name_and_a_wrong_password_look_the_same(
    gateway: Gateway, wrong: dict[str, str]
) -> None:
    async with gateway() as client:
        response = await client.post("/login", json=wrong)
    assert response.status_code == 401
    problem = response.json()
    assert (problem["code"], problem["detail"]) == ("login_failed", "Name or password is wrong.")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"username": "author"}, "/password"),
        ({"username": "", "password": "x"}, "/username"),
        ({"username": "author", "password": "x" * 1025}, "/password"),
        ({**RIGHT, "admin": True}, "/admin"),
        ({"username": ["author"], "password": "x"}, "/username"),
    ],
)
async def test_a_malformed_log_in_names_the_field(
    gateway: Gateway, body: dict[str, object], pointer: str
) -> None:
    async with gateway() as client:
        response = await client.post("/login", json=body)
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]
    assert "xxxx" not in response.text, "what was typed is not echoed"


async def test_log_in_by_password_can_be_switched_off(gateway: Gateway) -> None:
    async with gateway(auth_password_login=False) as client:
        response = await client.post("/login", json=RIGHT)
    assert (response.status_code, response.json()["code"]) == (403, "password_login_off")


async def test_without_the_identity_server_the_answer_is_503_and_tokens_still_open_doors(
    gateway: Gateway, accounts: MemoryIdentity, forge: Forge
) -> None:
    accounts.away = True
    async with gateway(logins_per_account=1) as client:
        for _ in range(3):
            response = await client.post("/login", json=RIGHT)
            assert (response.status_code, response.json()["code"]) == (503, "unavailable"), (
                "no try is charged"
            )
            assert response.headers["retry-after"] == "1"
        headers = {"authorization": f"Bearer {forge.honest()}"}
        assert (await client.get("/api/whoami", headers=headers)).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert {name: one["status"] for name, one in ready.json()["dependencies"].items()} == {
            "identity": "down",
            "token-keys": "up",
        }


async def test_whoami_tells_what_the_token_says(gateway: Gateway, forge: Forge) -> None:
    async with gateway() as client:
        headers = {"authorization": f"Bearer {forge.honest()}"}
        response = await client.get("/api/whoami", headers=headers)
        assert response.json() == {
            "subject": "7a0d2f0e-1c53-4a9f-8a52-0d6e4f1b9c11",
            "name": "operator",
            "roles": ["operator"],
            "session": "5b7f",
        }
        assert (await client.get("/api/whoami")).status_code == 401


async def test_without_a_role_even_an_honest_token_opens_nothing(gateway: Gateway, forge: Forge) -> None:
    headers = {"authorization": f"Bearer {forge.sign(forge.claims(roles=[]))}"}
    async with gateway() as client:
        response: httpx.Response = await client.get("/api/whoami", headers=headers)
    assert response.status_code == 403

"""Who may do what: every address of the running platform with every role, by one table.

The table is the policy. An address that is not in it, or not served any more, turns this red.
"""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from kernel.auth import Role
from tests.worlds import World

PUBLIC = None
POLICY: dict[str, Role | None] = {
    "POST /login": PUBLIC,
    "POST /token/refresh": PUBLIC,
    "POST /logout": PUBLIC,
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": Role.READER,
    "GET /openapi.json": PUBLIC,
    "GET /api/openapi.json": PUBLIC,
    "GET /api/whoami": Role.READER,
    "GET /api/characteristics": Role.READER,
    "POST /api/characteristics": Role.AUTHOR,
    "POST /api/characteristics/lookup": Role.READER,
    "GET /api/characteristics/{id}": Role.READER,
    "GET /api/characteristics/{id}/history": Role.READER,
    "GET /api/characteristics/{id}/users": Role.READER,
    "PUT /api/characteristics/{id}": Role.AUTHOR,
    "DELETE /api/characteristics/{id}": Role.AUTHOR,
    "POST /api/characteristics/{id}/deprecate": Role.AUTHOR,
    "GET /api/specifications": Role.READER,
    "POST /api/specifications": Role.AUTHOR,
    "GET /api/specifications/{id}": Role.READER,
    "GET /api/specifications/{id}/history": Role.READER,
    "GET /api/specifications/{id}/users": Role.READER,
    "PUT /api/specifications/{id}": Role.AUTHOR,
    "DELETE /api/specifications/{id}": Role.AUTHOR,
    "POST /api/specifications/{id}/activate": Role.AUTHOR,
    "POST /api/specifications/{id}/retire": Role.AUTHOR,
    "POST /api/specifications/{id}/check": Role.READER,
    "GET /api/prices": Role.READER,
    "POST /api/prices": Role.AUTHOR,
    "POST /api/prices/check": Role.READER,
    "POST /api/prices/lookup": Role.READER,
    "GET /api/prices/{id}": Role.READER,
    "GET /api/prices/{id}/history": Role.READER,
    "GET /api/prices/{id}/users": Role.READER,
    "PUT /api/prices/{id}": Role.AUTHOR,
    "DELETE /api/prices/{id}": Role.AUTHOR,
    "POST /api/prices/{id}/charge": Role.READER,
    "POST /api/prices/{id}/holds": Role.OPERATOR,
    "DELETE /api/prices/{id}/holds/{publicationId}": Role.OPERATOR,
    "GET /api/offerings": Role.READER,
    "POST /api/offerings": Role.AUTHOR,
    "GET /api/offerings/{id}": Role.READER,
    "GET /api/offerings/{id}/history": Role.READER,
    "PUT /api/offerings/{id}": Role.AUTHOR,
    "DELETE /api/offerings/{id}": Role.AUTHOR,
    "DELETE /api/offerings/{id}/draft": Role.AUTHOR,
    "POST /api/offerings/{id}/preflight": Role.AUTHOR,
    "POST /api/offerings/{id}/publish": Role.PUBLISHER,
    "GET /api/offerings/{id}/publications": Role.READER,
    "POST /api/offerings/{id}/retire": Role.PUBLISHER,
    "GET /api/publications": Role.READER,
    "POST /api/publications": Role.PUBLISHER,
    "GET /api/publications/{id}": Role.READER,
    "GET /api/publications/{id}/events": Role.READER,
    "POST /api/publications/{id}/retry": Role.OPERATOR,
    "POST /api/publications/{id}/cancel": Role.OPERATOR,
    "POST /api/store/check": Role.AUTHOR,
    "GET /api/store/offerings": PUBLIC,
    "GET /api/store/offerings/{key}": PUBLIC,
    "GET /api/store/status": Role.READER,
}
"""Each address with the least role that it lets pass; PUBLIC is for everybody."""
EMBEDDED: dict[str, Role | None] = {"GET /api/traces/{id}": Role.OPERATOR}
"""What only the embedded stack has: the others send their traces to a collector."""


@pytest.fixture(scope="module")
def described(world: World) -> dict[str, Any]:
    """The operations of the merged document, by method and path."""
    paths = world.get("/api/openapi.json").raise_for_status().json()["paths"]
    return {f"{method.upper()} {path}": one for path, item in paths.items() for method, one in item.items()}


@pytest.fixture(scope="module")
def tokens(world: World) -> dict[Role, str]:
    """A token of somebody for each role."""
    return {role: world.sign_in(role.value)["accessToken"] for role in Role}


def test_every_address_is_in_the_table_and_says_so(world: World, described: dict[str, Any]) -> None:
    policy = POLICY | (EMBEDDED if world.stack == "embedded" else {})
    assert described.keys() == policy.keys()
    said = {address: one.get("x-role") for address, one in described.items()}
    assert said == {address: role and role.value for address, role in policy.items()}
    assert {address for address, one in described.items() if one.get("security")} == {
        address for address, role in policy.items() if role is not PUBLIC
    }


def ask(world: World, address: str, token: str = "") -> httpx.Response:
    """Ask for nothing that exists, without a body: who may is told what is wrong with that."""
    method, path = address.split()
    path = path.replace("{id}", str(uuid4())).replace("{publicationId}", str(uuid4()))
    path = path.replace("{key}", "nothing-has-this-key")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return world.http.request(method, path, headers=headers)


@pytest.mark.parametrize(
    "address", [address for address, role in (POLICY | EMBEDDED).items() if role is not PUBLIC]
)
def test_each_role_may_what_the_table_says(world: World, tokens: dict[Role, str], address: str) -> None:
    least = (POLICY | EMBEDDED)[address]
    assert least is not None
    if address in EMBEDDED and world.stack != "embedded":
        assert ask(world, address, tokens[Role.OPERATOR]).status_code == 404
        return
    assert ask(world, address).status_code == 401
    assert ask(world, address, "x" * 40).status_code == 401
    for role, token in tokens.items():
        answer = ask(world, address, token)
        if role.includes(least):
            assert answer.status_code in (200, 204, 404, 422, 428), (role, answer.text)
            assert answer.headers["cache-control"] == "no-store", "nobody keeps what is told to somebody"
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), role


@pytest.mark.parametrize("address", [address for address, role in POLICY.items() if role is PUBLIC])
def test_what_is_public_is_for_everybody(world: World, address: str) -> None:
    answer = ask(world, address)
    assert answer.status_code in (200, 404, 422), answer.text

"""Every forgery against the gateway's own port, by somebody who has the issuer's true key.

The issuer's port has the same in apps/identity/tests/test_forged_tokens.py; each later app gets its own.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from platform_app.tcp_ports import free_port, is_open
from tests.contract.forged import FORGERIES
from tests.contract.issuer import Issuer, issuing
from tests.processes import eventually, running


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing("gateway") as server:
        yield server


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gateway") / "log"


@pytest.fixture(scope="module")
def gateway(issuer: Issuer, log: Path) -> Iterator[httpx.Client]:
    """The gateway as a process, which believes this issuer."""
    port = free_port()
    env = {
        "GATEWAY_PORT": str(port),
        "GATEWAY_AUTH_ISSUER": issuer.forge.issuer,
        "GATEWAY_IDENTITY_URL": issuer.url,
        "GATEWAY_IDENTITY_CLIENT_SECRET": "a-secret-of-a-test",
    }
    with running(["-m", "gateway_app.main"], env, log):
        eventually(lambda: is_open(port), within=30)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client


def ask(client: httpx.Client, token: str) -> httpx.Response:
    return client.get("/api/whoami", headers=[(b"authorization", b"Bearer " + token.encode())])


def test_the_honest_token_opens_the_door(gateway: httpx.Client, issuer: Issuer) -> None:
    assert ask(gateway, issuer.forge.honest()).json()["name"] == "operator"


@pytest.mark.parametrize("name", FORGERIES)
def test_the_gateway_refuses(name: str, gateway: httpx.Client, issuer: Issuer) -> None:
    token = FORGERIES[name](issuer.forge)
    answer = ask(gateway, token)
    assert answer.status_code == (431 if len(token) > 16_000 else 401)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


def test_no_forgery_made_it_ask_elsewhere_or_stumble(
    gateway: httpx.Client, issuer: Issuer, log: Path
) -> None:
    assert ask(gateway, issuer.forge.honest()).status_code == 200
    assert set(issuer.asked) == {"/realms/catalog/protocol/openid-connect/certs"}
    assert len(issuer.asked) <= 2
    said = log.read_text()
    assert said.count('"token.refused"') >= len(FORGERIES) - 2
    assert "Traceback" not in said

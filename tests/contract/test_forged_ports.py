"""Every forgery at every door of a running platform, by somebody who has the issuer's true key.

A door is an address that judges tokens: behind the gateway, past it at a service's own port, of the metrics,
of the issuer. What judges none tells nothing that would help an attacker.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from platform_app.apps import REALM, SERVICES
from tests.contract.forged import FORGERIES, Forge
from tests.contract.held import issuers_key
from tests.processes import eventually
from tests.worlds import Servers, World

LOOKS = {
    "characteristic": "/characteristics",
    "specification": "/specifications",
    "pricing": "/prices",
    "offering": "/offerings",
    "store": "/store/status",
}
"""What a reader may look at, at each service."""
PATIENCE = 40.0
"""Seconds until a service has asked the issuer for a key that it does not know: at most every thirty."""


@dataclass(frozen=True)
class Door:
    """An address that judges tokens, and whom they have to be for."""

    url: str
    audience: str

    def ask(self, token: str) -> httpx.Response:
        """Knock with a token."""
        headers = [(b"authorization", b"Bearer " + token.encode())]
        return httpx.get(self.url, headers=headers, trust_env=False, timeout=10)

    def lets_in(self, token: str) -> bool:
        """Whether it opens."""
        return self.ask(token).status_code == 200


@pytest.fixture(scope="module")
def forge(world: World) -> Iterator[Forge]:
    with issuers_key(world) as found:
        yield found


@pytest.fixture(scope="module")
def ports(world: World) -> dict[str, str]:
    """The base address of each app that listens, by its name: in the embedded stack it is one for all."""
    names = ("gateway", *SERVICES) if world.stack == "native" else ("gateway",)
    return {name: world.link(name) for name in names}


@pytest.fixture(scope="module")
def doors(world: World, ports: dict[str, str]) -> list[Door]:
    found = [Door(f"{world.gateway}/api/whoami", "gateway")]
    found += [Door(f"{world.gateway}/api{path}", name) for name, path in LOOKS.items()]
    found += [Door(f"{url}/metrics", name) for name, url in ports.items()]
    found += [Door(f"{url}{LOOKS[name]}", name) for name, url in ports.items() if name != "gateway"]
    if world.stack == "embedded":
        found.append(Door(f"{world.gateway}/realms/{REALM}/protocol/openid-connect/userinfo", "gateway"))
    return found


def test_every_service_has_a_door() -> None:
    assert LOOKS.keys() == set(SERVICES)


def for_audience(forge: Forge, audience: str) -> Forge:
    """The same forge, whose honest tokens are for this audience."""
    return Forge(forge.issuer, audience, forge.kid, forge.key, forge.like, forge.stranger)


def test_every_door_opens_to_an_honest_token_and_to_no_forgery(doors: list[Door], forge: Forge) -> None:
    opened = {}
    for door in doors:
        theirs = for_audience(forge, door.audience)
        eventually(partial(door.lets_in, theirs.honest()), within=PATIENCE)
        for name, make in FORGERIES.items():
            token = make(theirs)
            answer = door.ask(token)
            if answer.status_code != (431 if len(token) > 16_000 else 401) or "Traceback" in answer.text:
                opened[door.url, name] = answer.status_code, answer.text[:200]
        assert door.lets_in(theirs.honest())
    assert opened == {}


def test_a_token_for_one_service_opens_no_other(doors: list[Door], forge: Forge) -> None:
    for door in doors:
        if "/realms/" in door.url:  # the issuer's own tokens are for all
            continue
        others = [one for one in ("gateway", *SERVICES) if one != door.audience]
        token = forge.sign(forge.claims(aud=others))
        assert door.ask(token).status_code == 401, door


INSIDE = re.compile(
    r"://|\b127\.0\.0\.1|\blocalhost\b|Traceback|site-packages|\.py\b|File \"|\bv?\d+\.\d+\.\d+|password"
)
"""What a stranger could use: addresses, files, versions, passwords."""


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/nothing-here", "/api/whoami", "/metrics", "/docs"])
def test_who_has_no_token_learns_nothing_of_the_inside(ports: dict[str, str], path: str) -> None:
    for name, base in ports.items():
        answer = httpx.get(base + path, trust_env=False, timeout=10)
        told = re.sub(r'"type":"urn:[^"]*"', "", answer.text)
        assert not INSIDE.search(told), (name, told)
        assert {"server", "x-powered-by", "via"}.isdisjoint(answer.headers), name


@pytest.mark.parametrize(
    "path", ["/process-definition", "/task", "/incident", "/user", "/deployment/create", "/authorization"]
)
def test_the_engine_is_nobodys_without_a_password(world: World, forge: Forge, path: str) -> None:
    if world.stack == "embedded":
        pytest.skip("the embedded engine listens nowhere")
    camunda = Servers.of(world).camunda
    method = "POST" if path.endswith("create") else "GET"
    for headers in (
        {},
        {"authorization": f"Bearer {forge.honest()}"},
        {"authorization": "Basic ZGVtbzpkZW1v"},  # demo:demo, as Camunda comes
        {"authorization": "Basic YWRtaW46YWRtaW4="},
    ):
        answer = httpx.request(method, f"{camunda.url}{path}", headers=headers, trust_env=False, timeout=10)
        assert answer.status_code in (401, 403), (headers, answer.text[:200])

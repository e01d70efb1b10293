"""The ports by which specifications see characteristics, and ask in their own name: one suite, in memory and
over HTTP, where the real characteristic service answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import count
from uuid import UUID

import httpx
import pytest

import tests.service
from kernel.credentials import ServiceTokens
from kernel.domain import new_id
from kernel.errors import Problem, Unavailable
from kernel.neighbour import Neighbour
from specification.domain import Characteristic, Found, Question
from specification.memory import MemoryCharacteristics, MemoryCredential, RefusedValue
from specification.ports import Characteristics, Credential
from specification_app.characteristics import HttpCharacteristics
from tests.contract.forged import Forge

FORGE = Forge(tests.service.ISSUER, "characteristic")
RAM = Characteristic(id=UUID(int=1), key="ram", name="RAM", value_type="integer")
COLOURS = Characteristic(
    id=UUID(int=2), key="colours", name="Colours", value_type="choice", multiple=True, codes=("red", "blue")
)
NOT_WHOLE = Problem("type", "A whole number such as 12 is accepted here.")
NOT_ALLOWED = Problem("not_allowed", "Accepted here: red, blue.")


@dataclass(frozen=True)
class Known:
    """The port under test, its two characteristics, and a credential that it accepts."""

    port: Characteristics
    ram: Characteristic
    colours: Characteristic
    credential: str

    async def look_up(self, *ids: UUID, values: dict[UUID, object] | None = None) -> Found:
        return await self.port.look_up(Question(ids=ids, values=values or {}), self.credential)


@pytest.fixture(params=["memory", "http"])
def theirs(request: pytest.FixtureRequest) -> str:
    """Where the characteristics are: in memory (""), or in a service whose database has this address."""
    return str(request.getfixturevalue("url")) if request.param == "http" else ""


@pytest.fixture
async def known(theirs: str) -> AsyncIterator[Known]:
    """RAM, a whole number, and Colours, several of red and blue, the latter being deprecated."""
    if not theirs:
        colours = replace(COLOURS, status="DEPRECATED")
        refused = [
            RefusedValue(RAM.id, "much", NOT_WHOLE),
            RefusedValue(COLOURS.id, ["red", "pink"], replace(NOT_ALLOWED, pointer="/1")),
        ]
        port = MemoryCharacteristics({RAM.id: RAM, COLOURS.id: colours}, refused)
        yield Known(port, RAM, colours, "anybody")
        return
    async with tests.service.running_afresh("characteristic_app", theirs, FORGE) as service:
        ram = await service.post("/characteristics", {"name": "RAM", "valueType": "integer"})
        allowed = [{"code": code, "label": code} for code in COLOURS.codes]
        wanted = {"name": "Colours", "valueType": "choice", "multiple": True, "allowedValues": allowed}
        made = (await service.post("/characteristics", wanted)).json()
        await service.post(f"/characteristics/{made['id']}/deprecate", version=1)
        there = Neighbour("characteristic service", service.http, "http://characteristic.test")
        yield Known(
            HttpCharacteristics(there),
            replace(RAM, id=UUID(ram.json()["id"])),
            replace(COLOURS, id=UUID(made["id"]), status="DEPRECATED"),
            service.headers("reader")["authorization"].removeprefix("Bearer "),
        )


async def test_characteristics_are_found_in_the_order_asked_for(known: Known) -> None:
    nobody, another = new_id(), new_id()
    found = await known.look_up(another, known.colours.id, nobody, known.ram.id)
    assert (list(found.items), list(found.missing)) == ([known.colours, known.ram], [another, nobody])
    assert list(found.problems) == []


async def test_a_question_about_nothing_has_an_empty_answer(known: Known) -> None:
    assert await known.look_up() == Found()


async def test_all_may_be_missing(known: Known) -> None:
    ids = [new_id() for _ in range(100)]
    found = await known.look_up(*ids, values={ids[0]: 1})
    assert (list(found.items), list(found.missing), list(found.problems)) == ([], ids, [])


async def test_values_are_judged(known: Known) -> None:
    ids = (known.ram.id, known.colours.id)
    found = await known.look_up(*ids, values={known.ram.id: 8, known.colours.id: ["red", "blue"]})
    assert list(found.problems) == []
    found = await known.look_up(*ids, values={known.ram.id: "much", known.colours.id: ["red", "pink"]})
    assert list(found.problems) == [
        replace(NOT_WHOLE, pointer=f"/{known.ram.id}"),
        replace(NOT_ALLOWED, pointer=f"/{known.colours.id}/1"),
    ]
    assert [one.pointer for one in found.problems_of(known.colours.id)] == ["/1"]


@pytest.fixture(params=["memory", "http"])
async def credentials(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Credential, Credential]]:
    """The credential that this service has, and the same while nobody vouches for it.

    Minutes pass between two looks at the clock, so that no token is too new to be forgotten.
    """
    if request.param == "memory":
        yield MemoryCredential("a-token"), MemoryCredential(away=True)
        return

    given, moments = count(), count(step=60)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "away.test":
            raise httpx.ConnectError("nobody listens")
        text = "a-token" + "+" * next(given)
        return httpx.Response(200, json={"access_token": text, "token_type": "Bearer", "expires_in": 86_400})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        urls = [f"http://{host}.test/token" for host in ("issuer", "away")]
        here, away = (
            ServiceTokens(http, url, "specification", "s" * 20, lambda: next(moments)) for url in urls
        )
        async with here, away:
            yield here, away


async def test_this_service_has_a_token_of_its_own(credentials: tuple[Credential, Credential]) -> None:
    here, away = credentials
    assert [await here.token(), await here.token()] == ["a-token", "a-token"]
    here.forget("another")
    assert await here.token() == "a-token"
    here.forget("a-token")
    following = await here.token()
    assert following != "a-token"
    here.forget("a-token")  # late
    assert await here.token() == following
    with pytest.raises(Unavailable):
        await away.token()

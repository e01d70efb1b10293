"""What each service may do at the engine: as much as it needs, and nothing else."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs

from kernel.camunda import Camunda
from kernel.errors import CatalogError, Unavailable
from kernel.process import State, TaskRefused
from platform_app.servers.camunda import USERS
from platform_app.servers.engine_setup import RIGHTS, EngineSetup, Right
from tests.contract.engines import DIAGRAM, PROCESS, TOPICS, OverRest, over_rest
from tests.servers import RunningCamunda

pytestmark = pytest.mark.real
WORKERS = [name for name in USERS if name != "offering"]


@pytest.fixture
async def admin(engine_server: RunningCamunda) -> AsyncIterator[OverRest]:
    async with over_rest(engine_server.url("catalog")) as bench:
        yield bench


@pytest.fixture(params=USERS)
async def service(request: pytest.FixtureRequest, engine_server: RunningCamunda) -> AsyncIterator[Camunda]:
    async with Camunda(engine_server.url(request.param)) as engine:
        yield engine


@pytest.fixture(params=WORKERS)
async def worker(request: pytest.FixtureRequest, engine_server: RunningCamunda) -> AsyncIterator[Camunda]:
    async with Camunda(engine_server.url(request.param)) as engine:
        yield engine


@pytest.fixture
async def offering(engine_server: RunningCamunda) -> AsyncIterator[Camunda]:
    async with Camunda(engine_server.url("offering")) as engine:
        yield engine


@contextmanager
def refused(kind: type[CatalogError], reason: str) -> Iterator[None]:
    """The engine refuses in the block; the reason is in the log, and not in what people read."""
    with capture_logs() as lines, pytest.raises(kind) as error:
        yield
    assert any(reason in line.get("reason", "") for line in lines), lines
    assert reason not in error.value.message


def setup_of(server: RunningCamunda) -> EngineSetup:
    """As `catalog up` makes it."""
    return EngineSetup(
        url=server.url("catalog"),
        database=server.server.database.url,
        passwords={name: server.server.password_of(name) for name in USERS},
        diagrams=(DIAGRAM,),
    )


async def rights(admin: OverRest, user: str) -> set[Right]:
    found = await admin.rest.ask("GET", "/authorization", params={"userIdIn": user})
    return {Right(one["resourceType"], one["resourceId"], frozenset(one["permissions"])) for one in found}


async def test_each_service_does_tasks(admin: OverRest, service: Camunda) -> None:
    key, name = uuid4().hex, f"w-{uuid4().hex}"
    await admin.engine.start(PROCESS, key, {})
    await service.check()

    async def take() -> str:
        (task,) = await service.fetch(TOPICS, name, lock=30.0, business_key=key)
        return task.id

    task = await take()
    await service.extend(task, name, 60.0)
    assert await service.unlock_all(name) == 1
    assert await take() == task
    await service.failure(task, name, "no", 1)
    assert await take() == task
    await service.complete(task, name, {"a": 1})
    await service.error(await take(), name, "SPECIFICATION_INVALID", "why")
    assert [one.topic for one in await service.fetch(TOPICS, name, lock=30.0, business_key=key)] == [
        "store.drop-entry"
    ]
    await admin.engine.cancel(PROCESS, key)


async def test_the_service_of_offerings_begins_looks_and_helps(admin: OverRest, offering: Camunda) -> None:
    key, name = uuid4().hex, f"w-{uuid4().hex}"
    await offering.start(PROCESS, key, {"publicationId": key})
    await offering.start(PROCESS, key, {"publicationId": key})
    (task,) = await offering.fetch(TOPICS, name, lock=30.0, business_key=key)
    await offering.failure(task.id, name, "stuck", 0)
    assert [one.message for one in await offering.incidents(PROCESS) if one.business_key == key] == ["stuck"]
    assert await offering.retry(PROCESS, key) == 1
    found = await offering.look(PROCESS, key)
    assert found is not None
    assert [one.failures for one in found.activities if one.id == "lock_prices"] == [1]
    await offering.cancel(PROCESS, key)
    ended = await offering.look(PROCESS, key)
    assert ended is not None
    assert ended.state is State.CANCELLED


async def test_a_worker_neither_begins_nor_sees_nor_ends_an_instance(
    admin: OverRest, worker: Camunda
) -> None:
    key = uuid4().hex
    await admin.engine.start(PROCESS, key, {})
    assert await worker.look(PROCESS, key) is None  # the history shows it none
    with refused(TaskRefused, "No matching process definition"):
        await worker.start(PROCESS, f"{key}-2", {})
    assert await admin.engine.look(PROCESS, f"{key}-2") is None
    found = await admin.engine.look(PROCESS, key)
    assert found is not None
    assert found.state is State.RUNNING
    await admin.engine.cancel(PROCESS, key)


@pytest.mark.parametrize("name", USERS)
async def test_nobody_deploys_or_rules(engine_server: RunningCamunda, admin: OverRest, name: str) -> None:
    key = uuid4().hex
    await admin.engine.start(PROCESS, key, {})
    async with Camunda(engine_server.url(name)) as service:
        before = await admin.rest.ask("GET", "/deployment/count")
        with refused(Unavailable, "403"):
            await service.deploy(DIAGRAM.read_bytes().replace(b"PT2M", b"PT3M"), "publish_offering.bpmn")
        assert await admin.rest.ask("GET", "/deployment/count") == before
    found = (await admin.rest.ask("GET", "/process-instance", params={"businessKey": key}))[0]
    grant = {
        "type": 1,
        "userId": name,
        "resourceType": 9,
        "resourceId": "*",
        "permissions": ["ALL"],
    }
    forbidden: list[tuple[str, str, Mapping[str, Any]]] = [
        ("POST", "/authorization/create", {"json": grant}),
        ("POST", "/user/create", {"json": {"profile": {"id": "x"}, "credentials": {"password": "x" * 20}}}),
        (
            "PUT",
            f"/user/{name}/credentials",
            {
                "json": {
                    "password": "y" * 20,
                    "authenticatedUserPassword": engine_server.server.password_of(name),
                }
            },
        ),
        ("PUT", f"/process-definition/{found['definitionId']}/suspended", {"json": {"suspended": True}}),
    ]
    if name != "offering":
        forbidden.append(("DELETE", f"/process-instance/{found['id']}", {}))
    url = httpx.URL(engine_server.url(name))
    async with httpx.AsyncClient(
        base_url=url.copy_with(username=None, password=None),
        auth=httpx.BasicAuth(url.username, url.password),
        trust_env=False,
    ) as http:
        for method, path, sent in forbidden:
            answer = await http.request(method, path, **sent)
            assert answer.status_code in (403, 500), (path, answer.text)
            assert "AuthorizationException" in answer.text or "permission" in answer.text, answer.text
        for path in ("/deployment", "/user", "/authorization", "/process-definition", "/history/task"):
            seen = (await http.get(path)).json()
            mine = [one for one in seen if name == "offering" and one.get("key") == PROCESS]
            assert seen == mine, path
    assert await rights(admin, name) == set(RIGHTS[name])
    await admin.engine.cancel(PROCESS, key)


@pytest.mark.parametrize("name", ["", "offering:wrong@", "nobody:nothing@", "demo:demo@"])
async def test_who_is_not_known_is_let_into_nothing(engine_server: RunningCamunda, name: str) -> None:
    async with Camunda(f"http://{name}127.0.0.1:{engine_server.server.port}/engine-rest") as stranger:
        for call in (stranger.check(), stranger.fetch(TOPICS, "w", lock=1.0), stranger.incidents(PROCESS)):
            with refused(Unavailable, "401"):
                await call


async def test_a_second_setup_changes_nothing_and_puts_right_what_was_changed(
    engine_server: RunningCamunda, admin: OverRest
) -> None:
    setup = setup_of(engine_server)
    before = await admin.rest.ask("GET", "/authorization", params={"userIdIn": "store"})
    deployments = await admin.rest.ask("GET", "/deployment/count")
    await setup()
    assert await admin.rest.ask("GET", "/authorization", params={"userIdIn": "store"}) == before
    assert await admin.rest.ask("GET", "/deployment/count") == deployments

    more = {"type": 1, "userId": "store", "resourceType": 9, "resourceId": "*", "permissions": ["CREATE"]}
    await admin.rest.ask("POST", "/authorization/create", json=more)
    await admin.rest.ask("DELETE", f"/authorization/{before[0]['id']}")
    passwords = {**setup.passwords, "store": "another-password-of-store"}
    await replace(setup, passwords=passwords)()
    assert await rights(admin, "store") == set(RIGHTS["store"])
    with refused(Unavailable, "401"):
        async with Camunda(engine_server.url("store")) as store:
            await store.check()
    await setup()
    async with Camunda(engine_server.url("store")) as store:
        await _in_time(store)


async def _in_time(engine: Camunda) -> None:
    """The password that was just refused has locked its user for some seconds."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await engine.check()
            except Unavailable:
                await asyncio.sleep(0.5)


async def test_the_program_of_the_containers_does_the_same(
    engine_server: RunningCamunda, admin: OverRest
) -> None:
    before = await admin.rest.ask("GET", "/authorization", params={"userIdIn": "pricing"})
    await admin.rest.ask("DELETE", f"/authorization/{before[0]['id']}")
    setup = setup_of(engine_server)
    told = {
        "ENGINE_ADMIN_URL": setup.url,
        "ENGINE_DATABASE_URL": setup.database,
        "ENGINE_DIAGRAMS": str(DIAGRAM.parent),
        **{f"ENGINE_{name.upper()}_PASSWORD": password for name, password in setup.passwords.items()},
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "platform_app.engine_init"],
        env=told,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert await rights(admin, "pricing") == set(RIGHTS["pricing"])


async def test_the_database_takes_a_business_key_once(engine_server: RunningCamunda, admin: OverRest) -> None:
    """Also when two ask at once, so that neither sees the other, and in all versions of a process."""
    key = uuid4().hex
    await admin.engine.start(PROCESS, key, {})
    with refused(Unavailable, "persistence layer"):
        await admin.rest.ask("POST", f"/process-definition/key/{PROCESS}/start", json={"businessKey": key})
    await admin.engine.cancel(PROCESS, key)
    with refused(Unavailable, "persistence layer"):
        await admin.rest.ask("POST", f"/process-definition/key/{PROCESS}/start", json={"businessKey": key})
    connection = await asyncpg.connect(engine_server.server.database.url, ssl=False)
    try:
        rows = await connection.fetchval("select count(*) from act_hi_procinst where business_key_ = $1", key)
    finally:
        await connection.close()
    assert rows == 1

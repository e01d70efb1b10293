"""The real MongoDB of both stacks. Skipped, with the reason, on a machine where it does not run."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from apps.platform.tests.bench import Bench, environment, quiet
from platform_app.home import Home
from platform_app.servers.mongod import Mongod
from platform_app.servers.mongod_binary import binary
from platform_app.tcp_ports import free_port
from platform_app.trouble import Trouble

pytestmark = pytest.mark.real


@pytest.fixture
def mongod(stack: Bench) -> Mongod:
    server = Mongod(stack.home, free_port())
    if reason := server.unfit():
        pytest.skip(reason)
    return server


@pytest.fixture
def database(stack: Bench, mongod: Mongod) -> Iterator[Database[dict[str, Any]]]:
    stack.up(mongod)
    with MongoClient[dict[str, Any]](mongod.url("store")) as client:
        yield client.get_default_database()


def test_an_app_writes_in_a_transaction(database: Database[dict[str, Any]]) -> None:
    assert database.name == "store"
    with database.client.start_session() as session, session.start_transaction():
        database.offers.insert_one({"_id": "a"}, session=session)
    assert database.offers.count_documents({}) == 1


def test_the_app_is_no_administrator(database: Database[dict[str, Any]]) -> None:
    with pytest.raises(OperationFailure, match="not authorized"):
        database.client.admin.command("createUser", "mallory", pwd="x", roles=["root"])


def test_without_a_password_nothing_is_read(mongod: Mongod, database: Database[dict[str, Any]]) -> None:
    with MongoClient[dict[str, Any]]("127.0.0.1", mongod.port, directConnection=True) as stranger:
        with pytest.raises(OperationFailure, match="requires authentication"):
            stranger.store.offers.find_one()


def test_it_takes_no_compressed_messages_whose_length_may_be_a_lie(
    mongod: Mongod, database: Database[dict[str, Any]]
) -> None:
    with MongoClient[dict[str, Any]]("127.0.0.1", mongod.port, directConnection=True) as stranger:
        said = stranger.admin.command("hello", compression=["zlib", "snappy", "zstd"])
        assert said["ok"] == 1
        assert not said.get("compression")


def test_the_data_survives_another_port(stack: Bench, database: Database[dict[str, Any]]) -> None:
    database.offers.insert_one({"_id": "kept"})
    stack.down()
    moved = Mongod(stack.home, free_port())
    stack.up(moved)
    with MongoClient[dict[str, Any]](moved.url("store")) as client:
        assert client.store.offers.find_one() == {"_id": "kept"}
        client.store.offers.insert_one({"_id": "more"})


def test_a_kill_loses_no_acknowledged_write_and_the_client_finds_back(
    stack: Bench, mongod: Mongod, database: Database[dict[str, Any]]
) -> None:
    database.offers.insert_one({"_id": "kept"})
    stack.kill("mongod")
    stack.up(mongod)
    assert database.offers.find_one() == {"_id": "kept"}
    database.offers.insert_one({"_id": "more"})


def test_settling_is_done_once(stack: Bench, mongod: Mongod) -> None:
    stack.up(mongod)
    stack.up(mongod)
    with MongoClient[dict[str, Any]](mongod.url("store")) as client:
        assert client.admin.command("ping")["ok"] == 1


def test_an_interrupted_settling_is_finished(stack: Bench, mongod: Mongod) -> None:
    mongod.provision(quiet)
    stack.processes.start(mongod.programs()[0])
    with MongoClient[dict[str, Any]]("127.0.0.1", mongod.port, directConnection=True) as local:
        member = {"_id": 0, "host": f"127.0.0.1:{mongod.port}"}
        local.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
    mongod.settle(quiet)
    with MongoClient[dict[str, Any]](mongod.url("store")) as client:
        assert client.store.offers.count_documents({}) == 0


def test_data_of_other_secrets_is_told(stack: Bench, mongod: Mongod) -> None:
    stack.up(mongod)
    stack.down()
    stack.home.write("secrets", {})
    with pytest.raises(Trouble, match="catalog reset"):
        stack.up(mongod)


def test_a_failed_download_is_told_and_leaves_nothing(stack: Bench, mongod: Mongod) -> None:
    home = Home("test", stack.home.state, stack.home.state / "cache")
    with environment("UV_OFFLINE", "1"), environment("UV_CACHE_DIR", str(stack.home.state / "uv")):
        with pytest.raises(Trouble, match=r"MongoDB could not be downloaded: .*Is this machine online"):
            Mongod(home, mongod.port).provision(quiet)
    assert [file.name for file in home.cache.iterdir()] == [".mongod-6.0.5.lock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the account")
def test_it_does_not_run_as_root(stack: Bench, mongod: Mongod, database: Database[dict[str, Any]]) -> None:
    process = stack.processes.find("mongod")
    assert process is not None
    assert process.username() == "nobody"


def test_a_program_that_does_not_run_is_told_with_the_way_out(stack: Bench) -> None:
    home = Home("test", stack.home.state, stack.home.state / "cache")
    program = binary(home)
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'libssl.so.3: cannot open shared object file' >&2\nexit 127\n")
    program.chmod(0o755)
    reason = Mongod(home, free_port()).unfit()
    if reason is None or "its program" in reason:
        pytest.skip(f"another reason comes first: {reason}")
    assert "libssl.so.3" in reason
    assert "apt-get install -y libcurl4 libssl3 liblzma5" in reason
    with pytest.raises(Trouble, match="MongoDB cannot run here: libssl"):
        Mongod(home, free_port()).provision(quiet)

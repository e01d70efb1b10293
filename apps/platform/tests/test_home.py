"""Where a stack keeps its things."""

import errno
import os
import pwd
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.platform.tests.bench import Bench, environment
from platform_app.home import Home, default_cache, default_state, disk_trouble
from platform_app.servers.cached import lay_once
from platform_app.trouble import Trouble

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be an account without rights for a while."""
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


def test_the_chosen_folders_win() -> None:
    with environment("CATALOG_HOME", "/a"), environment("CATALOG_CACHE", "/b"):
        assert Home.of("embedded") == Home("embedded", Path("/a/embedded"), Path("/b"))


def test_a_user_s_folders_follow_xdg_and_root_s_are_the_system_s() -> None:
    with environment("XDG_DATA_HOME", "/d"), environment("XDG_CACHE_HOME", "/c"):
        state, cache = default_state(), default_cache()
    if os.geteuid() == 0:
        assert (state, cache) == (Path("/var/lib/catalog"), Path("/var/cache/catalog"))
    else:
        assert (state, cache) == (Path("/d/catalog"), Path("/c/catalog"))


def test_others_may_pass_through_but_read_no_log(home: Home) -> None:
    home.create()
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o711
    assert stat.S_IMODE(home.logs.stat().st_mode) == 0o700


def test_a_strict_umask_does_not_lock_the_databases_out(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        home = Home("test", tmp_path / "a/b/state", tmp_path / "cache")
        home.create()
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path / "a", tmp_path / "a/b", home.cache)]
    assert modes == [0o755, 0o755, 0o755]


def test_a_secret_is_made_once_and_only_its_owner_reads_it(home: Home) -> None:
    first = home.secret("postgres")
    assert len(first) == 27
    assert home.secret("postgres") == first
    assert home.secret("mongod") != first
    assert stat.S_IMODE((home.state / "secrets.json").stat().st_mode) == 0o600


@as_root
def test_what_another_account_may_not_read_is_told(place: Path) -> None:
    home = Home("test", place / "state", place / "cache")
    home.create()
    home.write("secrets", {"postgres": "secret"})
    with as_nobody(), pytest.raises(Trouble, match=r"secrets\.json cannot be read \(Permission denied\)"):
        home.read("secrets")
    with as_nobody(), pytest.raises(Trouble, match="cannot be used"):
        Home("test", home.logs / "below", home.cache).exists  # noqa: B018  # it is the question that fails


@as_root
def test_another_account_cannot_hold_the_lock(place: Path) -> None:
    home = Home("test", place / "state", place / "cache")
    home.create()
    (home.state / "lock").touch(0o644)
    with home.locked():
        assert stat.S_IMODE((home.state / "lock").stat().st_mode) == 0o600
    with as_nobody(), pytest.raises(OSError, match="Permission denied"):
        (home.state / "lock").open()
    with as_nobody(), pytest.raises(Trouble, match="cannot be used"), home.locked():
        pass


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_damaged_document_is_told(home: Home, text: str) -> None:
    (home.state / "ports.json").write_text(text)
    with pytest.raises(Trouble, match=r"ports\.json is damaged.*catalog reset"):
        home.read("ports")


def test_one_command_at_a_time(home: Home) -> None:
    with home.locked():
        with pytest.raises(Trouble, match="Another catalog command is changing the test stack"):
            with home.locked():
                pass
    with home.locked():
        pass


def test_deleting_leaves_the_cache(home: Home) -> None:
    home.delete()
    assert not home.state.exists()
    assert home.cache.is_dir()


def test_a_full_disk_is_told_and_leaves_the_document_whole(small_disk: Path, tmp_path: Path) -> None:
    home = Home("test", small_disk / "state", tmp_path / "cache")
    home.create()
    home.write("run", {"kept": True})
    with pytest.raises(Trouble, match=f"The disk that holds {home.state} is full"):
        home.write("run", {"text": "x" * 100_000})
    assert home.read("run") == {"kept": True}
    assert sorted(file.name for file in home.state.iterdir()) == ["data", "logs", "run.json"]


def test_a_copy_that_fills_the_disk_is_told_as_such(small_disk: Path, tmp_path: Path) -> None:
    """`copytree` goes on after a failure, and collects them all in an error without a number."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs/large").write_bytes(b"x" * 100_000)

    def fill(part: Path) -> None:
        shutil.copytree(tmp_path / "programs", part / "all")

    with pytest.raises(Trouble) as refused:
        lay_once(small_disk / "server", fill)
    assert str(refused.value) == f"The disk that holds {small_disk} is full: free some space, then try again."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "The disk that holds /a is full: free some space, then try again."),
        (errno.EDQUOT, "The disk that holds /a is full: free some space, then try again."),
        (
            errno.EROFS,
            "/a/b cannot be used (Read-only file system): give yourself the right to write there, or set "
            "CATALOG_HOME and CATALOG_CACHE to folders of yours.",
        ),
        (errno.EIO, "/a/b cannot be used: Input/output error."),
        (errno.ENOENT, "/a/b cannot be used: No such file or directory."),
    ],
)
def test_each_trouble_with_a_disk_has_its_sentence(number: int, said: str) -> None:
    with pytest.raises(Trouble) as alone, disk_trouble(Path("/a")):
        raise OSError(number, os.strerror(number), "/a/b")
    assert str(alone.value) == said
    with pytest.raises(Trouble) as collected, disk_trouble(Path("/a")):
        raise shutil.Error([("/x", "/a/b", str(OSError(number, os.strerror(number), "/a/b")))])
    assert str(collected.value) == said.replace("/a/b", "/a")


def test_a_full_disk_leaves_nothing_half_in_the_cache(small_disk: Path) -> None:
    def fill(part: Path) -> None:
        (part / "file").write_bytes(b"x" * 100_000)

    with pytest.raises(Trouble, match=f"The disk that holds {small_disk} is full"):
        lay_once(small_disk / "server", fill)
    assert [file.name for file in small_disk.iterdir()] == [".server.lock"]


def test_the_cache_is_filled_once(home: Home) -> None:
    def fill(part: Path) -> None:
        (part / "program").write_text("")

    def never(part: Path) -> None:
        raise AssertionError("it is there already")

    folder = lay_once(home.cache / "server", fill)
    assert [file.name for file in folder.iterdir()] == ["program"]
    assert lay_once(home.cache / "server", never) == folder


def test_the_cache_is_made_by_whoever_is_first(tmp_path: Path) -> None:
    folder = lay_once(tmp_path / "no/cache/yet/server", lambda part: (part / "program").touch())
    assert [file.name for file in folder.iterdir()] == ["program"]


def test_an_interrupted_filling_is_begun_anew(home: Home) -> None:
    (home.cache / ".server.part").mkdir()
    (home.cache / ".server.part/half").write_text("")
    folder = lay_once(home.cache / "server", lambda part: (part / "whole").touch())
    assert [file.name for file in folder.iterdir()] == ["whole"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Trouble, match=r"cannot be used.*CATALOG_HOME"):
        Home("test", tmp_path / "state", tmp_path / "cache").create()


def test_who_starts_a_stack_while_it_is_deleted_starts_in_a_new_folder(stack: Bench) -> None:
    home = stack.home
    for number in range(2000):
        (home.data("many") / f"{number % 20}").mkdir(parents=True, exist_ok=True)
        (home.data("many") / f"{number % 20}" / str(number)).touch()
    with home.locked():
        deleting = threading.Thread(target=home.delete)
        deleting.start()
        while home.data("many").exists():
            pass
        with home.locked():
            home.write("secrets", {"new": "yes"})
        deleting.join()
    assert home.read("secrets") == {"new": "yes"}
    assert list(home.state.parent.glob(".*gone*")) == []

"""Root works in folders of `nobody`, who may have put a trap there. Skipped when another runs the tests."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from platform_app.servers.account import Account
from platform_app.trouble import Trouble

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes the account")


@pytest.fixture
def account() -> Account:
    return Account.of_servers()


@pytest.fixture
def theirs(place: Path, account: Account) -> Path:
    """A folder of the servers' account."""
    account.private_folder(place / "theirs")
    return place / "theirs"


@pytest.fixture
def target(place: Path) -> Path:
    """A folder of root that a trap leads to."""
    (place / "target").mkdir(mode=0o755)
    return place / "target"


def test_a_folder_and_a_file_belong_to_the_account_alone(theirs: Path, account: Account) -> None:
    account.private_file(theirs / "key", "secret")
    account.private_file(theirs / "key", "other")
    assert (theirs / "key").read_text() == "other"
    assert [file.name for file in theirs.iterdir()] == ["key"]
    assert (theirs.stat().st_uid, (theirs / "key").stat().st_uid) == (account.uid, account.uid)
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o700
    assert stat.S_IMODE((theirs / "key").stat().st_mode) == 0o600


def test_a_link_of_theirs_is_not_followed(theirs: Path, target: Path, account: Account) -> None:
    (theirs / "trap").symlink_to(target)
    (target / "victim").touch()
    attempts: list[Callable[[], None]] = [
        lambda: account.private_folder(theirs / "trap"),
        lambda: account.private_folder(theirs / "trap" / "below"),
        lambda: account.private_file(theirs / "trap" / "file", "secret"),
        lambda: account.private_link(theirs / "trap" / "link", target),
        lambda: account.fresh_folder(theirs / "trap" / "victim"),
        lambda: account.move(theirs / "trap" / "victim", theirs / "loot"),
        lambda: account.remove(theirs / "trap" / "victim"),
    ]
    for attempt in attempts:
        with pytest.raises(Trouble, match=r"trap.* is not a folder that this command made"):
            attempt()
    assert [file.name for file in target.iterdir()] == ["victim"]
    assert (target.stat().st_uid, (target / "victim").stat().st_uid) == (0, 0)
    assert stat.S_IMODE(target.stat().st_mode) == 0o755


def test_a_link_of_our_own_is_followed(place: Path, target: Path, account: Account) -> None:
    (place / "home").symlink_to(target)
    account.private_folder(place / "home" / "data")
    assert (target / "data").stat().st_uid == account.uid


def test_a_link_in_place_of_a_file_is_replaced(theirs: Path, target: Path, account: Account) -> None:
    (target / "victim").write_text("as it was")
    (theirs / "key").symlink_to(target / "victim")
    account.private_file(theirs / "key", "secret")
    assert (target / "victim").read_text() == "as it was"
    assert (theirs / "key").read_text() == "secret"


def test_what_root_made_in_earlier_versions_is_given_to_it(
    place: Path, target: Path, account: Account
) -> None:
    (place / "old" / "mnesia").mkdir(parents=True)
    (place / "old" / "mnesia" / "table").touch()
    (place / "old" / "lib").symlink_to(target)
    account.private_folder(place / "old")
    for path in ("old", "old/mnesia", "old/mnesia/table", "old/lib"):
        assert (place / path).lstat().st_uid == account.uid
    assert target.stat().st_uid == 0


def test_a_link_is_laid_once_and_renewed(theirs: Path, target: Path, account: Account) -> None:
    (theirs / "lib").touch()
    account.private_link(theirs / "lib", target)
    before = (theirs / "lib").lstat().st_ino
    account.private_link(theirs / "lib", target)
    assert ((theirs / "lib").readlink(), (theirs / "lib").lstat().st_ino) == (target, before)
    account.private_link(theirs / "lib", target / "other")
    assert (theirs / "lib").readlink() == target / "other"

"""How Keycloak is assembled, laid out and started."""

import stat
import zipfile
from pathlib import Path

import pytest

from apps.platform.tests.bench import quiet
from apps.platform.tests.machine import Machine
from platform_app.home import Home
from platform_app.repository import repository
from platform_app.servers.keycloak import BUNDLE, Keycloak, assemble, demo_user
from platform_app.trouble import Trouble


@pytest.fixture
def keycloak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keycloak:
    """A Keycloak whose program lies in the cache already."""
    Machine(tmp_path / "bin", monkeypatch).install_java()
    home = Home("test", tmp_path / "state", tmp_path / "cache")
    home.create()
    BUNDLE.folder(home.cache).mkdir(parents=True)
    return Keycloak(home, 8080, 9000)


def downloaded(folder: Path, script: str) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(folder / "keycloak-dist.zip", "w") as archive:
        archive.writestr("keycloak-1.0/bin/kc.sh", script)
        archive.writestr("keycloak-1.0/version.txt", "1.0")
    return folder


def test_it_is_unpacked_and_built(tmp_path: Path) -> None:
    folder = downloaded(tmp_path / "part", 'cd "$(dirname "$0")/.."; mkdir data; echo "$@" > built')
    assemble(folder)
    assert (folder / "built").read_text() == "build --db=dev-file --health-enabled=true\n"
    assert sorted(item.name for item in folder.iterdir()) == ["bin", "built", "version.txt"]


def test_a_failed_build_ends_with_what_it_said(tmp_path: Path) -> None:
    folder = downloaded(tmp_path / "part", "echo first; echo no space; exit 1")
    with pytest.raises(Trouble, match=r"could not be assembled .* It last said: no space"):
        assemble(folder)


def test_the_stack_has_a_home_of_its_own(keycloak: Keycloak) -> None:
    keycloak.provision(quiet)
    keycloak.provision(quiet)  # a second time finds its work done
    data = keycloak.home.data("keycloak")
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert (data / "lib").readlink() == BUNDLE.folder(keycloak.home.cache) / "lib"
    realm = repository() / "compose" / "keycloak" / "catalog-realm.json"
    assert (data / "data" / "import" / "catalog-realm.json").read_bytes() == realm.read_bytes()


def test_secrets_are_in_the_environment_only(keycloak: Keycloak) -> None:
    (program,) = keycloak.programs()
    secrets = {keycloak.home.secret("keycloak-admin"), keycloak.home.secret("gateway-client")}
    assert secrets == {program.env["KC_BOOTSTRAP_ADMIN_PASSWORD"], program.env["GATEWAY_CLIENT_SECRET"]}
    assert not any(secret in part for secret in secrets for part in program.command)


def test_it_listens_on_loopback_only(keycloak: Keycloak) -> None:
    (program,) = keycloak.programs()
    assert program.env["KC_HTTP_HOST"] == "127.0.0.1"
    assert program.env["KC_CACHE"] == "local"
    assert program.env["KC_HOSTNAME"] == "http://127.0.0.1:8080"
    assert keycloak.issuer == "http://127.0.0.1:8080/realms/catalog"


def test_the_realm_asks_for_no_other_secret(keycloak: Keycloak) -> None:
    realm = (repository() / "compose" / "keycloak" / "catalog-realm.json").read_text()
    assert realm.count("${") == realm.count("${GATEWAY_CLIENT_SECRET}") == 1


def test_a_demo_user_can_log_in_at_once_and_has_one_role() -> None:
    user = demo_user("reader", "a-long-password")
    assert user["realmRoles"] == ["reader"]
    assert user["credentials"] == [{"type": "password", "value": "a-long-password", "temporary": False}]
    assert all(user[field] for field in ("enabled", "email", "emailVerified", "firstName", "lastName"))

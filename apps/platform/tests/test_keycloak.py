"""How Keycloak is assembled, laid out and started."""

import json
import socket
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from apps.platform.tests.bench import quiet
from apps.platform.tests.machine import Machine
from platform_app.demo import passwords
from platform_app.home import Home
from platform_app.repository import repository
from platform_app.servers.account import Account
from platform_app.servers.keycloak import BUNDLE, Keycloak, Services, assemble, demo_user
from platform_app.trouble import Trouble


@pytest.fixture
def keycloak(place: Path, monkeypatch: pytest.MonkeyPatch) -> Keycloak:
    """A Keycloak whose program lies in the cache already."""
    Machine(place / "bin", monkeypatch).install_java()
    home = Home("test", place / "state", place / "cache")
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
    assert keycloak.programs()[0].user == Account.of_servers().name
    assert {one.lstat().st_uid for one in (data, data / "conf", data / "data" / "import")} == {
        Account.of_servers().uid
    }
    assert (data / "lib").readlink() == BUNDLE.folder(keycloak.home.cache) / "lib"
    realm = repository() / "compose" / "keycloak" / "catalog-realm.json"
    assert (data / "data" / "import" / "catalog-realm.json").read_bytes() == realm.read_bytes()


def test_secrets_are_in_the_environment_only(keycloak: Keycloak) -> None:
    (program,) = keycloak.programs()
    secrets = {
        "KC_BOOTSTRAP_ADMIN_PASSWORD": keycloak.home.secret("keycloak-admin"),
        "GATEWAY_CLIENT_SECRET": keycloak.home.secret("gateway-client"),
        "SPECIFICATION_CLIENT_SECRET": keycloak.home.secret("specification-client"),
    }
    assert {name: program.env[name] for name in secrets} == secrets
    assert len(set(secrets.values())) == 3
    assert not any(secret in part for secret in secrets.values() for part in program.command)


def test_it_listens_on_loopback_only(keycloak: Keycloak) -> None:
    (program,) = keycloak.programs()
    assert program.env["KC_HTTP_HOST"] == "127.0.0.1"
    assert program.env["KC_CACHE"] == "local"
    assert program.env["KC_HOSTNAME"] == "http://127.0.0.1:8080"
    assert keycloak.issuer == "http://127.0.0.1:8080/realms/catalog"


def test_the_realm_asks_for_the_secrets_that_are_told(keycloak: Keycloak) -> None:
    realm = (repository() / "compose" / "keycloak" / "catalog-realm.json").read_text()
    assert realm.count("${") == realm.count("$") == 2
    for client in ("GATEWAY", "SPECIFICATION"):
        assert realm.count(f"${{{client}_CLIENT_SECRET}}") == 1


class Stub(BaseHTTPRequestHandler):
    """As much of Keycloak as settling meets; it remembers what it was told and asked."""

    status = 200
    told: ClassVar[list[tuple[str, str | None, str]]] = []
    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.append((self.path, self.headers["Authorization"], body))
        if self.path.endswith("/scope-mappings/realm"):
            self._answer(204)
        else:
            tokens = {"access_token": "a-token", "refresh_token": "another", "expires_in": 60}
            self._answer(self.status, {**tokens, "error": "it says no"})

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.rpartition("/")[2]
        if name.startswith("clients?"):
            self._answer(200, [{"id": "an-id", "clientId": name.removeprefix("clients?clientId=")}])
        else:
            self._answer(200, {"id": "a-role", "name": name})

    def _answer(self, status: int, document: object = None) -> None:
        answer = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def stub(keycloak: Keycloak, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keycloak]:
    monkeypatch.setattr(Stub, "told", [])
    monkeypatch.setattr(Stub, "asked", [])
    with HTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield replace(keycloak, port=server.server_port)
        server.shutdown()
        thread.join()


def test_the_demo_users_are_told_to_keycloak_and_to_no_proxy(
    stub: Keycloak, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.2)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        stub.settle(quiet)
        with pytest.raises(TimeoutError):
            proxy.accept()
    (login, _, form), (users, token, document), (scope, _, roles) = Stub.told
    assert login == "/realms/master/protocol/openid-connect/token"
    assert parse_qs(form)["password"] == [stub.home.secret("keycloak-admin")]
    assert (users, token) == ("/admin/realms/catalog/partialImport", "Bearer a-token")
    wanted = [demo_user(name, password) for name, password in passwords(stub.home).items()]
    imported = json.loads(document)
    (client,), (account, *people) = imported.pop("clients"), imported.pop("users")
    assert (imported, people) == ({"ifResourceExists": "SKIP"}, wanted)
    assert client["clientId"] == account["serviceAccountClientId"] == "specification"
    assert client["secret"] == stub.home.secret("specification-client")
    assert "$" not in document
    assert Stub.asked == [
        "/admin/realms/catalog/clients?clientId=specification",
        "/admin/realms/catalog/roles/reader",
    ]
    assert scope == "/admin/realms/catalog/clients/an-id/scope-mappings/realm"
    assert json.loads(roles) == [{"id": "a-role", "name": "reader"}]


def test_a_refusal_is_told(stub: Keycloak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stub, "status", 401)
    with pytest.raises(Trouble, match=r"refused to create the demo users \(401: .*it says no.*catalog reset"):
        stub.settle(quiet)
    assert len(Stub.told) == 1


def test_only_the_accounts_of_services_are_taken_out_of_a_realm() -> None:
    realm: dict[str, list[dict[str, Any]]] = {
        "clients": [
            {"clientId": "gateway", "serviceAccountsEnabled": False},
            {"clientId": "specification", "serviceAccountsEnabled": True},
        ],
        "users": [
            {"username": "somebody"},
            {"username": "service-account-specification", "serviceAccountClientId": "specification"},
        ],
        "scopeMappings": [
            {"client": "gateway", "roles": ["operator"]},
            {"client": "specification", "roles": ["reader"]},
        ],
    }
    assert Services.of(realm) == Services(
        realm["clients"][1:], realm["users"][1:], {"specification": ["reader"]}
    )


def test_a_demo_user_can_log_in_at_once_and_has_one_role() -> None:
    user = demo_user("reader", "a-long-password")
    assert user["realmRoles"] == ["reader"]
    assert user["credentials"] == [{"type": "password", "value": "a-long-password", "temporary": False}]
    assert all(user[field] for field in ("enabled", "email", "emailVerified", "firstName", "lastName"))

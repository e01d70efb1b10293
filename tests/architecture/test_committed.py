"""No secret that everybody knows, and none that everybody would know then, stands in what is shipped."""

from pathlib import Path

import pytest

from tests.architecture.committed import faults, shipped
from tests.architecture.contracts import ROOT

PLANTED = {
    "a.py": 'DATABASE_PASSWORD = "postgres"\n',
    "b.py": 'client_secret: str = "changeme-changeme"\n',
    "c.yaml": "environment:\n  RABBITMQ_DEFAULT_PASS: guest\n",
    "d.sh": "export KC_BOOTSTRAP_ADMIN_PASSWORD=admin\n",
    "e.py": 'broker_url: str = "amqp://guest:guest@localhost/"\n',
    "f.ts": 'const options = { sessionSecret: "super-secret" };\n',
    "g.Dockerfile": "FROM x:1.0\nENV ADMIN_PASSWORD=changeit\n",
    "h.json": '{"password": "demo"}\n',
    "i.py": 'auth = ("Basic", "demo:demo")\n',
    "j.py": "KEY = '''-----BEGIN RSA PRIVATE KEY-----\nMIIE'''\n",
    "k.ts": f'const token = "eyJ{"a" * 20}.eyJ{"b" * 20}.{"c" * 20}";\n',
    "l.properties": "spring.datasource.password=camunda\n",
    "m.yaml": "url: mongodb://root:root@mongo:27017/\n",
}


def test_nothing_that_is_shipped_has_a_secret_in_it() -> None:
    files = list(shipped(ROOT))
    assert len(files) > 500
    found = {str(file.relative_to(ROOT)): list(faults(file)) for file in files}
    assert {file: said for file, said in found.items() if said} == {}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_secret_is_found(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(PLANTED[name])
    assert list(faults(file))


@pytest.mark.parametrize(
    "harmless",
    [
        'password = home.secret("mongod")\n',
        'given = {"grant_type": "password"}\n',
        "password: ${KEYCLOAK_PASSWORD}\n",
        "POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password\n",
        'url = f"amqp://{user}:{password}@{host}/"\n',
        "identity_client_secret: SecretStr = Field(min_length=16)\n",
    ],
)
def test_what_only_names_one_is_none(tmp_path: Path, harmless: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(harmless)
    assert list(faults(file)) == []

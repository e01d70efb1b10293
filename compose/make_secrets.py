"""Write the secrets that compose.yaml mounts: random, one file each, never overwriting what is there.

Usage: python make_secrets.py [folder]; by default the folder is `secrets`, beside this file. It needs the
standard library only.
"""

import base64
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

WRITERS = ("characteristic", "offering", "pricing", "specification")
"""The services with a database of their own, which publish what has changed."""
SERVICES = (*WRITERS, "store")
"""The services with an account at the broker."""
WORKERS = ("offering", "pricing", "specification", "store")
"""The services with an account at the process engine."""

PASSWORDS = (
    "camunda_admin_password",
    "gateway_client_secret",
    "keycloak_admin_password",
    "mongo_root_password",
    "mongo_store_password",
    "postgres_camunda_password",
    "postgres_keycloak_password",
    "postgres_password",
    "rabbitmq_admin_password",
    "rabbitmq_catalog_password",
    "specification_client_secret",
    "web_session_secret",
    *(f"camunda_{name}_password" for name in WORKERS),
    *(f"postgres_{name}_password" for name in WRITERS),
    *(f"rabbitmq_{name}_password" for name in SERVICES),
)

ADDRESSES = {
    **{
        f"{name}_broker_url": (f"amqp://{name}:{{}}@rabbitmq:5672/catalog", f"rabbitmq_{name}_password")
        for name in SERVICES
    },
    **{
        f"{name}_database_url": (
            f"postgresql+asyncpg://{name}:{{}}@postgres:5432/{name}",
            f"postgres_{name}_password",
        )
        for name in WRITERS
    },
    **{
        f"{name}_engine_url": (f"http://{name}:{{}}@camunda:8080/engine-rest", f"camunda_{name}_password")
        for name in WORKERS
    },
    "camunda_admin_url": ("http://camunda-operator:{}@camunda:8080/engine-rest", "camunda_admin_password"),
    "camunda_database_url": ("postgresql://camunda:{}@postgres:5432/camunda", "postgres_camunda_password"),
    "store_mongo_url": ("mongodb://store:{}@mongo:27017/store?replicaSet=catalog", "mongo_store_password"),
}
"""Where a service finds its servers, and the password that goes into the address."""

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


def permissions(name: str) -> Mapping[str, str]:
    """Return what the account of a service may do: consume from the queue of its name, and a writer publish.

    Publishing needs `write` on the exchange of events, handing over what failed needs it on the exchange of
    its own copies. Consuming needs `read` on the queue. Only a declare that may create needs `configure`; a
    passive one needs no permission at all. "^$" matches no name, not even that of the default exchange, by
    which every queue could be written to: it is checked as "amq.default".
    """
    return {
        "configure": "^$",
        "write": rf"^(catalog\.events|{name}\.copies)$" if name in WRITERS else rf"^{name}\.copies$",
        "read": f"^{name}$",
    }


ACCOUNTS: dict[str, tuple[list[str], Mapping[str, str]]] = {
    "admin": (["administrator"], EVERYTHING),
    "catalog": ([], EVERYTHING),
    **{name: ([], permissions(name)) for name in SERVICES},
}
"""The broker's accounts: their tags, and what they may do in the virtual host."""

DEFINITIONS = "rabbitmq_definitions.json"
TOPOLOGY = Path(__file__).resolve().parent / "rabbitmq" / "topology.json"

# Each container reads its secrets as a user of its own, and a bind mount keeps the modes of this machine. So
# the files are readable, and the folder, which no container ever sees, keeps everybody else here out.
FOLDER_MODE, FILE_MODE = 0o700, 0o444


def is_there(file: Path) -> bool:
    """Whether a secret is there; an empty file is what an interrupted run left, and holds none."""
    return file.exists() and file.stat().st_size > 0


def write_once(file: Path, content: Callable[[], str]) -> bool:
    """Write a secret that is not there yet, whole or not at all; return whether it was not."""
    if is_there(file):
        return False
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with open(descriptor, "w", encoding="ascii") as opened:
            opened.write(content())
            opened.flush()
            os.fsync(descriptor)
        part.chmod(FILE_MODE)  # whatever the umask took away
        try:
            os.link(part, file)  # unlike a renaming, it never takes the place of another run's secret
        except FileExistsError:
            if is_there(file):
                return False
            part.replace(file)
        return True
    finally:
        part.unlink(missing_ok=True)


def rabbitmq_hash(password: str) -> str:
    """Return a password the way RabbitMQ stores it: base64(salt + sha256(salt + password))."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode("ascii")


def definitions(folder: Path) -> str:
    """Return what the broker loads at every start: one virtual host, its accounts, exchange and queues.

    There is no `guest`. The operator `admin` sees everything; `catalog` reaches nothing outside its virtual
    host; each service has an account of its own, which may do what the service does.
    """

    def user(name: str, tags: list[str]) -> dict[str, object]:
        hashed = rabbitmq_hash((folder / f"rabbitmq_{name}_password").read_text(encoding="ascii"))
        return {
            "name": name,
            "password_hash": hashed,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": tags,
        }

    users = [user(name, tags) for name, (tags, _) in ACCOUNTS.items()]
    return json.dumps({"users": users, **nothing_secret()}, indent=2)


def nothing_secret() -> dict[str, object]:
    """Return what the broker loads besides the accounts themselves."""
    return {
        "vhosts": [{"name": "catalog"}],
        "permissions": [{"user": name, "vhost": "catalog", **may} for name, (_, may) in ACCOUNTS.items()],
        **json.loads(TOPOLOGY.read_text(encoding="ascii")),
    }


def address(url: str, password: Path) -> str:
    """Return an address with the password in it; its characters need no escape."""
    return url.format(password.read_text(encoding="ascii"))


def forget_what_is_outdated(folder: Path) -> None:
    """Remove what was made from a password that is lost, and definitions of other permissions or queues."""
    made_of = {name: [password] for name, (_, password) in ADDRESSES.items()}
    made_of[DEFINITIONS] = [f"rabbitmq_{name}_password" for name in ACCOUNTS]
    for name, passwords in made_of.items():
        if not all(is_there(folder / password) for password in passwords):
            (folder / name).unlink(missing_ok=True)
    if is_there(folder / DEFINITIONS):
        loaded = json.loads((folder / DEFINITIONS).read_text(encoding="ascii"))
        if any(loaded.get(key) != value for key, value in nothing_secret().items()):
            (folder / DEFINITIONS).unlink()


def make(folder: Path) -> list[str]:
    """Write every secret that is missing and return their names."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    contents: dict[str, Callable[[], str]] = dict.fromkeys(PASSWORDS, lambda: secrets.token_urlsafe(32))
    contents["mongo_keyfile"] = lambda: base64.b64encode(secrets.token_bytes(756)).decode("ascii")
    for name, (url, password) in ADDRESSES.items():
        contents[name] = partial(address, url, folder / password)
    contents[DEFINITIONS] = partial(definitions, folder)
    forget_what_is_outdated(folder)
    return [name for name, content in contents.items() if write_once(folder / name, content)]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "secrets"
    written = make(target)
    print(
        f"{len(written)} secrets written to {target}" if written else f"{target} is complete: nothing written"
    )

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
from collections.abc import Callable
from pathlib import Path

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
)

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
    """Return what the broker loads at every start: one virtual host, an operator, an account for our apps.

    There is no `guest`. The operator sees everything; the apps' account reaches nothing outside its virtual
    host. Accounts with narrower rights follow with the services that use them.
    """

    def user(name: str, tags: list[str]) -> dict[str, object]:
        hashed = rabbitmq_hash((folder / f"rabbitmq_{name}_password").read_text(encoding="ascii"))
        return {
            "name": name,
            "password_hash": hashed,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": tags,
        }

    everything = {"vhost": "catalog", "configure": ".*", "write": ".*", "read": ".*"}
    return json.dumps(
        {
            "vhosts": [{"name": "catalog"}],
            "users": [user("admin", ["administrator"]), user("catalog", [])],
            "permissions": [{"user": "admin", **everything}, {"user": "catalog", **everything}],
        },
        indent=2,
    )


def make(folder: Path) -> list[str]:
    """Write every secret that is missing and return their names."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)
    contents: dict[str, Callable[[], str]] = dict.fromkeys(PASSWORDS, lambda: secrets.token_urlsafe(32))
    contents["mongo_keyfile"] = lambda: base64.b64encode(secrets.token_bytes(756)).decode("ascii")
    contents["rabbitmq_definitions.json"] = lambda: definitions(folder)
    if not all(is_there(folder / f"rabbitmq_{name}_password") for name in ("admin", "catalog")):
        (folder / "rabbitmq_definitions.json").unlink(missing_ok=True)  # made from a password that is lost
    return [name for name, content in contents.items() if write_once(folder / name, content)]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "secrets"
    written = make(target)
    print(
        f"{len(written)} secrets written to {target}" if written else f"{target} is complete: nothing written"
    )

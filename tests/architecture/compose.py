"""What a compose file must not do: one rule, one small function, one sentence per fault.

The schema and dclint say whether the file is well formed; these rules say whether it is safe.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Compose = dict[str, Any]
Service = dict[str, Any]
Rule = Callable[[str, Service], Iterator[str]]

PUBLISHED = {
    "camunda": "127.0.0.1:8081:8080",
    "gateway": "127.0.0.1:8000:8000",
    "keycloak": "127.0.0.1:8080:8080",
    "rabbitmq": "127.0.0.1:15672:15672",
    "web": "127.0.0.1:3000:3000",
    "zipkin": "127.0.0.1:9411:9411",
}
"""The only ports that leave the containers: of the gateway, the pages and the consoles, on loopback."""

STORES = ("mongo", "postgres")
ONE_SHOT = ("camunda-init", "mongo-init")
"""Services that end by themselves, so nothing watches their health."""

EXACT = re.compile(r"^[\w./-]+:[\w.-]*\d+\.\d+\.?\d*[\w.-]*(@sha256:[0-9a-f]{64})?$")
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|COOKIE")
SIGNED_IN = re.compile(r"://[^/\s]*:[^/\s]*@")
"""An address with a password in it."""
KNOWN_DEFAULTS = ("admin", "changeme", "demo", "guest", "password", "root", "secret")


def faults(compose: Compose) -> list[str]:
    """Return one sentence for each rule that the file breaks; an empty list means it may be started."""
    services = compose.get("services", {})
    found = [fault for name, service in services.items() for rule in RULES for fault in rule(name, service)]
    return [*found, *back_network(compose), *secret_files(compose)]


def privileges(name: str, service: Service) -> Iterator[str]:
    """A process that is broken into may not become more than it was."""
    if service.get("privileged", False):
        yield f"{name} is privileged"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield f"{name} may gain privileges: security_opt lacks no-new-privileges:true"
    if service.get("cap_drop") != ["ALL"]:
        yield f"{name} keeps capabilities: cap_drop is not [ALL]"
    if service.get("cap_add"):
        yield f"{name} takes back the capabilities {', '.join(service['cap_add'])}"


def user(name: str, service: Service) -> Iterator[str]:
    """Root in a container is root on the machine once the container is left."""
    who = str(service.get("user", "root")).split(":")[0]
    if who in ("root", "0"):
        yield f"{name} runs as root"


def root_filesystem(name: str, service: Service) -> Iterator[str]:
    """What cannot be written cannot be replaced."""
    if not service.get("read_only", False):
        yield f"{name} can write to its root file system"


def host(name: str, service: Service) -> Iterator[str]:
    """The machine's namespaces and its Docker socket are the machine."""
    for namespace in ("network_mode", "pid", "ipc", "userns_mode"):
        if service.get(namespace) == "host":
            yield f"{name} shares {namespace} with the machine"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0] if isinstance(volume, str) else volume.get("source", "")
        if "docker.sock" in source:
            yield f"{name} holds the Docker socket"


def image(name: str, service: Service) -> Iterator[str]:
    """A moving tag is another program tomorrow."""
    reference = service.get("image")
    if reference is not None and not EXACT.match(reference):
        yield f"{name} runs {reference}, which is not pinned to an exact version"


def ports(name: str, service: Service) -> Iterator[str]:
    """Stores are reached by our services only, and consoles from this machine only."""
    for port in service.get("ports", []):
        if name not in PUBLISHED:
            yield f"{name} publishes {port}: only the gateway and the consoles are published"
        elif port != PUBLISHED[name]:
            yield f"{name} publishes {port} instead of {PUBLISHED[name]}"


def networks(name: str, service: Service) -> Iterator[str]:
    """A store on the network of the browsers is one mistake away from the browsers."""
    joined = service.get("networks", ["default"])
    if name in STORES and "front" in joined:
        yield f"{name} is a store on the front network"
    for network in joined:
        if network not in ("front", "back"):
            yield f"{name} joins the network {network}: there are front and back"


def passwords(name: str, service: Service) -> Iterator[str]:
    """The environment of a container is in its description, for everyone who may list containers."""
    for variable, value in service.get("environment", {}).items():
        if str(value).lower() in KNOWN_DEFAULTS:
            yield f"{name} sets {variable} to the known default {value!r}"
        elif SECRET_NAME.search(variable) and not variable.endswith("_FILE"):
            yield f"{name} carries {variable} in its environment: mount it as a file"
        elif SIGNED_IN.search(str(value)):
            yield f"{name} carries a password in the address {variable}: mount it as a file"
    if service.get("env_file"):
        yield f"{name} reads an env_file: mount secrets as files"


def health(name: str, service: Service) -> Iterator[str]:
    """What has no health check is waited for by sleeping."""
    check = service.get("healthcheck", {})
    if name not in ONE_SHOT and (not check.get("test") or check.get("disable", False)):
        yield f"{name} has no health check"


def limits(name: str, service: Service) -> Iterator[str]:
    """One service that leaks or forks may not take the others with it."""
    for limit in ("mem_limit", "pids_limit"):
        if not service.get(limit):
            yield f"{name} has no {limit}"


def back_network(compose: Compose) -> Iterator[str]:
    """An internal network has no way out, so a store that is broken into cannot send away what it holds."""
    if not (compose.get("networks", {}).get("back") or {}).get("internal", False):
        yield "the network back is not internal"


def secret_files(compose: Compose) -> Iterator[str]:
    """Secrets come from the git-ignored folder, and nowhere else."""
    for name, secret in compose.get("secrets", {}).items():
        if not str(secret.get("file", "")).startswith("secrets/"):
            yield f"the secret {name} does not come from the folder secrets"


RULES: tuple[Rule, ...] = (
    privileges,
    user,
    root_filesystem,
    host,
    image,
    ports,
    networks,
    passwords,
    health,
    limits,
)

"""The compose file we ship is clean, each rule has been seen red, and secrets are made as it expects them."""

import base64
import hashlib
import json
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from characteristic_app.settings import CharacteristicSettings
from gateway_app.settings import GatewaySettings
from kernel.rabbit import EXCHANGE
from kernel.settings import AppSettings
from offering_app.settings import OfferingSettings
from platform_app.apps import ALLOCATOR, SERVICES, WRITERS
from platform_app.engine_init import EngineInitSettings
from platform_app.servers.camunda import USERS
from platform_app.topology import QUEUES, definitions
from pricing_app.settings import PricingSettings
from specification_app.settings import SpecificationSettings
from store_app.settings import StoreSettings
from tests.architecture.compose import RULES, Compose, Service, faults

FOLDER = Path(__file__).parents[2] / "compose"
Plant = Callable[[Compose], object]


@pytest.fixture
def compose() -> Compose:
    """The compose file as it is committed, its anchors resolved."""
    document: Compose = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder of secrets, freshly made."""
    make_secrets(tmp_path / "secrets")
    return tmp_path / "secrets"


def make_secrets(folder: Path) -> str:
    """Run the script on a folder and return what it says."""
    command = [sys.executable, str(FOLDER / "make_secrets.py"), str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def put(name: str, **fields: Any) -> Plant:
    """Return a plant that sets fields of one service."""
    return lambda compose: compose["services"][name].update(fields)


def drop(name: str, field: str) -> Plant:
    """Return a plant that leaves out one field of one service."""
    return lambda compose: compose["services"][name].pop(field)


def environment(name: str, **variables: str) -> Plant:
    """Return a plant that sets environment variables of one service."""
    return lambda compose: compose["services"][name]["environment"].update(variables)


def ours(compose: Compose) -> list[Service]:
    """Return the services that are our own apps."""
    services = compose["services"].values()
    return [service for service in services if "APP" in service.get("build", {}).get("args", {})]


PLANTED: list[tuple[Plant, str]] = [
    (put("mongo", privileged=True), "mongo is privileged"),
    (drop("zipkin", "security_opt"), "zipkin may gain privileges: security_opt lacks no-new-privileges:true"),
    (put("zipkin", cap_drop=["NET_RAW"]), "zipkin keeps capabilities: cap_drop is not [ALL]"),
    (put("mongo", cap_add=["CHOWN"]), "mongo takes back the capabilities CHOWN"),
    (put("postgres", user="0:0"), "postgres runs as root"),
    (drop("gateway", "user"), "gateway runs as root"),
    (drop("gateway", "read_only"), "gateway can write to its root file system"),
    (put("gateway", pid="host"), "gateway shares pid with the machine"),
    (put("gateway", volumes=["/var/run/docker.sock:/s"]), "gateway holds the Docker socket"),
    (put("mongo", image="mongo"), "mongo runs mongo, which is not pinned to an exact version"),
    (put("mongo", image="mongo:latest"), "mongo runs mongo:latest, which is not pinned to an exact version"),
    (put("mongo", image="mongo:8"), "mongo runs mongo:8, which is not pinned to an exact version"),
    (
        put("postgres", ports=["127.0.0.1:5432:5432"]),
        "postgres publishes 127.0.0.1:5432:5432: only the gateway and the consoles are published",
    ),
    (
        put("characteristic", ports=["127.0.0.1:8002:8002"]),
        "characteristic publishes 127.0.0.1:8002:8002: only the gateway and the consoles are published",
    ),
    (put("zipkin", ports=["9411:9411"]), "zipkin publishes 9411:9411 instead of 127.0.0.1:9411:9411"),
    (
        put("rabbitmq", ports=["127.0.0.1:5672:5672"]),
        "rabbitmq publishes 127.0.0.1:5672:5672 instead of 127.0.0.1:15672:15672",
    ),
    (put("postgres", networks=["back", "front"]), "postgres is a store on the front network"),
    (drop("mongo", "networks"), "mongo joins the network default: there are front and back"),
    (
        environment("postgres", POSTGRES_PASSWORD="x9Jq"),
        "postgres carries POSTGRES_PASSWORD in its environment: mount it as a file",
    ),
    (
        environment("postgres", POSTGRES_USER="admin"),
        "postgres sets POSTGRES_USER to the known default 'admin'",
    ),
    (
        environment(
            "characteristic", CHARACTERISTIC_BROKER_URL="amqp://characteristic:x9Jq@rabbitmq/catalog"
        ),
        "characteristic carries a password in the address CHARACTERISTIC_BROKER_URL: mount it as a file",
    ),
    (put("camunda", env_file=["camunda.env"]), "camunda reads an env_file: mount secrets as files"),
    (drop("zipkin", "healthcheck"), "zipkin has no health check"),
    (put("zipkin", healthcheck={"disable": True}), "zipkin has no health check"),
    (drop("gateway", "mem_limit"), "gateway has no mem_limit"),
    (drop("gateway", "pids_limit"), "gateway has no pids_limit"),
    (lambda compose: compose["networks"].update(back=None), "the network back is not internal"),
    (
        lambda compose: compose["secrets"].update(postgres_password={"file": "postgres.txt"}),
        "the secret postgres_password does not come from the folder secrets",
    ),
]


def test_the_compose_file_we_ship_is_clean(compose: Compose) -> None:
    assert faults(compose) == []


@pytest.mark.parametrize(("plant", "sentence"), PLANTED, ids=[sentence for _, sentence in PLANTED])
def test_a_planted_fault_is_named(compose: Compose, plant: Plant, sentence: str) -> None:
    plant(compose)
    assert faults(compose) == [sentence]


def test_each_rule_has_been_seen_red() -> None:
    red = set()
    for plant, _ in PLANTED:
        planted = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
        plant(planted)
        for name, service in planted["services"].items():
            red |= {rule.__name__ for rule in RULES if list(rule(name, service))}
    assert red == {rule.__name__ for rule in RULES}


def test_every_file_that_is_mounted_exists(compose: Compose, secrets: Path) -> None:
    assert [one["file"] for one in compose["configs"].values() if not (FOLDER / one["file"]).is_file()] == []
    made = {f"secrets/{file.name}" for file in secrets.iterdir()}
    assert {one["file"] for one in compose["secrets"].values()} - made == set()


def test_every_secret_that_is_declared_is_used(compose: Compose) -> None:
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for service in compose["services"].values()
        for secret in service.get("secrets", [])
    }
    assert used == set(compose["secrets"])


@pytest.mark.parametrize(
    ("settings", "needed_here"),
    [
        (CharacteristicSettings, {"CHARACTERISTIC_BROKER_URL"}),
        (GatewaySettings, {"GATEWAY_UPSTREAMS"}),
        (OfferingSettings, {"OFFERING_BROKER_URL", "OFFERING_ENGINE_URL"}),
        (PricingSettings, {"PRICING_BROKER_URL", "PRICING_ENGINE_URL"}),
        (
            SpecificationSettings,
            {
                "SPECIFICATION_BROKER_URL",
                "SPECIFICATION_CHARACTERISTIC_URL",
                "SPECIFICATION_ENGINE_URL",
            },
        ),
        (StoreSettings, {"STORE_BROKER_URL", "STORE_ENGINE_URL", "STORE_MONGO_URL"}),
    ],
)
def test_each_variable_and_secret_of_an_app_is_a_setting_and_none_is_missing(
    compose: Compose, settings: type[AppSettings], needed_here: set[str]
) -> None:
    """Settings ignore what they do not know, so a misspelt variable would go unnoticed until it is needed."""
    app = compose["services"][settings.service]
    files = [secret if isinstance(secret, str) else secret["target"] for secret in app["secrets"]]
    given = {*app["environment"], *(file.upper() for file in files)}
    prefix = f"{settings.service.upper()}_"
    fields = {f"{prefix}{name.upper()}": field for name, field in settings.model_fields.items()}
    assert given - set(fields) == set()
    assert ({name for name, field in fields.items() if field.is_required()} | needed_here) - given == set()


def test_what_sets_up_the_engine_is_told_all_that_it_must_know(compose: Compose) -> None:
    service = compose["services"]["camunda-init"]
    given = {*service["environment"], *(secret["target"].upper() for secret in service["secrets"])}
    assert given == {f"ENGINE_{name.upper()}" for name in EngineInitSettings.model_fields}
    mounted = {config["source"]: config["target"] for config in service["configs"]}
    files = {compose["configs"][source]["file"]: Path(target) for source, target in mounted.items()}
    diagrams = sorted((FOLDER.parent / "bpmn").glob("*.bpmn"))
    assert sorted((FOLDER / file).resolve() for file in files) == diagrams
    assert {str(target.parent) for target in files.values()} == {service["environment"]["ENGINE_DIAGRAMS"]}


def test_what_ends_by_itself_is_waited_for_by_what_needs_it(compose: Compose) -> None:
    """Else `docker compose up --wait` takes its end for a failure."""
    awaited = {
        name
        for service in compose["services"].values()
        for name, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert awaited == {name for name, one in compose["services"].items() if one.get("restart") == "no"}


def test_apps_are_hardened_alike(compose: Compose) -> None:
    apps = ours(compose)
    alike = ("cap_drop", "logging", "mem_limit", "pids_limit", "read_only", "security_opt", "tmpfs", "user")
    assert len(apps) == 2 + len(SERVICES)  # the gateway, and what sets up the process engine
    assert all([app[key] for key in alike] == [apps[0][key] for key in alike] for app in apps)


def test_an_image_is_built_from_a_distribution_that_exists(compose: Compose) -> None:
    projects = [tomllib.loads(file.read_text()) for file in FOLDER.parent.glob("apps/*/pyproject.toml")]
    wanted = {f"catalog-{app['build']['args']['APP']}" for app in ours(compose)}
    assert wanted - {project["project"]["name"] for project in projects} == set()


def test_containers_tell_the_allocator_what_the_other_stacks_tell_it() -> None:
    lines = (FOLDER / "app.Dockerfile").read_text(encoding="utf-8").splitlines()
    told = [pair.split("=") for line in lines if line.startswith("ENV ") for pair in line.split()[1:]]
    assert {name: value for name, value in told if name.startswith("MALLOC_")} == ALLOCATOR


def test_secrets_are_readable_files_in_a_closed_folder(secrets: Path) -> None:
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets.iterdir()} == {0o444}


def test_secrets_are_random_and_long(secrets: Path) -> None:
    values = [file.read_text(encoding="ascii") for file in secrets.iterdir()]
    assert len(set(values)) == len(values)
    assert min(len(value) for value in values) == 43


def test_a_second_run_changes_nothing(secrets: Path) -> None:
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}
    assert make_secrets(secrets) == f"{secrets} is complete: nothing written\n"
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before


def test_a_missing_secret_is_made_again_and_the_others_stay(secrets: Path) -> None:
    kept = (secrets / "postgres_password").read_bytes()
    (secrets / "mongo_keyfile").unlink()
    assert make_secrets(secrets) == f"1 secrets written to {secrets}\n"
    assert (secrets / "postgres_password").read_bytes() == kept


def test_the_broker_knows_its_accounts_by_the_hash_of_their_passwords(secrets: Path) -> None:
    document = json.loads((secrets / "rabbitmq_definitions.json").read_text(encoding="ascii"))
    assert {user["name"]: user["tags"] for user in document["users"]} == {
        "admin": ["administrator"],
        "catalog": [],
        **{name: [] for name in SERVICES},
    }
    for user in document["users"]:
        hashed = base64.b64decode(user["password_hash"])
        password = (secrets / f"rabbitmq_{user['name']}_password").read_bytes()
        assert hashed[4:] == hashlib.sha256(hashed[:4] + password).digest()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_hears_its_own_at_the_broker_and_a_writer_publishes(secrets: Path, name: str) -> None:
    document = json.loads((secrets / "rabbitmq_definitions.json").read_text(encoding="ascii"))
    [may] = [one for one in document["permissions"] if one["user"] == name]
    queues = [queue["name"] for queue in document["queues"]]
    exchanges = [exchange["name"] for exchange in document["exchanges"]]
    # "amq.default" is what the default exchange is checked as; names that the broker makes up are "amq.gen-".
    others = [f"{EXCHANGE}2", f"x{EXCHANGE}", EXCHANGE.replace(".", "x"), "amq.default", "amq.gen-x"]
    named = [*exchanges, *queues, *others]
    publishes = [EXCHANGE] if name in WRITERS else []
    assert [one for one in named if re.search(may["write"], one)] == [*publishes, f"{name}.copies"]
    assert [one for one in named if re.search(may["read"], one)] == [name]
    assert [may["vhost"], may["configure"]] == ["catalog", "^$"]


def test_the_broker_loads_the_topology_of_the_code(secrets: Path) -> None:
    checked_in = (FOLDER / "rabbitmq" / "topology.json").read_text(encoding="ascii")
    renew = "python -m platform_app.topology > compose/rabbitmq/topology.json"
    assert checked_in == definitions(QUEUES), f"the code has other queues; to write them down: {renew}"
    loaded = json.loads((secrets / "rabbitmq_definitions.json").read_text(encoding="ascii"))
    topology = json.loads(checked_in)
    assert {key: loaded[key] for key in topology} == topology


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_s_addresses_hold_its_passwords(secrets: Path, name: str) -> None:
    held = {file.name: file.read_text(encoding="ascii") for file in secrets.iterdir()}
    password = held[f"rabbitmq_{name}_password"]
    assert held[f"{name}_broker_url"] == f"amqp://{name}:{password}@rabbitmq:5672/catalog"
    if name in WRITERS:
        password = held[f"postgres_{name}_password"]
        assert held[f"{name}_database_url"] == f"postgresql+asyncpg://{name}:{password}@postgres:5432/{name}"
    else:
        password = held[f"mongo_{name}_password"]
        assert (
            held[f"{name}_mongo_url"] == f"mongodb://{name}:{password}@mongo:27017/{name}?replicaSet=catalog"
        )


@pytest.mark.parametrize("name", USERS)
def test_a_service_is_a_user_of_the_engine(secrets: Path, name: str) -> None:
    held = {file.name: file.read_text(encoding="ascii") for file in secrets.iterdir()}
    password = held[f"camunda_{name}_password"]
    assert held[f"{name}_engine_url"] == f"http://{name}:{password}@camunda:8080/engine-rest"


def test_the_engine_is_set_up_by_its_administrator_and_the_owner_of_its_database(secrets: Path) -> None:
    held = {file.name: file.read_text(encoding="ascii") for file in secrets.iterdir()}
    admin, owner = held["camunda_admin_password"], held["postgres_camunda_password"]
    assert held["camunda_admin_url"] == f"http://camunda-operator:{admin}@camunda:8080/engine-rest"
    assert held["camunda_database_url"] == f"postgresql://camunda:{owner}@postgres:5432/camunda"


def test_each_role_with_a_password_has_a_database(compose: Compose) -> None:
    script = (FOLDER / "postgres" / "databases.sh").read_text(encoding="utf-8")
    [names] = re.findall(r"^for name in (.+); do$", script, re.MULTILINE)
    passwords = {f"postgres_{name}_password" for name in names.split()}
    assert set(compose["services"]["postgres"]["secrets"]) == {*passwords, "postgres_password"}


def test_keycloak_is_not_older_than_the_release_that_closed_the_replay() -> None:
    images = re.findall(
        r"^FROM \S+/keycloak:([\d.]+)", (FOLDER / "keycloak.Dockerfile").read_text(), re.MULTILINE
    )
    assert len(images) == 2
    assert all(tuple(map(int, version.split("."))) >= (26, 8, 0) for version in images)


def test_no_dockerfile_ends_as_root() -> None:
    for file in FOLDER.glob("*.Dockerfile"):
        users = re.findall(r"^USER (\d+)", file.read_text(), re.MULTILINE)
        assert users, file.name
        assert int(users[-1]) >= 1000, file.name


def test_the_engine_asks_for_a_login_and_has_no_demo_user() -> None:
    settings = yaml.safe_load((FOLDER / "camunda" / "default.yml").read_text(encoding="utf-8"))["camunda.bpm"]
    assert settings["run"]["auth.enabled"] is True
    assert settings["run"]["example.enabled"] is False
    assert settings["authorization.enabled"] is True
    assert settings["admin-user"] == {"id": "camunda-operator", "password": "${camunda_admin_password}"}


def test_the_engine_keeps_the_promises_that_it_keeps_in_the_native_stack() -> None:
    settings = yaml.safe_load((FOLDER / "camunda" / "default.yml").read_text(encoding="utf-8"))
    properties = settings["camunda.bpm"]["generic-properties.properties"]
    assert properties["enable-exceptions-after-unhandled-bpmn-error"] is True
    assert settings["camunda.bpm"]["history-level"] == "full"
    parameters = {"context-parameters.fetch-and-lock-unique-worker-request": "true"}
    assert parameters.items() <= settings["server.servlet"].items()

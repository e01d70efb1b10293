"""How servers get into the cache; a script stands for Maven, so nothing is downloaded."""

import hashlib
from pathlib import Path

import pytest

from apps.platform.tests.machine import Machine
from platform_app.servers.camunda import BUNDLES
from platform_app.servers.keycloak import BUNDLE as KEYCLOAK
from platform_app.servers.maven import Bundle, fetch, verify
from platform_app.servers.zipkin import BUNDLE as ZIPKIN
from platform_app.trouble import Trouble

CONTENT = "a jar\n"
DIGEST = hashlib.sha256(CONTENT.encode()).hexdigest()
RUN = 'echo run >> "{runs}"; for a; do case $a in -DoutputDirectory=*) to=${{a#*=}};; esac; done; '


class Told:
    """What was said to the person, in order."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, float | None, float | None]] = []

    def __call__(self, text: str, *, done: float | None = None, total: float | None = None) -> None:
        self.lines.append((text, done, total))


class Shop:
    """A bundle of one small file, a cache, and a Maven whose every run is counted."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.machine = machine
        self.cache = folder / "cache"
        self.runs = folder / "runs"
        self.said = Told()
        (folder / "thing.pom.xml").write_text("<project/>")
        (folder / "thing.sha256").write_text(f"{DIGEST}  thing.jar\n")
        self.bundle = Bundle(
            title="Thing", pom=folder / "thing.pom.xml", checksums=folder / "thing.sha256", size=1_000_000
        )
        machine.install_java()

    def maven(self, then: str) -> None:
        self.machine.install("mvn", RUN.format(runs=self.runs) + then)

    @property
    def run_count(self) -> int:
        return len(self.runs.read_text().splitlines()) if self.runs.exists() else 0

    @property
    def shelf(self) -> list[str]:
        """What lies in the cache for use."""
        return [item.name for item in self.cache.iterdir() if not item.name.startswith(".")]


@pytest.fixture
def shop(place: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(place, Machine(place / "bin", monkeypatch))


def test_a_bundle_is_fetched_once(shop: Shop) -> None:
    shop.maven('echo "a jar" > "$to/thing.jar"')
    folder = fetch(shop.bundle, shop.cache, shop.said)
    assert [file.name for file in folder.iterdir()] == ["thing.jar"]
    assert (folder / "thing.jar").read_text() == CONTENT
    assert fetch(shop.bundle, shop.cache, shop.said) == folder
    assert shop.run_count == 1
    assert {text for text, _, _ in shop.said.lines} <= {"Downloading Thing (1 MB, once)"}


def test_what_finish_makes_of_it_is_what_lies_in_the_cache(shop: Shop) -> None:
    shop.maven('echo "a jar" > "$to/thing.jar"')

    def finish(part: Path) -> None:
        (part / "built").write_text((part / "thing.jar").read_text())

    folder = fetch(shop.bundle, shop.cache, shop.said, finish=finish)
    assert sorted(file.name for file in folder.iterdir()) == ["built", "thing.jar"]


def test_another_pom_list_or_recipe_is_another_folder(shop: Shop) -> None:
    before = shop.bundle.folder(shop.cache)
    shop.bundle.pom.write_text("<project></project>")
    assert shop.bundle.folder(shop.cache) != before
    shop.bundle.pom.write_text("<project/>")
    assert shop.bundle.folder(shop.cache) == before
    assert before.name.startswith("thing-")
    other = Bundle(
        title="Thing", pom=shop.bundle.pom, checksums=shop.bundle.checksums, size=1, recipe="build --fast"
    )
    assert other.folder(shop.cache) != before


def test_without_maven_a_sentence_names_the_package(shop: Shop) -> None:
    with pytest.raises(Trouble) as refused:
        fetch(shop.bundle, shop.cache, shop.said)
    assert str(refused.value) == (
        "The native stack is fetched with Maven, and there is no mvn on the PATH: "
        "apt-get install -y openjdk-17-jre-headless maven"
    )
    assert shop.shelf == []


def test_a_failed_attempt_is_repeated(shop: Shop) -> None:
    shop.maven(f'[ "$(cat "{shop.runs}")" = run ] && exit 1; echo "a jar" > "$to/thing.jar"')
    fetch(shop.bundle, shop.cache, shop.said)
    assert shop.run_count == 2


def test_three_failed_attempts_end_with_what_maven_said(shop: Shop) -> None:
    shop.maven(
        'echo "[INFO] Scanning"; echo "[ERROR] The mirror does not answer"; echo "[ERROR] [Help 1] x"; exit 1'
    )
    with pytest.raises(Trouble) as refused:
        fetch(shop.bundle, shop.cache, shop.said)
    assert str(refused.value) == (
        "Thing could not be downloaded in 3 attempts: is this machine online? "
        "Maven said: The mirror does not answer"
    )
    assert shop.run_count == 3
    assert shop.shelf == []


def test_a_changed_file_is_refused_and_nothing_is_kept(shop: Shop) -> None:
    shop.maven('echo "another jar" > "$to/thing.jar"')
    with pytest.raises(Trouble, match=f"thing.jar of Thing is not the file that was tested .*{DIGEST[:12]}"):
        fetch(shop.bundle, shop.cache, shop.said)
    assert shop.shelf == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Thing came without thing.jar, which thing.sha256 lists"),
        (["thing.jar", "other.jar"], "Thing came with other.jar, which thing.sha256 does not list"),
    ],
)
def test_the_list_is_complete_and_exclusive(shop: Shop, place: Path, files: list[str], said: str) -> None:
    folder = place / "files"
    folder.mkdir()
    for name in files:
        (folder / name).write_text(CONTENT)
    with pytest.raises(Trouble, match=said):
        verify(folder, shop.bundle.checksums, shop.bundle.title)


@pytest.mark.parametrize(
    ("bundle", "files"), [(KEYCLOAK, 1), (ZIPKIN, 1), (BUNDLES["camunda"], 110), (BUNDLES["operaton"], 118)]
)
def test_the_committed_lists_are_well_formed(bundle: Bundle, files: int) -> None:
    lines = [line.split("  ") for line in bundle.checksums.read_text().splitlines()]
    assert len({name for _, name in lines}) == len(lines) == files
    assert all(len(bytes.fromhex(digest)) == 32 for digest, _ in lines)
    assert bundle.pom.is_file()


def test_a_maven_that_cannot_be_started_is_not_a_trouble_of_the_folder(shop: Shop) -> None:
    (shop.machine.folder / "mvn").write_text("#!/nowhere/sh\n")
    (shop.machine.folder / "mvn").chmod(0o755)
    with pytest.raises(Trouble) as refused:
        fetch(shop.bundle, shop.cache, shop.said)
    assert str(refused.value) == (f"{shop.machine.folder}/mvn cannot be started: No such file or directory.")
    assert shop.shelf == []

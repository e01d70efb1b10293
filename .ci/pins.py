"""Keep the exact pins of the workspace: `pins.py write` renews them, `pins.py check` finds what has none.

uv.lock would do this, but it records download addresses, which this repository does not commit. So the list
`constraint-dependencies` in the root pyproject.toml holds every version, transitive ones included.
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^constraint-dependencies = \[\n.*?^\]$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def normal(requirement: str) -> str:
    """Return the normalised distribution name (PEP 503) that a requirement begins with."""
    match = NAME.match(requirement.strip())
    if match is None:
        raise ValueError(f"{requirement!r} does not begin with a distribution name")
    return re.sub(r"[-_.]+", "-", match.group()).lower()


def direct_dependencies(root: Path) -> dict[str, set[str]]:
    """Return, for each third-party distribution named by a member, the files that name it."""
    files = [
        root / "pyproject.toml",
        *root.glob("packages/**/pyproject.toml"),
        *root.glob("apps/*/pyproject.toml"),
    ]
    documents = {file: tomllib.loads(file.read_text()) for file in files if ".venv" not in file.parts}
    members = {normal(document["project"]["name"]) for document in documents.values()}
    found: dict[str, set[str]] = {}
    for file, document in documents.items():
        project = document["project"]
        groups = [
            project.get("dependencies", []),
            *project.get("optional-dependencies", {}).values(),
            *document.get("dependency-groups", {}).values(),
        ]
        for requirement in (one for group in groups for one in group):
            name = normal(requirement)
            if name not in members:
                found.setdefault(name, set()).add(str(file.relative_to(root)))
    return found


def unpinned(root: Path) -> list[str]:
    """Return one sentence per fault: a direct dependency or a build tool without an exact pin."""
    document = tomllib.loads((root / "pyproject.toml").read_text())
    pins = document["tool"]["uv"]["constraint-dependencies"]
    exact = {normal(pin) for pin in pins if re.match(r"^[A-Za-z0-9._-]+==[^*,\s]+( ;.*)?$", pin)}
    faults = [
        f"constraint {pin!r} is not an exact pin (name==version)" for pin in pins if normal(pin) not in exact
    ]
    for name, files in sorted(direct_dependencies(root).items()):
        if name not in exact:
            faults.append(f"{name} (in {', '.join(sorted(files))}) has no pin: run `make pins`")
    for file in sorted([*root.glob("packages/**/pyproject.toml"), *root.glob("apps/*/pyproject.toml")]):
        for tool in tomllib.loads(file.read_text())["build-system"]["requires"]:
            if "==" not in tool:
                faults.append(f"{file.relative_to(root)}: build tool {tool!r} is not pinned exactly")
    return faults


def resolved(root: Path) -> set[str] | None:
    """Return every third-party `name==version` in uv.lock, or None when there is no such file."""
    try:
        document = tomllib.loads((root / "uv.lock").read_text())
    except FileNotFoundError:
        return None
    ours = {"editable", "virtual", "directory", "workspace"}
    return {
        f"{normal(package['name'])}=={package['version']}"
        for package in document["package"]
        if not ours & package["source"].keys()
    }


def unresolved(root: Path) -> list[str]:
    """Return one sentence per difference between the pins and uv.lock; none when that file is absent."""
    used = resolved(root)
    if used is None:
        return []
    pins = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["uv"]["constraint-dependencies"]
    pinned = {f"{normal(pin)}=={pin.partition('==')[2].partition(' ;')[0]}" for pin in pins}
    return [
        *(f"{one} is used (uv.lock) and has no such pin: run `make pins`" for one in sorted(used - pinned)),
        *(f"{one} is pinned and not used (uv.lock): run `make pins`" for one in sorted(pinned - used)),
    ]


def write(root: Path) -> None:
    """Resolve afresh, ignoring today's pins, and write what came out into the root pyproject.toml.

    When that fails the file is as before.
    """
    file = root / "pyproject.toml"
    before = file.read_text()
    file.write_text(BLOCK.sub("constraint-dependencies = [\n]", before))
    try:
        pins = resolve(root)
    except BaseException:
        file.write_text(before)
        raise
    block = "\n".join(["constraint-dependencies = [", *(f'    "{pin}",' for pin in sorted(pins)), "]"])
    file.write_text(BLOCK.sub(lambda _: block, before))
    print(f"{len(pins)} pins written")


def resolve(root: Path) -> list[str]:
    """Return a pin for every third-party distribution, as uv finds them today; the program is that of UV."""
    export = [
        os.environ.get("UV") or "uv",
        "export",
        "--upgrade",
        "--quiet",
        "--no-emit-workspace",
        "--all-packages",
        "--all-groups",
        "--all-extras",
        "--no-hashes",
    ]
    try:
        done = subprocess.run(export, cwd=root, check=True, capture_output=True, text=True)
    except OSError as error:
        sys.exit(f"{export[0]} cannot be started: {error.strerror}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"uv could not resolve the dependencies: {error.stderr.strip()}")
    lines = done.stdout.splitlines()
    return [line.split(" ;")[0] for line in lines if line and not line.startswith(("#", " "))]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write"]:
            write(ROOT)
        case ["check"]:
            if problems := [*unpinned(ROOT), *unresolved(ROOT)]:
                sys.exit("\n".join(problems))
            if resolved(ROOT) is None:
                print("every direct dependency is pinned; the others are judged by uv.lock (`make setup`)")
            else:
                print("every dependency is pinned, and every pin is used")
        case _:
            sys.exit("usage: pins.py write | check")

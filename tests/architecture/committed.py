"""Secrets that stand in the tree: known defaults, keys and tokens. What is committed is everybody's."""

import re
from collections.abc import Iterator
from pathlib import Path

from kernel.known_secrets import KNOWN, fault_of, is_known

SHIPPED = (
    ".ci",
    "apps/*/src",
    "bpmn",
    "compose",
    "frontend/src",
    "packages/*/src",
    "packages/contexts/*/src",
)
"""What is run or built, or told to those who run it. Tests have secrets of their own, which open nothing."""
TEXTS = frozenset(
    {
        *(".cfg", ".conf", ".css", ".env", ".ini", ".js", ".json", ".mjs", ".properties", ".py", ".sh"),
        *(".md", ".sql", ".toml", ".ts", ".tsx", ".xml", ".yaml", ".yml", ".bpmn", ".Dockerfile", ""),
    }
)
LEFT_OUT = frozenset({"node_modules", "__pycache__", "secrets", ".next", "package-lock.json"})

_NAME = r"[\w.-]*(?:passw(?:or)?d|pass(?![a-z])|secret|pwd|credential)[\w.-]*"
_QUOTED = re.compile(rf"""(?i)\b{_NAME}["']?\]?\s*(?::\s*[\w\[\]| ]+)?[:=]\s*["']([^"'\n]*)["']""")
_BARE = re.compile(rf"(?im)^\s*(?:-\s+|ENV\s+|ARG\s+|export\s+)?{_NAME}\s*[:=]\s*([A-Za-z0-9_-]+)\s*$")
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@\"'<>{}$%]+:[^\s/@\"'<>{}$%]+@[\w.-]+")
_PAIR = re.compile(r"\b(guest:guest|demo:demo|admin:admin|camunda:camunda|root:root|postgres:postgres)\b")
_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b"
)
_BARE_IN = frozenset(
    {".cfg", ".conf", ".env", ".ini", ".properties", ".sh", ".yaml", ".yml", ".Dockerfile", ""}
)
"""Where a value needs no quotes; elsewhere a bare word is a variable."""


def shipped(root: Path) -> Iterator[Path]:
    """The files of the tree that are shipped."""
    for pattern in SHIPPED:
        for folder in root.glob(pattern):
            for file in folder.rglob("*"):
                if file.is_file() and file.suffix in TEXTS and not LEFT_OUT & set(file.parts):
                    yield file
    yield from (file for file in root.glob("*") if file.is_file() and file.suffix in TEXTS)


def faults(file: Path) -> Iterator[str]:
    """A sentence for each secret that stands in a file; without the secret."""
    text = file.read_text(encoding="utf-8", errors="replace")
    for match in _QUOTED.finditer(text):
        if match[1] and _is_a_secret(match[1]):
            yield f"line {_line(text, match)}: a known default as a secret"
    if file.suffix in _BARE_IN:
        for match in _BARE.finditer(text):
            if match[1].casefold() in KNOWN:
                yield f"line {_line(text, match)}: a known default as a secret"
    for match in _ADDRESS.finditer(text):
        if fault_of(match[0]):
            yield f"line {_line(text, match)}: an address with a known password"
    for match in _PAIR.finditer(text):
        yield f"line {_line(text, match)}: the account that a server comes with"
    for match in _KEY.finditer(text):
        yield f"line {_line(text, match)}: a key or a token"


def _is_a_secret(value: str) -> bool:
    """Whether a quoted value is a known secret, not the name of a field or of a kind of thing."""
    return is_known(value) and value.casefold() not in _FIELDS


_FIELDS = frozenset({"password", "secret", "token", "client", "key", "session"})
"""Words that are as often the name of something: what a form's field, a grant or a type is called."""


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1

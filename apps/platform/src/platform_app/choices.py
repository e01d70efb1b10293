"""What several commands let a person choose."""

from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """The stacks this command knows."""

    EMBEDDED = "embedded"
    NATIVE = "native"


class Engine(StrEnum):
    """The process engines of the native stack."""

    CAMUNDA = "camunda"
    OPERATON = "operaton"


OneStack = Annotated[
    Kind,
    typer.Option(
        "--stack",
        envvar="CATALOG_STACK",
        help="embedded: nothing to install; native: the real servers as processes.",
    ),
]

"""What the doctor tells of a stack."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding is: PASSING goes by itself, WRONG needs a person, UNKNOWN could not be looked at."""

    WELL = "well"
    PASSING = "passing"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """How a stack is as a whole."""

    WELL = "well"
    NEEDS_A_PERSON = "needs_a_person"
    NOT_UP = "not_up"


@dataclass(frozen=True)
class Finding:
    """One thing: `about` is its kind, `name` which one, `said` a sentence, `command` what to type, or ""."""

    level: Level
    about: str
    name: str
    said: str
    command: str = ""

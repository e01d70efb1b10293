"""Where the characteristic service is, as the settings say it."""

import pytest

from specification_app.settings import SpecificationSettings


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "http://127.0.0.1:8002/characteristics/lookup"),
        ({"characteristic_url": "http://characteristic:80"}, "http://characteristic/characteristics/lookup"),
        ({"characteristic_url": "https://inside/a/"}, "https://inside/a/characteristics/lookup"),
    ],
)
def test_where_characteristics_are_looked_up(told: dict[str, str], expected: str) -> None:
    needed = {"auth_issuer": "http://issuer.invalid", "database_url": "postgresql+asyncpg://nobody@/nowhere"}
    assert SpecificationSettings.model_validate({**needed, **told}).lookup_url == expected

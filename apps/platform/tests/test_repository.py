"""Where the repository is."""

from pathlib import Path

import pytest

from platform_app.repository import repository
from platform_app.trouble import Trouble


def test_the_tests_run_inside_the_repository() -> None:
    assert (repository() / "compose" / "keycloak" / "catalog-realm.json").is_file()
    assert (repository() / "bpmn" / "publish_offering.bpmn").is_file()


def test_elsewhere_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="this program is not in one: clone it"):
        repository(tmp_path / "site-packages" / "platform_app" / "repository.py")

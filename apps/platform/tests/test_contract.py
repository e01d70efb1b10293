"""The document that the web application's types are generated from is the one of the code."""

from platform_app.contract import contract
from platform_app.repository import repository


def test_the_committed_document_is_that_of_the_code() -> None:
    renew = "python -m platform_app.contract > frontend/openapi.json, then `npm run types` in frontend"
    committed = (repository() / "frontend" / "openapi.json").read_text(encoding="utf-8")
    assert committed == contract(), f"run {renew}"

"""The things behind the gateway, as the features speak of them: kinds, and what can be asked of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import httpx

from features.conftest import bearer
from tests.worlds import World


@dataclass
class Resource:
    """One kind of thing, as somebody with a token sees it; `mark` is in the names of a scenario's own things.

    Every scenario has names of its own, because they all share one platform.
    """

    path: ClassVar[str]

    world: World
    mark: str = field(default_factory=lambda: uuid4().hex[:8])

    @property
    def address(self) -> str:
        """Where things of this kind are."""
        return f"/api/{self.path}"

    def make(self, token: str, wanted: Any, **headers: str) -> httpx.Response:
        """Ask for a new one."""
        return self.world.post(self.address, wanted, headers={**bearer(token), **headers})

    def made(self, token: str, wanted: Any) -> dict[str, Any]:
        """A new one, which there is to be."""
        answer = self.make(token, wanted)
        assert answer.status_code == 201, answer.text
        one: dict[str, Any] = answer.json()
        return one

    def change(
        self, token: str, one: Mapping[str, Any], method: str = "PUT", path: str = "", body: Any = None
    ) -> httpx.Response:
        """Change what was seen."""
        headers = {**bearer(token), "if-match": f'"{one["version"]}"'}
        return self.world.http.request(
            method, f"{self.address}/{one['id']}{path}", json=body, headers=headers
        )

    def ask(self, token: str, one: Mapping[str, Any], path: str, body: Any) -> httpx.Response:
        """Ask something of one, which changes nothing."""
        return self.world.post(f"{self.address}/{one['id']}{path}", body, headers=bearer(token))

    def get(self, token: str, id: str) -> httpx.Response:
        """Look at one."""
        return self.world.get(f"{self.address}/{id}", headers=bearer(token))

    def found(self, token: str) -> list[Any]:
        """All of this scenario."""
        answer = self.world.get(self.address, params={"name": f"~{self.mark.upper()}"}, headers=bearer(token))
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items


@dataclass
class Characteristics(Resource):
    """What can be said of products."""

    path = "characteristics"

    def colour(self, **changed: Any) -> dict[str, Any]:
        """The definition of a colour."""
        codes = [{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}]
        wanted = {"name": f"Colour {self.mark}", "valueType": "choice", "allowedValues": codes}
        return {**wanted, **changed}


@dataclass
class Specifications(Resource):
    """Kinds of products."""

    path = "specifications"

    def phone(self, *characteristic_ids: str, **use: Any) -> dict[str, Any]:
        """A kind of phone that has these characteristics, each used in this way."""
        uses = [{"characteristicId": id, "required": True, **use} for id in characteristic_ids]
        return {"name": f"Phone {self.mark}", "uses": uses}

    def activated(self, token: str, wanted: Any) -> dict[str, Any]:
        """A new one by which offerings can be published."""
        answer = self.change(token, self.made(token, wanted), "POST", "/activate")
        assert answer.status_code == 200, answer.text
        one: dict[str, Any] = answer.json()
        return one


@dataclass
class Prices(Resource):
    """What things cost."""

    path = "prices"

    def monthly(self, amount: str) -> dict[str, Any]:
        """So much EUR a month."""
        money, month = {"amount": amount, "currency": "EUR"}, {"unit": "month", "length": 1}
        return {"name": f"Plan {self.mark}", "kind": "RECURRING", "money": money, "period": month}


@dataclass
class Offerings(Resource):
    """What is sold."""

    path = "offerings"

    def bare(self) -> dict[str, Any]:
        """The content of an offering that has nothing but a name."""
        return {"name": f"Offer {self.mark}"}

"""What the platform answers: everything there is, page by page, in the words of `plain`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_app.calling.calls import Calls
from tests.real_input.plain import Entry, Facet

Document = dict[str, Any]
A_PAGE = 100


@dataclass(frozen=True)
class Answers:
    """Asks the gateway."""

    calls: Calls

    async def entries(self) -> tuple[dict[str, Entry], list[str]]:
        """All that shoppers can find, by key, and the keys that were on more than one page."""
        found: dict[str, Entry] = {}
        repeated: list[str] = []
        asked = {"limit": str(A_PAGE), "facets": "false"}
        while True:
            page = await self.calls.send("GET", "/api/store/offerings", query=asked)
            for one in page["items"]:
                if one["key"] in found:
                    repeated.append(one["key"])
                found[one["key"]] = _entry(one)
            if page["next"] is None:
                return found, repeated
            asked["cursor"] = page["next"]

    async def total(self, **asked: str) -> int:
        """How many offerings match."""
        answer = await self.calls.send("GET", "/api/store/offerings", query={"limit": "1", **asked})
        return int(answer["total"])

    async def facets(self) -> list[Facet]:
        """The facets of all that can be found."""
        answer = await self.calls.send("GET", "/api/store/offerings", query={"limit": "1"})
        return [
            (one["key"], one["label"], [(it["value"], it["label"], it["count"]) for it in one["values"]])
            for one in answer["facets"]
        ]

    async def every(self, path: str, sort: str) -> AsyncIterator[Document]:
        """All documents of a list."""
        page: int | None = 1
        while page is not None:
            asked = {"size": str(A_PAGE), "sort": sort, "page": str(page)}
            answer = await self.calls.send("GET", path, query=asked)
            for one in answer["items"]:
                yield one
            page = answer["next"]

    async def by_key(self, path: str, keys: list[str]) -> dict[str, Document]:
        """Those of these keys that exist."""
        found: dict[str, Document] = {}
        for begin in range(0, len(keys), A_PAGE):
            asked = {"key": ",".join(keys[begin : begin + A_PAGE]), "size": str(A_PAGE)}
            answer = await self.calls.send("GET", path, query=asked)
            found |= {one["key"]: one for one in answer["items"]}
        return found


def _entry(item: Document) -> Entry:
    return {
        "name": item["name"],
        "category": item["category"],
        "attributes": [(one["key"], one["value"]) for one in item["attributes"]],
        "prices": [
            (one["key"], Decimal(one["amount"]), one["currency"], _tiers(one)) for one in item["prices"]
        ],
        "from": {currency: Decimal(amount) for currency, amount in item["fromAmounts"].items()},
    }


def _tiers(price: Document) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(one["from"]), Decimal(one["amount"])) for one in price["tiers"]]

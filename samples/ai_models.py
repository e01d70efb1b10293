"""Language models and their prices, out of the facts of pydantic/genai-prices (MIT).

`python -m samples.ai_models PATH/genai-prices.json > samples/ai-models.ndjson`
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from kernel.texts import key_of
from samples import rows
from samples.model_names import is_free, shown
from samples.rows import Row

MTOK = "1M tokens"
PLACES = Decimal("1E-12")
"""As fine as an amount is here. Seven of the source are finer: what a computer makes of 0.18 and 1/12."""


@dataclass(frozen=True)
class Charge:
    """One thing that is charged for: how the source calls it, and how keys and people do."""

    source: str
    code: str
    label: str
    unit: str = MTOK


CHARGES = (
    Charge("input_mtok", "input", "input tokens"),
    Charge("output_mtok", "output", "output tokens"),
    Charge("cache_read_mtok", "cache-read", "input tokens read from the cache"),
    Charge("cache_write_mtok", "cache-write", "input tokens written to the cache"),
    Charge("input_audio_mtok", "input-audio", "input audio tokens"),
    Charge("output_audio_mtok", "output-audio", "output audio tokens"),
    Charge("cache_audio_read_mtok", "cache-audio-read", "input audio tokens read from the cache"),
    Charge("requests_kcount", "requests", "requests", "1,000 requests"),
)


@dataclass(frozen=True)
class Model:
    """A model of a provider, and the beginning of its keys."""

    provider: Mapping[str, Any]
    facts: Mapping[str, Any]
    stem: str

    @property
    def name(self) -> str:
        """What shoppers call it."""
        return shown(self.facts["id"], self.facts.get("name"))

    @property
    def free(self) -> bool:
        """Whether its provider calls it free; nothing else is known to cost nothing."""
        return not self.facts["prices"] and is_free(self.facts["id"], self.facts.get("name"))


@dataclass(frozen=True)
class Period:
    """The prices of some days or, where `hours` says so, of some hours of each day."""

    prices: Mapping[str, Any]
    first: date | None = None
    last: date | None = None
    """The day on which it is over."""
    hours: str = ""

    @property
    def end(self) -> str:
        """What the keys of its prices end with."""
        if self.hours:
            return "off-peak" if self.hours == "at other times" else "peak"
        return f"from-{self.first:%Y%m%d}" if self.first else ""

    @property
    def valid_for(self) -> dict[str, str]:
        """The period as a price has it."""
        ends = {"from": self.first, "to": self.last}
        return {name: f"{day}T00:00:00Z" for name, day in ends.items() if day is not None}


def build(providers: Sequence[Mapping[str, Any]], today: date) -> Iterator[Row]:
    """All rows. Offerings sell by the prices that are not over `today`; those that are stay as a record."""
    yield from _kind_of_product(providers)
    every = [(provider, facts) for provider in providers for facts in provider["models"]]
    found = rows.stems(f"{provider['id']} {facts['id']}" for provider, facts in every)
    for provider, facts in every:
        model = Model(provider, facts, found[f"{provider['id']} {facts['id']}"])
        prices = [*_prices(model)]
        yield from prices
        yield _offering(model, [one["key"] for one in prices if not _over(one, today)])


def _kind_of_product(providers: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """The characteristics of a model, and their specification."""
    named = sorted(providers, key=lambda one: str(one["name"]).casefold())
    yield _characteristic(
        "provider", "Provider", "choice", allowed=[(key_of(one["id"]), one["name"]) for one in named]
    )
    yield _characteristic("model-id", "Model id", "text", constraints={"maxLength": 200})
    yield _characteristic("context-window", "Context window in tokens", "integer", constraints={"min": 1})
    kinds = [(one.code, one.label.capitalize()) for one in CHARGES]
    yield _characteristic("charged-for", "Charged for", "choice", allowed=kinds, multiple=True)
    yield _characteristic("free-of-charge", "Free of charge", "boolean")
    yield _characteristic("deprecated", "Deprecated by its provider", "boolean")
    required = ("provider", "model-id", "deprecated")
    uses = ("provider", "model-id", "context-window", "charged-for", "free-of-charge", "deprecated")
    yield {
        "kind": "specification",
        "key": "ai-model",
        "name": "AI model",
        "status": "ACTIVE",
        "uses": [{"characteristic": one, "required": one in required} for one in uses],
    }


def _characteristic(
    key: str, name: str, type: str, *, allowed: Iterable[tuple[str, str]] = (), **more: Any
) -> Row:
    values = [{"code": code, "label": label, "order": order} for order, (code, label) in enumerate(allowed)]
    return {
        "kind": "characteristic",
        "key": key,
        "name": name,
        "valueType": type,
        **({"allowedValues": values} if values else {}),
        **more,
    }


def _offering(model: Model, prices: Sequence[str]) -> Row:
    """A model without a price stays a draft: nobody can say what it costs, so nobody can sell it."""
    facts, periods = model.facts, _periods(model.facts["prices"])
    charged = [one.code for one in CHARGES if one.source in periods[-1].prices]
    known: dict[str, Any] = {"provider": key_of(model.provider["id"]), "model-id": facts["id"]}
    if "context_window" in facts:
        known["context-window"] = facts["context_window"]
    if charged:
        known["charged-for"] = charged
    if prices:
        known["free-of-charge"] = model.free
    return {
        "kind": "offering",
        "key": rows.key(model.stem),
        "name": model.name,
        "category": f"ai/{key_of(model.provider['id'])}",
        "specification": "ai-model",
        "prices": list(prices),
        "values": {**known, "deprecated": facts.get("deprecated", False)},
        **({"publish": True} if prices else {}),
    }


def _prices(model: Model) -> Iterator[Row]:
    if model.free:
        yield _price(model, "free", "tokens", MTOK, Period({}), amount=Decimal(0))
    for period in _periods(model.facts["prices"]):
        for charge in CHARGES:
            if charge.source in period.prices:
                yield from _charged(model, charge, period)


def _charged(model: Model, charge: Charge, period: Period) -> Iterator[Row]:
    """What one thing costs. The source's tiers go by the length of the prompt and hold for all of a request.

    So for input they are tiers of its own quantity. For all else they are not: there, each is a price.
    """
    said = period.prices[charge.source]
    if not isinstance(said, Mapping):
        yield _price(model, charge.code, charge.label, charge.unit, period, amount=_exact(said))
    elif charge.code == "input":
        # A tier of the source begins after its start: with the next token.
        tiers = [(Decimal(0), said["base"])]
        tiers += [(Decimal(tier["start"] + 1) / 1_000_000, tier["price"]) for tier in said["tiers"]]
        label = f"{charge.label} of a request"
        yield _price(model, charge.code, label, charge.unit, period, tiers=tiers)
    else:
        yield _price(model, charge.code, charge.label, charge.unit, period, amount=_exact(said["base"]))
        for tier in said["tiers"]:
            label = f"{charge.label}, prompts over {tier['start']:,} tokens"
            code = f"{charge.code}-over-{tier['start'] // 1000}k"
            yield _price(model, code, label, charge.unit, period, amount=_exact(tier["price"]))


def _price(
    model: Model,
    code: str,
    label: str,
    unit: str,
    period: Period,
    *,
    amount: Decimal | None = None,
    tiers: Iterable[tuple[Decimal, Any]] = (),
) -> Row:
    stepped = [{"from": f"{start:f}", "amount": f"{_exact(price):f}"} for start, price in tiers]
    money = {"currency": "USD"} if amount is None else {"amount": f"{amount:f}", "currency": "USD"}
    return {
        "kind": "price",
        "key": rows.key(model.stem, "-".join(filter(None, (code, period.end)))),
        "name": f"{model.name}: {label}{f', {period.hours}' if period.hours else ''}",
        "priceKind": "USAGE",
        "money": money,
        "unitOfMeasure": unit,
        **({"tiers": stepped, "mode": "VOLUME"} if stepped else {}),
        **({"validFor": period.valid_for} if period.valid_for else {}),
    }


def _periods(prices: Any) -> list[Period]:
    """The prices of a model by period, the last one being the present or a future one."""
    if isinstance(prices, Mapping):
        return [Period(prices)]
    dated = [(one.get("constraint") or {}, one["prices"]) for one in prices]
    if any("start_time" in constraint for constraint, _ in dated):
        return [Period(said, hours=_hours(constraint)) for constraint, said in dated]
    starts = [_day(constraint) for constraint, _ in dated]
    ends = [*starts[1:], None]
    return [Period(said, first, last) for (_, said), first, last in zip(dated, starts, ends, strict=True)]


def _hours(constraint: Mapping[str, str]) -> str:
    if not constraint:
        return "at other times"
    return f"{constraint['start_time'][:5]} to {constraint['end_time'][:5]} UTC"


def _day(constraint: Mapping[str, str]) -> date | None:
    return date.fromisoformat(constraint["start_date"]) if constraint else None


def _over(price: Row, today: date) -> bool:
    end = price.get("validFor", {}).get("to")
    return end is not None and datetime.fromisoformat(end).date() <= today


def _exact(amount: Any) -> Decimal:
    return Decimal(amount).quantize(PLACES).normalize()


def main() -> None:
    """Write the rows to standard output."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("facts", type=Path, help="genai-prices.json")
    asked.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    given = asked.parse_args()
    providers = json.loads(given.facts.read_text(), parse_float=Decimal)
    rows.write(build(providers, given.today), sys.stdout)


if __name__ == "__main__":
    main()

"""A telecom shop of our own invention: mobile plans, fibre, devices.

`python -m samples.telecom > samples/telecom.ndjson`
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from samples import rows
from samples.rows import Row

TERMS = {1: ("Flex", Decimal("1.25")), 24: ("24", Decimal(1))}
"""Months for which one signs: what a plan is called then, and what it costs in comparison."""

PLANS: Sequence[tuple[str, str | None, int, str]] = (
    ("S", "5", 50, "9.99"),
    ("M", "20", 150, "14.99"),
    ("L", "50", 300, "19.99"),
    ("XL", "120", 500, "29.99"),
    ("Max", None, 1000, "44.99"),
)
"""Name, GB a month (None: unlimited), Mbit/s, EUR a month."""
PREPAID = (("Start", "0", "0.00"), ("Surf", "8", "8.00"), ("Chat", "3", "4.00"), ("Trip", "15", "14.00"))
"""Name, GB in 28 days, EUR for these."""
FIBRE = (
    ("100", 100, 40, "24.99"),
    ("250", 250, 100, "29.99"),
    ("500", 500, 200, "34.99"),
    ("1000", 1000, 500, "44.99"),
    ("2500", 2500, 1250, "59.99"),
    ("10G", 10000, 10000, "99.99"),
)
"""Name, Mbit/s down and up, EUR a month."""
BOXES = (("Home Box 5G", 300, "34.99"), ("Home Box 5G Plus", 1000, "44.99"), ("Travel Box", 150, "19.99"))
PHONES: Sequence[tuple[str, str, int, int, int, Sequence[str], Mapping[int, str]]] = (
    ("Quillon 6", "6.1", 4200, 168, 8, ("graphite", "sand", "moss"), {128: "549.00", 256: "629.00"}),
    (
        "Quillon 6 Max",
        "6.7",
        5100,
        204,
        12,
        ("graphite", "ice"),
        {256: "799.00", 512: "929.00", 1024: "1149.00"},
    ),
    ("Ostrea 3", "6.4", 5000, 189, 6, ("graphite", "coral", "ice"), {128: "279.00", 256: "329.00"}),
    ("Ostrea 3 Lite", "6.3", 4500, 181, 4, ("graphite", "moss"), {64: "159.00", 128: "189.00"}),
    ("Tundro Rugged", "5.9", 6200, 265, 6, ("graphite",), {128: "399.00"}),
)
"""Name, inches, mAh, g, GB of memory, colours, EUR for each GB of storage."""
TABLETS: Sequence[tuple[str, str, int, int, int, Sequence[str], Mapping[int, str]]] = (
    ("Slaten 10", "10.4", 7600, 465, 6, ("graphite", "ice"), {128: "299.00", 256: "369.00"}),
    ("Slaten 13 Pro", "12.9", 10200, 640, 12, ("graphite",), {256: "849.00", 512: "999.00"}),
)
ROUTERS = (
    ("Hubli 6", "wifi-6", 4, "79.00"),
    ("Hubli 7", "wifi-7", 5, "149.00"),
    ("Hubli Mesh", "wifi-6", 1, "59.00"),
)
PACKS = (
    ("Neighbours Day", "europe", "1", "2.99"),
    ("Neighbours Week", "europe", "5", "9.99"),
    ("World Day", "world", "1", "6.99"),
    ("World Week", "world", "3", "24.99"),
)
"""Name, zone, GB, EUR."""


def build() -> Iterator[Row]:
    """All rows."""
    yield from _characteristics()
    yield from _specifications()
    yield from _shared_prices()
    for part in (_plans(), _prepaid(), _fibre(), _boxes(), _devices(), _routers(), _packs()):
        yield from part


def _characteristics() -> Iterator[Row]:
    yield _said("data-volume", "Data volume", "decimal", unit="GB", constraints={"min": 0, "scale": 1})
    yield _said("unlimited-data", "Unlimited data", "boolean")
    yield _said("download-speed", "Download speed", "integer", unit="Mbit/s", constraints={"min": 1})
    yield _said("upload-speed", "Upload speed", "integer", unit="Mbit/s", constraints={"min": 1})
    yield _said("contract-term", "Contract term", "integer", unit="mo", constraints={"min": 1, "max": 36})
    yield _said("generation", "Network", "choice", {"4g": "4G", "5g": "5G"})
    yield _said("roaming", "Roaming", "choice", {"home": "None", "europe": "Europe", "world": "World"})
    yield _said("esim", "eSIM", "boolean")
    yield _said("fixed-ip", "Fixed IP address", "boolean")
    colours = {"graphite": "Graphite", "sand": "Sand", "moss": "Moss", "ice": "Ice", "coral": "Coral"}
    yield _said("colour", "Colour", "choice", colours, multiple=True)
    yield _said("storage", "Storage", "integer", unit="GB", constraints={"min": 1})
    yield _said("memory", "Memory", "integer", unit="GB", constraints={"min": 1})
    size = {"min": "2.0", "max": "20.0", "scale": 1}
    yield _said("screen-size", "Screen size", "decimal", unit="[in_i]", constraints=size)
    yield _said("battery", "Battery", "integer", unit="mA.h", constraints={"min": 500, "step": 100})
    yield _said("weight", "Weight", "integer", unit="g", constraints={"min": 1})
    yield _said("wifi", "Wi-Fi", "choice", {"wifi-5": "Wi-Fi 5", "wifi-6": "Wi-Fi 6", "wifi-7": "Wi-Fi 7"})
    yield _said("ethernet-ports", "Ethernet ports", "integer", constraints={"min": 0, "max": 16})
    yield _said("on-sale-since", "On sale since", "date", constraints={"min": "2020-01-01"})


def _specifications() -> Iterator[Row]:
    mobile = ("data-volume", "unlimited-data", "download-speed", "generation", "roaming", "esim")
    yield _kind("mobile-plan", "Mobile plan", [*mobile, "contract-term"], ["download-speed", "contract-term"])
    yield _kind("prepaid-card", "Prepaid card", [*mobile], ["data-volume"])
    fixed = ("download-speed", "upload-speed", "contract-term", "fixed-ip")
    yield _kind("fibre-line", "Fibre line", fixed, fixed[:3])
    yield _kind(
        "home-box", "Internet by mobile network", ["download-speed", "generation"], ["download-speed"]
    )
    device = ("colour", "storage", "memory", "screen-size", "battery", "weight", "esim", "on-sale-since")
    yield _kind("handheld", "Phone or tablet", device, device[:4])
    yield _kind("router", "Router", ["wifi", "ethernet-ports"], ["wifi"])
    yield _kind("roaming-pack", "Roaming pack", ["roaming", "data-volume"], ["roaming", "data-volume"])


def _shared_prices() -> Iterator[Row]:
    """What many offerings have in common."""
    yield _once("activation", "Activation", "9.90")
    yield _once("line-installation", "Installation of the line", "49.00")
    more = [("0", "2.00"), ("5", "1.50"), ("20", "1.00")]
    yield _used("more-data", "Data beyond the plan's volume", "GB", more, "GRADUATED")
    yield _used(
        "minute-abroad", "Calls abroad", "min", [("0", "0.19"), ("60", "0.14"), ("300", "0.09")], "GRADUATED"
    )
    yield _used("prepaid-minute", "Calls", "min", "0.09")
    yield _used("prepaid-message", "Messages", "SMS", "0.09")
    yield _used("prepaid-data", "Data without a volume", "GB", "4.00")
    yield _used(
        "static-lines", "Further lines", "line", [("0", "12.00"), ("5", "10.00"), ("25", "8.00")], "VOLUME"
    )


def _plans() -> Iterator[Row]:
    for (name, volume, speed, amount), (months, (called, factor)) in product(PLANS, TERMS.items()):
        key, shown = rows.key(f"mobile-{name}-{called}".lower()), f"Mobile {name} {called}"
        yield _monthly(key, shown, Decimal(amount) * factor)
        values: dict[str, Any] = {
            "download-speed": speed,
            "contract-term": months,
            "generation": "4g" if name == "S" else "5g",
            "roaming": "world" if name in ("XL", "Max") else "europe",
            "esim": True,
            "unlimited-data": volume is None,
        }
        if volume is not None:
            values["data-volume"] = volume
        beyond = ["more-data"] if volume is not None else []
        lines = ["static-lines"] if name == "Max" else []
        prices = [f"{key}-month", "activation", *beyond, "minute-abroad", *lines]
        yield _sold(key, shown, "mobile/plans", "mobile-plan", prices, values)


def _prepaid() -> Iterator[Row]:
    for name, volume, amount in PREPAID:
        key, shown = f"prepaid-{name.lower()}", f"Prepaid {name}"
        values = {"data-volume": volume, "generation": "4g", "roaming": "europe", "esim": name != "Start"}
        prices = ["prepaid-minute", "prepaid-message", "prepaid-data"]
        if Decimal(amount):
            yield _again(f"{key}-28-days", f"{shown}, 28 days", amount, {"unit": "day", "length": 28})
            prices = [f"{key}-28-days", *prices]
        yield _sold(key, shown, "mobile/prepaid", "prepaid-card", prices, values)


def _fibre() -> Iterator[Row]:
    for (name, down, up, amount), (months, (called, factor)) in product(FIBRE, TERMS.items()):
        key, shown = f"fibre-{name}-{called}".lower(), f"Fibre {name} {called}"
        yield _monthly(key, shown, Decimal(amount) * factor)
        values = {
            "download-speed": down,
            "upload-speed": up,
            "contract-term": months,
            "fixed-ip": down >= 1000,
        }
        prices = [f"{key}-month", "line-installation", "minute-abroad"]
        yield _sold(key, shown, "internet/fibre", "fibre-line", prices, values)


def _boxes() -> Iterator[Row]:
    for name, speed, amount in BOXES:
        key = name.lower().replace(" ", "-")
        yield _monthly(key, name, Decimal(amount))
        values = {"download-speed": speed, "generation": "4g" if name == "Travel Box" else "5g"}
        yield _sold(key, name, "internet/mobile", "home-box", [f"{key}-month", "activation"], values)


def _devices() -> Iterator[Row]:
    for kind, devices in (("phones", PHONES), ("tablets", TABLETS)):
        for name, inches, charge, grams, memory, colours, amounts in devices:
            for storage, amount in amounts.items():
                size = f"{storage} GB" if storage < 1024 else "1 TB"
                key = f"{name} {size}".lower().replace(" ", "-")
                values = {
                    "colour": list(colours),
                    "storage": storage,
                    "memory": memory,
                    "screen-size": inches,
                    "battery": charge,
                    "weight": grams,
                    "esim": kind == "phones",
                    "on-sale-since": "2026-03-01" if "6" in name else "2025-09-15",
                }
                monthly = (Decimal(amount) * Decimal("1.08") / 24).quantize(Decimal("0.01"))
                yield _once(f"{key}-once", f"{name} {size}", amount)
                yield _monthly(key, f"{name} {size}, in 24 rates", monthly)
                prices = [f"{key}-once"] if Decimal(amount) < 200 else [f"{key}-once", f"{key}-month"]
                yield _sold(key, f"{name} {size}", f"devices/{kind}", "handheld", prices, values)


def _routers() -> Iterator[Row]:
    for name, wifi, ports, amount in ROUTERS:
        key = name.lower().replace(" ", "-")
        yield _once(f"{key}-once", name, amount)
        values = {"wifi": wifi, "ethernet-ports": ports}
        yield _sold(key, name, "devices/routers", "router", [f"{key}-once"], values)


def _packs() -> Iterator[Row]:
    for name, zone, volume, amount in PACKS:
        key = f"roaming-{name}".lower().replace(" ", "-")
        yield _once(f"{key}-once", f"Roaming {name}", amount)
        values = {"roaming": zone, "data-volume": volume}
        yield _sold(key, f"Roaming {name}", "mobile/roaming", "roaming-pack", [f"{key}-once"], values)


def _said(key: str, name: str, type: str, codes: Mapping[str, str] | None = None, **more: Any) -> Row:
    allowed = [
        {"code": code, "label": label, "order": order}
        for order, (code, label) in enumerate((codes or {}).items())
    ]
    told = {"allowedValues": allowed} if allowed else {}
    return {"kind": "characteristic", "key": key, "name": name, "valueType": type, **told, **more}


def _kind(key: str, name: str, uses: Iterable[str], required: Sequence[str]) -> Row:
    told = [{"characteristic": one, "required": one in required} for one in uses]
    return {"kind": "specification", "key": key, "name": name, "status": "ACTIVE", "uses": told}


def _price(key: str, name: str, kind: str, amount: str | None, **more: Any) -> Row:
    money = {"amount": amount, "currency": "EUR"} if amount is not None else {"currency": "EUR"}
    told = {"priceKind": kind, "money": money, "taxIncluded": True}
    return {"kind": "price", "key": key, "name": name, **told, **more}


def _once(key: str, name: str, amount: str) -> Row:
    return _price(key, name, "ONE_TIME", amount)


def _again(key: str, name: str, amount: str, period: Mapping[str, Any]) -> Row:
    return _price(key, name, "RECURRING", amount, period=period)


def _monthly(key: str, name: str, amount: Decimal) -> Row:
    rounded = amount.quantize(Decimal("0.01"))
    return _again(f"{key}-month", f"{name}, a month", f"{rounded}", {"unit": "month", "length": 1})


def _used(
    key: str, name: str, unit: str, amount: str | list[tuple[str, str]], mode: str | None = None
) -> Row:
    if isinstance(amount, str):
        return _price(key, name, "USAGE", amount, unitOfMeasure=unit)
    tiers = [{"from": start, "amount": each} for start, each in amount]
    return _price(key, name, "USAGE", None, unitOfMeasure=unit, tiers=tiers, mode=mode)


def _sold(
    key: str, name: str, category: str, kind: str, prices: Sequence[str], values: Mapping[str, Any]
) -> Row:
    said = {"specification": kind, "prices": list(prices), "values": dict(values)}
    return {"kind": "offering", "key": key, "name": name, "category": category, **said, "publish": True}


if __name__ == "__main__":
    rows.write(build(), sys.stdout)

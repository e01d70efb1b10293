"""What a definition must satisfy. Each rule yields its own faults, so that an author hears of all at once."""

from collections.abc import Collection, Iterator

from kernel.errors import Problem
from kernel.texts import description_faults, name_faults
from specification.domain.characteristics import Characteristic, Found
from specification.domain.definition import MOST_USES, CharacteristicUse, Definition
from specification.domain.values import named, value_faults


def faults(definition: Definition, found: Found, kept: Collection[object] = ()) -> Iterator[Problem]:
    """All that is wrong with a tidied definition, with JSON pointers into it.

    `found` answers the definition's own question. `kept` are the ids of characteristics that the
    specification uses already: a deprecated one is for nothing new, but may stay.
    """
    yield from name_faults(definition.name)
    yield from description_faults(definition.description)
    if not definition.countable:
        given = len(definition.uses)
        yield Problem(
            "length", f"1 to {MOST_USES} characteristics are accepted here; {given} given.", "/uses"
        )
        return  # each of ten thousand could be wrong
    known, met = found.by_id(), set[object]()
    for index, use in enumerate(definition.uses):
        pointer, id = f"/uses/{index}", use.characteristic_id
        yield from _list_faults(use.allowed_codes, f"{pointer}/allowedCodes")
        if id in met:
            yield Problem("repeated", "Each characteristic is accepted once.", f"{pointer}/characteristicId")
        elif id not in known:
            yield Problem(
                "unknown", f"There is no characteristic with the id {id}.", f"{pointer}/characteristicId"
            )
        else:
            if not known[id].active and id not in kept:
                yield _deprecated(known[id], f"{pointer}/characteristicId")
            yield from _use_faults(use, known[id], found, pointer)
        met.add(id)


def _list_faults(codes: tuple[str, ...] | None, pointer: str) -> Iterator[Problem]:
    """What is wrong with a list of codes in itself."""
    if codes is None:
        return
    if not codes:
        yield Problem(
            "length", "At least one code is needed here; without the list all are allowed.", pointer
        )
    met = set[str]()
    for index, code in enumerate(codes):
        if code in met:
            yield Problem("repeated", "Each code is accepted once.", f"{pointer}/{index}")
        met.add(code)


def _use_faults(
    use: CharacteristicUse, characteristic: Characteristic, found: Found, pointer: str
) -> Iterator[Problem]:
    """What is wrong with a use, given the characteristic as it is."""
    codes = use.allowed_codes
    if codes is not None and not characteristic.choice:
        said = f"{characteristic.name} is no choice, so it has no codes: leave the list out."
        yield Problem("not_for_type", said, f"{pointer}/allowedCodes")
        codes = None
    for index, code in enumerate(codes or ()):
        if code not in characteristic.codes:
            said = f"{characteristic.name} has the codes {named(characteristic.codes)}."
            yield Problem("unknown", said, f"{pointer}/allowedCodes/{index}")
    if use.default is not None:
        yield from value_faults(use.default, characteristic.id, codes, found, f"{pointer}/default")


def _deprecated(characteristic: Characteristic, pointer: str) -> Problem:
    said = f"{characteristic.name} is deprecated: it stays where it is used, and is for nothing new."
    return Problem("deprecated", said, pointer)

"""The plain count and the platform's answers, side by side."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from tests.real_input.answers import Answers
from tests.real_input.plain import Catalogue


@dataclass
class Ledger:
    """What differs, by what is wrong with it; of each the key, or a sentence.

    `lost` should be in the store and is not, or was not published as often as was asked for. `phantom` is
    there and should not be, or twice. `stale` shows something else than the file says. `stuck` are
    publications that have not ended, `rejected` those that came to nothing. `wrong_holds` are prices that
    something holds that does not sell by them, or that are not held by what does. `miscounted` are totals and
    facets.
    """

    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    wrong_holds: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    compared: dict[str, int] = field(default_factory=dict)
    """How many of what were compared: nothing is wrong where nobody looked."""

    @property
    def counts(self) -> dict[str, int]:
        """How many of each there are."""
        return {name: len(found) for name, found in asdict(self).items() if name != "compared"}

    @property
    def clean(self) -> bool:
        """Whether there is nothing."""
        return not any(self.counts.values())

    def __str__(self) -> str:
        return "\n".join(
            f"{name}: {len(found)}, such as {found[:5]}"
            for name, found in asdict(self).items()
            if found and name != "compared"
        )


async def compared(plain: Catalogue, answers: Answers) -> Ledger:
    """Look at everything: the store's entries and counts, all publications, and who holds which price."""
    ledger = Ledger()
    await _entries(plain, answers, ledger)
    await _counts(plain, answers, ledger)
    await _publications(plain, answers, ledger)
    await _holds(plain, answers, ledger)
    return ledger


async def shown(plain: Catalogue, answers: Answers) -> bool:
    """Whether shoppers see all of it, and nothing else."""
    found, repeated = await answers.entries()
    return not repeated and found == plain.entries(datetime.now(UTC))


async def _entries(plain: Catalogue, answers: Answers, ledger: Ledger) -> None:
    meant = plain.entries(datetime.now(UTC))
    found, repeated = await answers.entries()
    ledger.lost += sorted(meant.keys() - found.keys())
    ledger.phantom += sorted(found.keys() - meant.keys()) + repeated
    ledger.stale += sorted(key for key in meant.keys() & found.keys() if meant[key] != found[key])
    ledger.compared["entries"] = len(meant)


async def _counts(plain: Catalogue, answers: Answers, ledger: Ledger) -> None:
    now = datetime.now(UTC)
    meant, told = plain.facets(now), await answers.facets()
    if [facet[:2] for facet in meant] != [facet[:2] for facet in told]:
        ledger.miscounted.append(f"the facets are {[facet[0] for facet in told]}")
    values = {facet[0]: facet[2] for facet in told}
    for key, _, wanted in meant:
        if values.get(key) != wanted:
            ledger.miscounted.append(f"the facet {key} tells {values.get(key)}, not {wanted}")
    questions = list(_questions(plain, now))
    async for asked, count, total in _totals(answers, questions):
        if count != total:
            ledger.miscounted.append(f"{asked} finds {total}, not {count}")
    ledger.compared |= {"facets": len(meant), "counts": len(questions)}


def _questions(plain: Catalogue, now: datetime) -> Iterator[tuple[dict[str, str], int]]:
    """Questions of shoppers, each with how many offerings it must find."""
    entries = plain.entries(now).values()
    yield {}, len(entries)
    for facet, counts in plain.counts(now).items():
        for value, count in counts.items():
            yield {facet: value}, count
    for key, row in plain.characteristics.items():
        if row["valueType"] in ("integer", "decimal"):
            numbers = plain.numbers(key, now)
            for bound in sorted({*numbers[:: max(1, len(numbers) // 10)]}):
                yield {f"attr.{key}.gte": str(bound)}, sum(one >= bound for one in numbers)
    for currency in sorted({name for one in entries for name in one["from"]}):
        amounts = sorted(one["from"][currency] for one in entries if currency in one["from"])
        yield {"currency": currency}, len(amounts)
        for most in sorted({*amounts[:: max(1, len(amounts) // 10)]}):
            asked = {"currency": currency, "price.lte": f"{most:f}"}
            yield asked, sum(one <= most for one in amounts)


async def _totals(
    answers: Answers, questions: list[tuple[dict[str, str], int]]
) -> AsyncIterator[tuple[dict[str, str], int, int]]:
    for asked, count in questions:
        yield asked, count, await answers.total(**asked)


async def _publications(plain: Catalogue, answers: Answers, ledger: Ledger) -> None:
    ended: Counter[str] = Counter()
    every = 0
    async for one in answers.every("/api/publications", "requestedAt"):
        every += 1
        said = f"{one['offeringKey']} ({one['id']}) is {one['status']}"
        if one["status"] == "PUBLISHED":
            ended[one["offeringKey"]] += 1
        elif one["status"] == "REJECTED":
            ledger.rejected.append(said)
        else:
            ledger.stuck.append(said)
    for key in sorted(plain.published.keys() | ended.keys()):
        if ended[key] != plain.published[key]:
            ledger.lost.append(f"{key} was published {ended[key]} times, not {plain.published[key]}")
    ledger.compared["publications"] = every


async def _holds(plain: Catalogue, answers: Answers, ledger: Ledger) -> None:
    meant, found = plain.holders(), set[str]()
    async for price in answers.every("/api/prices", "key"):
        key = price["key"]
        found.add(key)
        holders = Counter(str(one["offeringKey"]) for one in price["holds"])
        if holders != Counter(meant.get(key, ())):
            ledger.wrong_holds.append(
                f"{key} is held by {dict(holders)}, not by {sorted(meant.get(key, ()))}"
            )
        if leases := [one["publicationId"] for one in price["holds"] if one["expiresAt"] is not None]:
            ledger.wrong_holds.append(f"{key} is only leased to {leases}")
        if price["locked"] is not bool(price["holds"]):
            ledger.wrong_holds.append(f"{key} says that it is locked: {price['locked']}")
    if found != plain.prices.keys():
        ledger.wrong_holds.append(f"prices that differ: {sorted(found ^ plain.prices.keys())[:5]}")
    ledger.compared["prices"] = len(found)

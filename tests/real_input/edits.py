"""Which prices are revised and which offerings are retired: chosen from the file, the same in every run."""

from dataclasses import dataclass

from tests.real_input.plain import Catalogue, Row, raised

PRICES, RETIRED = 100, 50


@dataclass(frozen=True)
class Revision:
    """A price of an offering shall be dearer.

    A price that something is sold by stays as it is, so another takes its place. `corrected` says that this
    is for the meantime only: the old one, which is free then, is changed itself and comes back.
    """

    offering: str
    old: Row
    corrected: bool
    number: int

    @property
    def new(self) -> Row:
        """The price that takes its place."""
        return raised(self.old, key=f"raised-{self.number:03}", name=f"{self.old['name']} (raised)")


@dataclass(frozen=True)
class Edits:
    """All that is edited: every second revision corrects, and of the retired offerings some were revised."""

    revisions: list[Revision]
    retired: list[str]

    @classmethod
    def of(cls, plain: Catalogue, prices: int = PRICES, retired: int = RETIRED) -> "Edits":
        """Choose from what is live, all over the file; the last price of every offering that is chosen.

        Raises:
            ValueError: when there are not so many.
        """
        live = sorted(plain.live)
        stride = len(live) // (prices + retired)
        if not stride:
            raise ValueError(
                f"there are {len(live)} offerings, too few to edit {prices} and {retired} of them"
            )
        chosen = live[::stride][: prices + retired]
        revisions = [
            Revision(key, plain.prices[plain.offerings[key]["prices"][-1]], bool(number % 2), number)
            for number, key in enumerate(chosen[:prices])
        ]
        revised = [one.offering for one in revisions[:: max(1, prices * 5 // retired)]]
        return cls(revisions, [*revised, *chosen[prices:]][:retired])

    @property
    def corrected(self) -> list[Revision]:
        """Those that change the old price itself."""
        return [one for one in self.revisions if one.corrected]

    def apply(self, plain: Catalogue) -> None:
        """The same in plain data: what the store must have afterwards."""
        for one in self.revisions:
            plain.prices[one.new["key"]] = one.new
            plain.replace_price(one.offering, one.old["key"], one.new["key"])
        for one in self.corrected:
            plain.prices[one.old["key"]] = raised(one.old)
            plain.replace_price(one.offering, one.new["key"], one.old["key"])
            del plain.prices[one.new["key"]]
        plain.live -= {*self.retired}

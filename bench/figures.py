"""Figures: what a part of the benchmarks has measured, beside its floor and what is meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What is meant: the most that a figure shall be, or the `least`; or its `ratio` to the floor."""

    bound: float
    least: bool = False
    ratio: bool = False


@dataclass(frozen=True)
class Floor:
    """The least that could do the same here, measured in the same run; `value` has the unit of the figure."""

    what: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the last table. `part` is what it is about, such as "create"; `unit` is of `value`."""

    part: str
    what: str
    value: float
    unit: str
    floor: Floor | None = None
    budgets: tuple[Budget, ...] = ()

    @property
    def ratio(self) -> float | None:
        """How many times the floor it is; None without one, or where the floor is nothing."""
        return self.value / self.floor.value if self.floor is not None and self.floor.value else None

    @property
    def kept(self) -> bool | None:
        """Whether it is as it is meant to be; None where nothing is meant."""
        return all(map(self._keeps, self.budgets)) if self.budgets else None

    def _keeps(self, budget: Budget) -> bool:
        found = self.ratio if budget.ratio else self.value
        if found is None:
            return False
        return found >= budget.bound if budget.least else found <= budget.bound


def at_most(bound: float, *, ratio: bool = False) -> Budget:
    """No more than that, in the figure's unit or, for a `ratio`, in floors."""
    return Budget(bound, ratio=ratio)


def at_least(bound: float, *, ratio: bool = False) -> Budget:
    """No less than that."""
    return Budget(bound, least=True, ratio=ratio)

"""Roles include the ones before them."""

import pytest

from kernel.auth import Principal, Role


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("needed", Role)
def test_a_role_includes_those_before_it(held: Role, needed: Role) -> None:
    order = ["reader", "author", "publisher", "operator"]
    assert held.includes(needed) == (order.index(held) >= order.index(needed))


def test_who_has_no_role_may_nothing() -> None:
    nobody = Principal(subject="1", name="", roles=frozenset())
    assert not any(nobody.may(role) for role in Role)

"""How many readers a case asks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelhub.reading.slots import Slots


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 6), st.integers(0, 6))
def test_what_is_taken_stays_and_the_rest_follows_the_number(
    wanted: int, n_needed: int, n_taken: int, n_unreadable: int
) -> None:
    n_taken = min(n_taken, n_needed)
    after = Slots(n_needed, 0, n_needed - n_taken, n_submitted=0).under(wanted, n_unreadable)
    assert after.n_needed - after.n_open == n_taken and after.n_open >= 0
    assert after.n_wanted == wanted and after.n_needed >= wanted
    assert after.under(wanted, n_unreadable) == after

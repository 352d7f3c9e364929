"""The cells of a rule as lines."""

from __future__ import annotations

from memcert.reports.cells import listed


def test_positions_with_the_same_values_share_a_line() -> None:
    cells = ("name: a", "name: b", "content: a", "content: b", "id: a", "closed", "first of all: x")
    assert [*listed(cells)] == ["name; content: a, b", "id: a", "closed", "first of all: x"]

"""Contracts of installed packages, one of which is broken."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

import memcert.contracts
from memcert.contracts import GROUP, UnknownContract, contract_named, contract_of, contracts
from memcert.resolver import resolve
from memcert.short_term import CONTRACT


@pytest.fixture(autouse=True)
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("broken", "no_such_module_anywhere:CONTRACT", GROUP)]
    monkeypatch.setattr(memcert.contracts, "entry_points", lambda group: points)


def test_it_is_nothing_to_who_has_no_use_for_it() -> None:
    assert contract_of("short-term") is CONTRACT
    assert contract_named(CONTRACT.name) is CONTRACT
    assert resolve("mutant:any-mark-matches").contract == "short-term"


def test_who_needs_it_is_told_in_one_line() -> None:
    for ask in (
        lambda: contract_of("broken"),
        lambda: contract_named("another"),
        lambda: [*contracts()],
        lambda: resolve("mutant:none-of-memcert"),
    ):
        with pytest.raises(UnknownContract, match="'broken' cannot be imported: ModuleNotFound"):
            ask()


def test_one_that_there_is_not_is_said() -> None:
    with pytest.raises(UnknownContract, match="no contract 'brokn': did you mean broken"):
        contract_of("brokn")

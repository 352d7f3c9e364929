"""``memcert backends``: which of the four ways to have a store are to be had here, and why not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from memcert_backends.catalogue import BUILT_IN

NOWHERE = "tcp://127.0.0.1:1"

Memcert = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no Docker engine, whatever this machine has."""
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)


def _lines(memcert: Memcert) -> dict[str, str]:
    result = memcert("backends")
    assert result.exit_code == 0
    text = result.stdout.partition("\n\n")[0]
    return dict(line.split(" ", 1) for line in text.splitlines())


def test_every_backend_has_a_line_of_its_own(memcert: Memcert) -> None:
    lines = _lines(memcert)
    assert lines.keys() >= BUILT_IN.keys()
    assert lines.pop("reference") == "core (ephemeral by design): needs no store"
    for name in BUILT_IN.keys() - {"reference"}:
        for way in ("embedded", "process", "container", "URL "):
            assert way in lines[name]


def test_the_ways_of_redis(memcert: Memcert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    lines = _lines(memcert)
    no_binary = "there is no redis-server on PATH; install Redis"
    no_engine = f"no Docker engine answers at {NOWHERE}: Connection refused"
    assert lines["redis"] == (
        "durable: embedded (default), URL redis://host:port;"
        f" no process: {no_binary}; no container: {no_engine}"
    )
    assert lines["redis-cluster"].startswith("durable: URL redis://host:port; no embedded: ")
    assert f"no process: {no_binary}" in lines["redis-cluster"]


def test_equal_reasons_are_given_once(memcert: Memcert) -> None:
    assert "no process, container: SQLite has no server: use embedded" in _lines(memcert)["sqlite"]


def test_what_cannot_be_imported_says_why(
    memcert: Memcert, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("broken", "no_such_module:backend", "memcert.backends")
    monkeypatch.setattr(import_module("memcert.resolver"), "entry_points", lambda **_: [point])
    assert _lines(memcert)["broken"].startswith("?: no_such_module cannot be imported: ")


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_a_terminal_gets_a_table_that_loses_nothing(command: Memcert, columns: str) -> None:
    done = command("backends", FORCE_COLOR="1", TERM="xterm", COLUMNS=columns)
    assert done.returncode == 0, done.stderr
    text = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    assert "…" not in text
    table, notes, _ = text.split("\n\n")
    together = "".join(table.split())
    for name in ("sqlite", "redis"):
        assert name in together
    assert f"no Docker engine answers at {NOWHERE}: Connection refused" in notes
    numbers = re.findall(r"^\((\d+)\) ", notes, re.MULTILINE)
    assert numbers == [f"{number}" for number in range(1, len(numbers) + 1)]
    assert set(re.findall(r"no\((\d+)\)", together)) == set(numbers)


def test_it_is_quick_where_no_engine_answers(memcert: Memcert) -> None:
    began = time.monotonic()
    memcert("backends")
    assert time.monotonic() - began < 15


def test_mutants_are_listed_on_demand(memcert: Memcert) -> None:
    assert "mutant:" not in memcert("backends").stdout
    assert "\nmutant:counts-requests  " in memcert("backends", "--mutants").stdout

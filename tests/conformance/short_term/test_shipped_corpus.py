"""The corpus that is shipped: every program shows its bug, and no good backend has it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.repository.corpus_writer import MOST_BYTES
from memcert.resolver import resolve
from memcert.short_term import CONTRACT
from memcert.short_term.mutants import MUTANTS
from memcert_backends.backend import Backend

FOLDER = Path(__file__).parents[3] / "conformance" / "memcert" / "short_term" / "corpus"

ENTRIES = CONTRACT.corpus.entries

TOO_LARGE = {
    ("VAL-15", "text-block-cut-at-mebibyte"),
    ("VAL-15", "content-cut-at-65536"),
    ("SUM-01", "summary-cut-at-65535-bytes"),
    ("VAL-08", "first-128-blocks"),
    ("VAL-10", "digits-limit-of-python"),
    ("ARG-05", "batch-of-32768-fails"),
    ("ARG-05", "packet-over-4-mebibytes"),
}
"""What only programs show that are too large for the corpus; the sweeps have them."""


@contextmanager
def judged(backend: Backend) -> Iterator[Runner]:
    with Runner(CONTRACT, backend) as runner:
        preflight(runner)
        yield runner


def test_it_is_the_one_of_this_repository() -> None:
    assert [each.file_name for each in ENTRIES] == sorted(path.name for path in FOLDER.iterdir())


def test_there_is_one_for_each_rule_and_mutant_that_is_meant_to_fail_it() -> None:
    wanted = {(rule, mutant.name) for mutant in MUTANTS.values() for rule in mutant.kills}
    found = [(each.rule, each.bug) for each in ENTRIES]
    assert set(found) == wanted - TOO_LARGE, "run: nox -s matrix"
    assert len(found) == len(wanted - TOO_LARGE)
    assert all(CONTRACT.corpus.programs(rule) for rule in CONTRACT.by_id)


@pytest.mark.parametrize("name", MUTANTS)
def test_each_shows_the_mutant_that_it_is_named_after(name: str) -> None:
    with judged(MUTANTS[name].backend) as runner:
        for entry in ENTRIES:
            if entry.bug == name:
                # Operations meet as the machine, and the server, let them.
                tries = 10 if entry.program.branches else 1
                seen = any(runner.execute(entry.program).divergence for _ in range(tries))
                assert seen, entry.file_name


@pytest.mark.parametrize("name", ["reference", "sqlite"])
def test_a_backend_that_keeps_the_contract_keeps_them(name: str) -> None:
    with judged(resolve(name)) as runner:
        lacking = runner.subject.capabilities.lacking
        tried = [each for each in ENTRIES if not lacking(CONTRACT.by_id[each.rule].needs)]
        for entry in tried:
            assert runner.execute(entry.program).divergence is None, entry.file_name
    left_out = {need for each in ENTRIES for need in lacking(CONTRACT.by_id[each.rule].needs)}
    # An ephemeral memory has no space that another one could share, and no store; a file has no
    # server, and nothing in it expires.
    storeless = {"durable", "fresh_store", "contents"}
    gone = {"network", "crash", "expiry"} | (storeless if name == "reference" else set())
    assert left_out == gone
    assert len(tried) > 100


def test_each_is_written_in_one_way_and_is_small() -> None:
    for entry in ENTRIES:
        data = (FOLDER / entry.file_name).read_bytes()
        assert data.decode() == entry.program.to_text() + "\n", entry.file_name
        assert len(data) <= MOST_BYTES, entry.file_name


def test_none_says_anything_of_the_machine_it_was_made_on() -> None:
    here = {Path.home(), Path.cwd(), Path(tempfile.gettempdir())} - {Path("/")}
    for entry in ENTRIES:
        # UUIDs of the dictionary of values are everybody's.
        text = entry.program.to_text().replace("0123456789abcdef", "").replace("456789abcdef", "")
        assert not [place for place in here if str(place) in text], entry.file_name
        # Spaces get ids of their own in each execution; a program has none of them.
        assert not re.search(r"(?=[0-9]*[a-f])[0-9a-f]{12}", text), entry.file_name

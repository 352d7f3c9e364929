"""The corpus: read whole or not at all, replayed whatever the effort, and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus, CorpusEntry
from memcert.engine.programs.operation import MalformedProgram
from memcert.engine.programs.program import Program, Step
from memcert.engine.running.runner import Runner
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certificate import Certificate, CertifiedCorpus, CertifiedVerdict
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.verification import faults, other_corpus
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Clear, Delete, Size
from memcert_reference import InMemoryMemory

DELETING = Program((Step(Delete(("m0",))),))
SIZING = Program((Step(Size()),))
CLEARING = Program((Step(Clear()), Step(Size())))
REOPENED = Program((Step(Add((Message("m0"),))),))


class CountsRequests(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


def filled(folder: Path, **programs: Program) -> Corpus:
    """Return a corpus of some programs, each named by its file with ``_`` for ``-``."""
    folder.mkdir(exist_ok=True)
    for name, program in programs.items():
        (folder / f"{name.replace('_', '-')}.json").write_text(program.to_text() + "\n")
    return Corpus(folder, CONTRACT.operations)


@pytest.fixture
def common(tmp_path: Path) -> Corpus:
    """A corpus of four programs for three rules."""
    return filled(
        tmp_path / "common",
        DEL_01_b=CLEARING,
        DEL_01_a=SIZING,
        DEL_01_c=DELETING,
        ADD_01_a=CLEARING,
        DUR_01_a=REOPENED,
    )


@pytest.fixture
def judged(contract: Contract, common: Corpus) -> Callable[..., Certificate]:
    """Return a function that certifies a class by the small contract and this corpus."""
    contract = replace(contract, corpus=common)

    def judged(kind: Any, kept: SavedFailures | None = None, **plan: Any) -> Certificate:
        asked = Plan(**plan)
        with Runner(contract, as_backend(kind, "tiny")) as runner:
            found = certify(
                runner, asked, kept or SavedFailures(None, "tiny", contract), Progress()
            )
            certificate = write_certificate(runner, asked, found)
        assert faults(certificate, contract) == []
        assert other_corpus(certificate, contract) is None
        return certificate

    return judged


def verdict(certificate: Certificate, rule: str) -> CertifiedVerdict:
    return next(each for each in certificate.verdicts if each.rule == rule)


def test_programs_are_read_by_rule_the_shortest_first(common: Corpus) -> None:
    assert common.programs("DEL-01") == (SIZING, DELETING, CLEARING)
    assert common.programs("DEL-0") == ()
    assert len(common) == 5
    assert common.entries[0] == CorpusEntry("ADD-01", "a", CLEARING)
    assert [each.file_name for each in common.entries][:2] == ["ADD-01-a.json", "DEL-01-a.json"]


def test_a_program_that_two_bugs_have_in_common_is_there_once(tmp_path: Path) -> None:
    common = filled(tmp_path, DEL_01_a=SIZING, DEL_01_b=SIZING, ADD_01_a=SIZING)
    assert common.programs("DEL-01") == (SIZING,)
    assert (len(common), len(common.entries)) == (2, 3)


def test_programs_that_only_python_takes_for_equal_are_two(tmp_path: Path) -> None:
    one, true = (
        Program((Step(Add((Message("m0", metadata={"k": value}),))),)) for value in (1, True)
    )
    assert one == true
    common = filled(tmp_path, VAL_10_a=one, VAL_10_b=true)
    assert len(common) == 2
    corpus = SavedFailures(None, "tiny", replace(CONTRACT, corpus=common))
    assert len(corpus.first("VAL-10", one)) == 2
    assert corpus.common("VAL-10", [one]) == 1


def test_an_empty_one_has_nothing() -> None:
    empty = Corpus(None, CONTRACT.operations)
    assert (len(empty), empty.entries, empty.programs("DEL-01")) == (0, (), ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DEL-01-broken.json", "{"),
        ("DEL-01-empty.json", ""),
        ("DEL-01-unknown.json", '{"format": 1, "steps": [{"operation": "no"}]}'),
        ("notes.txt", SIZING.to_text()),
        ("DEL-01.json", SIZING.to_text()),
    ],
)
def test_a_file_that_is_none_of_it_is_an_error(
    common: Corpus, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "common" / name).write_text(text)
    with pytest.raises(MalformedProgram, match=name):
        common.programs("ADD-01")


def test_the_digest_is_of_rules_names_and_programs_not_of_their_writing(
    common: Corpus, tmp_path: Path
) -> None:
    same = {"DEL_01_a": SIZING, "DEL_01_b": CLEARING, "DEL_01_c": DELETING, "ADD_01_a": CLEARING}
    again = filled(tmp_path / "again", **same, DUR_01_a=REOPENED)
    path = tmp_path / "again" / "DEL-01-a.json"
    path.write_text(path.read_text().replace(",", ", ").replace("\n", "\r\n"))
    assert again.digest == common.digest
    digests = {
        common.digest,
        filled(tmp_path / "less", **same).digest,
        filled(tmp_path / "name", **same, DUR_01_b=REOPENED).digest,
        filled(tmp_path / "rule", **same, DUR_02_a=REOPENED).digest,
        filled(tmp_path / "program", **same, DUR_01_a=SIZING).digest,
    }
    assert len(digests) == 5


def test_they_are_replayed_on_top_of_what_is_drawn(
    judged: Callable[..., Certificate], common: Corpus
) -> None:
    certificate = judged(InMemoryMemory)
    # The rules draw a program and the simplest there is, and the reference is not durable.
    assert [(each.rule, each.replayed, each.programs) for each in certificate.verdicts] == [
        ("ADD-01", 1, 1 + 2),
        ("DEL-01", 3, 3 + 2),
        ("SIZE-01", 0, 2),
        ("DUR-01", 0, 0),
        ("EXP-01", 0, 2),
    ]
    assert certificate.corpus == CertifiedCorpus(common.digest, programs=5, replayed=4)


def test_a_bug_that_they_show_is_found_by_them(judged: Callable[..., Certificate]) -> None:
    certificate = judged(CountsRequests)
    found = verdict(certificate, "DEL-01")
    assert found.finding.value == "failed"
    assert found.counterexample is not None
    assert found.counterexample.program == DELETING.to_json()
    # The first one is kept, the second one is not, and the rule's end with that.
    assert (found.replayed, found.programs, found.operations) == (2, 2, 2)
    assert certificate.corpus.replayed == 3


def test_a_bug_that_is_known_deviates(judged: Callable[..., Certificate]) -> None:
    known = Deviation("DEL-01", "because", "link", date.max, DELETING)
    found = verdict(judged(CountsRequests, deviations=[known]), "DEL-01")
    assert (found.finding.value, found.reason) == ("deviates", "because")
    # Its own program comes first, and is that of the corpus.
    assert (found.replayed, found.programs) == (1, 1)


def test_a_backends_own_programs_come_first_and_none_is_run_twice(
    judged: Callable[..., Certificate], contract: Contract, common: Corpus, tmp_path: Path
) -> None:
    kept = SavedFailures(tmp_path / "own", "tiny", replace(contract, corpus=common))
    kept.keep("DEL-01", CLEARING)
    assert kept.first("DEL-01") == (CLEARING, SIZING, DELETING)
    found = verdict(judged(InMemoryMemory, kept), "DEL-01")
    assert (found.replayed, found.programs) == (3, 3 + 2)


def test_another_corpus_is_told_in_a_line(
    judged: Callable[..., Certificate], contract: Contract, common: Corpus, tmp_path: Path
) -> None:
    certificate = judged(InMemoryMemory)
    grown = filled(tmp_path / "common", ADD_01_b=SIZING)
    other = replace(contract, corpus=Corpus(tmp_path / "common", CONTRACT.operations))
    said = other_corpus(certificate, other)
    assert said is not None
    assert grown.digest in said
    assert "\n" not in said
    # The rules are the same, and so is what the certificate says of them.
    assert faults(certificate, other) == []

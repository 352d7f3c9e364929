"""Known deviations: how they are declared, and that none raises a level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from memcert.engine.programs.program import Program, Step
from memcert.engine.rule import Level
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.deviation import Deviation, MalformedDeviations, read_deviations
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.success import succeeded
from memcert.short_term import CONTRACT
from memcert.short_term.messages import Message
from memcert.short_term.operations import Add, Delete, Size
from memcert_reference import InMemoryMemory, Msg

Certify = Callable[..., Certificate]

DELETING = Program((Step(Delete(("m0",))),))
SIZING = Program((Step(Size()),))
TODAY = date(2026, 6, 1)


class CountsRequests(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


class LosesRareOnes(InMemoryMemory):
    """Breaks a rule where the programs of the rule never come."""

    async def add(self, memories: Msg | list[Msg] | None, marks: Any = None) -> None:
        await super().add(memories, marks)
        await super().delete(["rare"])


def known(
    rule: str = "DEL-01", program: Program = DELETING, expires: date = date(2027, 1, 31)
) -> Deviation:
    return Deviation(rule, "counts what was asked for", "https://example.com/1", expires, program)


def finding(certificate: Certificate, rule: str) -> str:
    found = {each.rule: each.finding.value for each in certificate.verdicts}
    return found[rule]


def write(tmp_path: Path, **changed: str | None) -> Path:
    """Write a deviations file of one deviation, with some fields changed or left out."""
    (tmp_path / "program.json").write_text(DELETING.to_text())
    fields = {
        "rule": '"DEL-01"',
        "reason": '"because"',
        "link": '"https://example.com/1"',
        "expires": "2027-01-31",
        "program": '"program.json"',
    } | changed
    lines = [f"{name} = {value}" for name, value in fields.items() if value is not None]
    path = tmp_path / "deviations.toml"
    path.write_text("\n".join(["[[deviation]]", *lines, ""]))
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    (read,) = read_deviations(write(tmp_path), CONTRACT)
    assert read == Deviation(
        "DEL-01", "because", "https://example.com/1", date(2027, 1, 31), DELETING
    )


@pytest.mark.parametrize("text", ["", "# none left\n", "deviation = []\n"])
def test_a_file_that_declares_none_is_left_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deviations.toml"
    path.write_text(text)
    with pytest.raises(MalformedDeviations, match="declares nothing"):
        read_deviations(path, CONTRACT)


def test_a_file_that_is_nested_too_deep_is_none(tmp_path: Path) -> None:
    path = tmp_path / "deviations.toml"
    path.write_text(f"deviation = {'[' * 5000}{']' * 5000}")
    with pytest.raises(MalformedDeviations, match="nested too deep"):
        read_deviations(path, CONTRACT)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rule": None}, "deviation 1 lacks its rule, a string"),
        ({"rule": '"DEL-99"'}, "deviation 1 names the rule 'DEL-99', which there is not"),
        ({"rule": "7"}, "lacks its rule"),
        ({"reason": None}, "lacks its reason"),
        ({"link": None}, "lacks its link"),
        ({"expires": None}, "lacks its expires, a date, such as 2027-01-31"),
        ({"expires": '"2027-01-31"'}, "lacks its expires, a date"),
        ({"expires": "2027-01-31T10:00:00"}, "lacks its expires, a date"),
        ({"program": None}, "lacks its program"),
        ({"program": '"none.json"'}, "its program none.json: "),
        ({"program": '"."'}, "its program .: "),
        ({"program": '"deviations.toml"'}, "its program deviations.toml: it is not JSON"),
        ({"program": '"a\\u0000b"'}, "its program "),
        ({"level": '"core"'}, "has an unknown field 'level'"),
        ({"rule": '"DEL-01'}, "deviations.toml: "),
    ],
    ids=str,
)
def test_a_malformed_deviation_says_where_in_one_line(
    tmp_path: Path, changed: dict[str, str | None], said: str
) -> None:
    path = write(tmp_path, **changed)
    with pytest.raises(MalformedDeviations) as raised:
        read_deviations(path, CONTRACT)
    assert str(raised.value).startswith(str(path))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", ""),
        (b"deviation = 7", "only [[deviation]] tables are known"),
        (b"deviation = [7]", "deviation 1 is not a table"),
        (b"[deviation]\nrule = 'DEL-01'", "only [[deviation]] tables are known"),
        (b"[[deviations]]\nrule = 'DEL-01'", "only [[deviation]] tables are known"),
    ],
)
def test_a_malformed_file_says_so_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "deviations.toml"
    path.write_bytes(content)
    with pytest.raises(MalformedDeviations) as raised:
        read_deviations(path, CONTRACT)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(MalformedDeviations):
            read_deviations(path, CONTRACT)


def test_a_rule_is_declared_once(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text() * 2)
    with pytest.raises(MalformedDeviations, match="DEL-01 is declared twice with one program"):
        read_deviations(path, CONTRACT)


def test_a_known_deviation_raises_no_level(certified: Certify) -> None:
    certificate = certified(CountsRequests, deviations=[known()], today=TODAY)
    assert finding(certificate, "DEL-01") == "deviates"
    assert certificate.level.reached is None
    assert certificate.complaints == ()
    assert not succeeded(certificate)
    # With it or without it, the backend stands where it stands.
    assert certified(CountsRequests).level == certificate.level


def test_its_last_day_is_a_good_day(certified: Certify) -> None:
    deviation = known(expires=TODAY)
    assert not certified(CountsRequests, deviations=[deviation], today=TODAY).complaints
    later = date(2026, 6, 2)
    (said,) = certified(CountsRequests, deviations=[deviation], today=later).complaints
    assert said == "the deviation from DEL-01 expired on 2026-06-01"


def test_one_that_no_longer_fails_turns_the_run_red(certified: Certify) -> None:
    certificate = certified(InMemoryMemory, deviations=[known()], today=TODAY)
    assert certificate.level.reached is Level.CORE
    assert "no longer fails" in certificate.complaints[0]
    assert not succeeded(certificate)


def test_one_whose_own_program_no_longer_fails_turns_the_run_red(certified: Certify) -> None:
    certificate = certified(CountsRequests, deviations=[known(program=SIZING)], today=TODAY)
    assert "no longer fails" in certificate.complaints[0]


def test_one_that_was_not_checked_turns_the_run_red(certified: Certify) -> None:
    certificate = certified(
        InMemoryMemory,
        deviations=[known()],
        rules=frozenset({"ADD-01"}),
        today=TODAY,
    )
    assert certificate.complaints == (
        "the deviation from DEL-01 is not used: the rule was not checked",
    )
    assert not succeeded(certificate)


def test_a_rule_whose_deviation_is_seen_has_not_passed(certified: Certify) -> None:
    program = Program((Step(Add((Message("rare"),))),))
    certificate = certified(LosesRareOnes, deviations=[known("ADD-01", program)], today=TODAY)
    # The rule's own programs show nothing; that of the deviation does.
    assert finding(certificate, "ADD-01") == "deviates"
    assert certificate.level.reached is None


def test_what_fails_is_kept_for_the_next_run(certified: Certify, tmp_path: Path) -> None:
    corpus = SavedFailures(tmp_path, "tiny", CONTRACT)
    first = certified(CountsRequests, corpus=corpus)
    (kept,) = corpus.programs("DEL-01")
    again = certified(CountsRequests, corpus=corpus)
    by_rule = {each.rule: each for each in again.verdicts}
    assert by_rule["DEL-01"].programs == 1
    assert by_rule["DEL-01"].counterexample is not None
    assert by_rule["DEL-01"].counterexample.program == kept.to_json()
    assert {each.rule: each for each in first.verdicts}["DEL-01"].programs >= 1
    certified(InMemoryMemory, corpus=corpus)
    assert corpus.programs("DEL-01") == []

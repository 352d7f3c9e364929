"""A certificate that was changed is found out."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from memcert.engine.contract import Contract
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import (
    MalformedCertificate,
    certificate_json,
    digest_of,
    read_certificate,
)
from memcert.engine.verdicts.verification import faults
from memcert.short_term import CONTRACT
from memcert_reference import InMemoryMemory

Certify = Callable[..., Certificate]
JSONCertificate = dict[str, Any]


def verdict(certificate: JSONCertificate, rule: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in certificate["verdicts"] if each["rule"] == rule)
    return found


def claim_a_level(certificate: JSONCertificate) -> None:
    certificate["level"]["reached"] = "durable"


def hide_strict_failures(certificate: JSONCertificate) -> None:
    certificate["level"]["strict_failed"] = 3


def hide_strict_gaps(certificate: JSONCertificate) -> None:
    certificate["level"]["strict_unknown"] = 3


def pass_without_a_program(certificate: JSONCertificate) -> None:
    verdict(certificate, "ADD-01")["programs"] = 0


def keep_so_far(certificate: JSONCertificate, effort: str = "quick", left_out: int = 1) -> None:
    found = verdict(certificate, "ADD-01")
    found["finding"] = "kept so far"
    found["cells_in_all"] = found["cells"] + left_out
    certificate["run"]["effort"] = effort
    certificate["level"]["reached"] = None


def keep_so_far_with_standard_effort(certificate: JSONCertificate) -> None:
    keep_so_far(certificate, effort="standard")


def keep_so_far_with_every_cell(certificate: JSONCertificate) -> None:
    keep_so_far(certificate, left_out=0)


def keep_so_far_without_a_program(certificate: JSONCertificate) -> None:
    keep_so_far(certificate)
    pass_without_a_program(certificate)


def keep_so_far_with_a_counterexample(certificate: JSONCertificate) -> None:
    keep_so_far(certificate)
    pass_with_a_counterexample(certificate)


def leave_a_rule_out(certificate: JSONCertificate) -> None:
    certificate["verdicts"].remove(verdict(certificate, "EXP-01"))


def add_a_rule(certificate: JSONCertificate) -> None:
    certificate["verdicts"].append(verdict(certificate, "ADD-01") | {"rule": "ADD-99"})


def say_a_rule_twice(certificate: JSONCertificate) -> None:
    certificate["verdicts"].append(deepcopy(verdict(certificate, "ADD-01")))


def move_a_rule_out_of_the_levels(certificate: JSONCertificate) -> None:
    verdict(certificate, "DUR-01")["level"] = None


def call_a_rule_strict(certificate: JSONCertificate) -> None:
    verdict(certificate, "DUR-01")["consequence"] = "strict"
    certificate["level"]["strict_unknown"] = 1


def change_a_rules_text(certificate: JSONCertificate) -> None:
    verdict(certificate, "ADD-01")["text"] = "Something easier."


def change_the_rules(certificate: JSONCertificate) -> None:
    certificate["contract"]["digest"] = "0" * 64


def come_from_another_contract(certificate: JSONCertificate) -> None:
    certificate["contract"]["version"] = "0.9"


def pass_with_a_counterexample(certificate: JSONCertificate) -> None:
    verdict(certificate, "ADD-01")["counterexample"] = {
        "program": {"format": 1, "steps": []},
        "step": 0,
        "operation": "await memory.size()",
        "expected": "returned 0",
        "observed": "returned 1",
        "hang": False,
        "refused": [],
        "client": 0,
        "look": False,
    }


def say_more_was_replayed(certificate: JSONCertificate) -> None:
    certificate["corpus"]["replayed"] += 1


def replay_more_than_was_run(certificate: JSONCertificate) -> None:
    certificate["corpus"]["digest"] = "0" * 64
    found = verdict(certificate, "ADD-01")
    found["replayed"] = certificate["corpus"]["replayed"] = found["programs"] + 1


def replay_what_is_not_there(certificate: JSONCertificate) -> None:
    verdict(certificate, "ADD-01")["replayed"] = certificate["corpus"]["replayed"] = 1


def say_the_corpus_is_larger(certificate: JSONCertificate) -> None:
    certificate["corpus"]["programs"] = 7


def claim_a_corpus_that_was_not_replayed(certificate: JSONCertificate) -> None:
    certificate["corpus"]["digest"] = CONTRACT.corpus.digest
    certificate["corpus"]["programs"] = len(CONTRACT.corpus)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (claim_a_level, "it says level durable; its verdicts come to core"),
        (hide_strict_failures, "it says 3 strict rules failed; its verdicts come to 0"),
        (hide_strict_gaps, "strict"),
        (pass_without_a_program, "ADD-01 passed without a program"),
        (keep_so_far_with_standard_effort, "ADD-01 is kept so far, with standard effort"),
        (keep_so_far_with_every_cell, "ADD-01 is kept so far, with 0 of 0 cells"),
        (keep_so_far_without_a_program, "ADD-01 is kept so far without a program"),
        (keep_so_far_with_a_counterexample, "ADD-01 is kept so far with a counterexample"),
        (leave_a_rule_out, "it says nothing of EXP-01"),
        (add_a_rule, "ADD-99"),
        (say_a_rule_twice, "ADD-01"),
        (move_a_rule_out_of_the_levels, "DUR-01"),
        (call_a_rule_strict, "DUR-01"),
        (change_a_rules_text, "ADD-01"),
        (change_the_rules, "its rules are not the rules of this contract's version"),
        (come_from_another_contract, "its contract is version 0.9"),
        (pass_with_a_counterexample, "ADD-01"),
        (say_more_was_replayed, "it says 1 programs of the corpus replayed"),
        (replay_more_than_was_run, "ADD-01 replayed more programs than it ran"),
        (replay_what_is_not_there, "ADD-01 replayed 1 programs of the corpus, which has 0 for it"),
        (say_the_corpus_is_larger, "it says that its corpus has 7 programs; it has 0"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_changed_is_found(
    certified: Certify,
    contract: Contract,
    tamper: Callable[[JSONCertificate], None],
    said: str,
) -> None:
    certificate = certificate_json(certified(InMemoryMemory))
    tamper(certificate)
    found = faults(read_certificate(certificate), contract)
    assert "its digest does not match: it was changed after it was written" in found
    # Whoever knows how the digest is made is found out all the same.
    certificate["digest"] = digest_of(certificate)
    found = faults(read_certificate(certificate), contract)
    assert len(found) == 1
    assert said in found[0]


class CountsRequests(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


def say_nothing_of_the_cause(certificate: JSONCertificate) -> None:
    certificate["causes"] = []


def fail_what_passed(certificate: JSONCertificate) -> None:
    certificate["causes"][0]["fails"].append("ADD-01")


def hide_what_passed(certificate: JSONCertificate) -> None:
    certificate["causes"][0]["hides"].append("ADD-01")


def fail_what_is_not_there(certificate: JSONCertificate) -> None:
    certificate["causes"][0]["fails"].append("ADD-99")


def hide_without_a_cause(certificate: JSONCertificate) -> None:
    verdict(certificate, "EXP-01")["finding"] = "hidden"


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (say_nothing_of_the_cause, "DEL-01 is failed without a cause"),
        (fail_what_passed, "a cause fails ADD-01, which is passed"),
        (hide_what_passed, "a cause hides ADD-01, which is passed"),
        (fail_what_is_not_there, "a cause fails ADD-99, which is not there"),
        (hide_without_a_cause, "EXP-01 is hidden without a cause"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_changed_about_causes_is_found(
    certified: Certify,
    contract: Contract,
    tamper: Callable[[JSONCertificate], None],
    said: str,
) -> None:
    certificate = certificate_json(certified(CountsRequests))
    assert faults(read_certificate(certificate), contract) == []
    tamper(certificate)
    certificate["digest"] = digest_of(certificate)
    assert faults(read_certificate(certificate), contract) == [said]


def test_a_corpus_that_was_not_replayed_cannot_be_claimed(
    certified: Certify, contract: Contract
) -> None:
    certificate = certificate_json(certified(InMemoryMemory))
    claim_a_corpus_that_was_not_replayed(certificate)
    certificate["digest"] = digest_of(certificate)
    found = faults(read_certificate(certificate), replace(contract, corpus=CONTRACT.corpus))
    assert found
    assert all(" replayed 0 programs of the corpus, which has " in line for line in found)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        7,
        "certificate",
        {},
        {"format": 1},
        {"format": 2},
        {"format": 1, "digest": "x", "verdicts": [7], "level": {}},
        {"format": 1, "digest": "x", "verdicts": [{}], "level": {}},
        {"format": 1, "digest": "x", "verdicts": {}, "level": []},
    ],
)
def test_what_is_no_certificate_is_told_in_one_line(data: Any) -> None:
    with pytest.raises(MalformedCertificate) as raised:
        read_certificate(data)
    assert "\n" not in str(raised.value)

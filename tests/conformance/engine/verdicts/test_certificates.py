"""The certificate: what it says, its schema, and that it does not let itself be bent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any, ClassVar

import jsonschema
import pytest

from memcert.engine.contract import Contract
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.reading import read_program
from memcert.engine.rule import Level
from memcert.engine.verdicts.certificate import Certificate, CertifiedLevel
from memcert.engine.verdicts.certificate_json import (
    certificate_json,
    digest_of,
    read_certificate,
)
from memcert.engine.verdicts.deviation import Deviation
from memcert.engine.verdicts.success import succeeded
from memcert.engine.verdicts.verdict import Finding
from memcert.engine.verdicts.verification import faults
from memcert.reports.files import readable_json
from memcert.short_term import CONTRACT
from memcert.short_term.operations import Delete
from memcert_reference import InMemoryMemory
from memcert_reference.json_text import load_json

Certify = Callable[..., Certificate]

SCHEMA = files("memcert.engine.verdicts").joinpath("certificate.schema.json")


class CountsRequests(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        await super().delete(msg_ids)
        return len(msg_ids)


class Ephemeral(InMemoryMemory):
    """Takes an id, so that it is taken for a durable one."""

    def __init__(self, user_id: str) -> None:
        super().__init__()


class SaysASurrogate(InMemoryMemory):
    async def delete(self, msg_ids: list[str]) -> int:
        raise RuntimeError("cannot delete \ud800")


KNOWN = Deviation("DEL-01", "because", "link", date.max, Program((Step(Delete(("unknown",))),)))


@pytest.mark.parametrize(
    ("kind", "plan"),
    [
        (InMemoryMemory, {}),
        (CountsRequests, {}),
        (CountsRequests, {"deviations": [KNOWN]}),
        (InMemoryMemory, {"deviations": [KNOWN]}),
        (Ephemeral, {}),
        (Ephemeral, {"level": Level.CORE}),
        (InMemoryMemory, {"level": Level.DURABLE}),
        (InMemoryMemory, {"rules": frozenset({"ADD-01"})}),
    ],
    ids=["good", "failed", "deviates", "complaint", "lossy", "core", "unsupported", "a rule"],
)
def test_it_is_valid_by_its_schema_and_without_fault(
    certified: Certify, contract: Contract, kind: type, plan: dict[str, Any]
) -> None:
    certificate = certified(kind, **plan)
    # By way of the file, as whoever reads it does.
    again: Any = load_json(readable_json(certificate))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(again)
    assert read_certificate(again) == certificate
    assert certificate_json(certificate) == again
    assert faults(certificate, contract) == []


def test_the_schema_refuses_what_is_none(certified: Certify) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    good = certificate_json(certified(InMemoryMemory))
    for key in good:
        assert not validator.is_valid({name: good[name] for name in good if name != key}), key
    assert not validator.is_valid(good | {"more": 1})
    assert not validator.is_valid(good | {"digest": "0"})
    verdicts = [good["verdicts"][0] | {"finding": "fine"}]
    assert not validator.is_valid(good | {"verdicts": verdicts})


def test_it_says_what_was_found(certified: Certify) -> None:
    certificate = certified(CountsRequests, seed=7)
    assert certificate.backend.name == "tiny"
    assert certificate.run.seed == 7
    assert certificate.level == CertifiedLevel(
        Level.CORE, reached=None, strict_failed=0, strict_unknown=0
    )
    found = {each.rule: each for each in certificate.verdicts}
    assert {rule: each.finding.value for rule, each in found.items()} == {
        "ADD-01": "passed",
        "DEL-01": "failed",
        "SIZE-01": "passed",
        "DUR-01": "not run",
        "EXP-01": "passed",
    }
    assert found["DUR-01"].reason == "not part of level core"
    example = found["DEL-01"].counterexample
    assert example is not None
    program = read_program(example.program, CONTRACT.operations)
    assert len(program) == 1
    assert (example.expected, example.observed) == ("returned 0", "returned 1")
    ran = [each for each in found.values() if each.finding is not Finding.NOT_RUN]
    assert certificate.run.programs == sum(each.programs for each in ran)
    assert certificate.run.operations == sum(each.operations for each in ran)


def test_what_a_backend_cannot_do_is_unsupported_and_no_level(certified: Certify) -> None:
    certificate = certified(InMemoryMemory, level=Level.DURABLE)
    found = {each.rule: each for each in certificate.verdicts}
    assert found["DUR-01"].finding.value == "unsupported"
    assert found["DUR-01"].reason == "the backend is not durable"
    assert certificate.level.reached is Level.CORE
    assert not succeeded(certificate)


class ProcessLocal(InMemoryMemory):
    """Keeps its messages for as long as its process lives."""

    process_local = True
    spaces: ClassVar[dict[str, Any]] = {}

    def __init__(self, user_id: str) -> None:
        super().__init__()
        self._entries = self.spaces.setdefault(user_id, {})


def test_data_of_one_process_reach_what_takes_no_other_process(certified: Certify) -> None:
    certificate = certified(ProcessLocal)
    assert certificate.backend.capabilities["process_local"]
    # No rule of this contract takes one.
    assert certificate.level.asked is certificate.level.reached is Level.DURABLE
    assert succeeded(certificate)


def test_what_is_lost_is_found(certified: Certify) -> None:
    certificate = certified(Ephemeral)
    found = {each.rule: each for each in certificate.verdicts}
    assert found["DUR-01"].finding.value == "failed"
    assert (certificate.level.asked, certificate.level.reached) == (Level.DURABLE, Level.CORE)
    assert not succeeded(certificate)


def test_only_the_rules_asked_for(certified: Certify) -> None:
    certificate = certified(CountsRequests, rules=frozenset({"ADD-01"}))
    assert succeeded(certificate)
    assert certificate.level.reached is None
    assert not succeeded(certified(CountsRequests, rules=frozenset({"ADD-01", "DEL-01"})))


def test_a_surrogate_in_an_error_does_not_break_it(certified: Certify) -> None:
    certificate = certified(SaysASurrogate)
    assert readable_json(certificate).encode()


def test_the_digest_is_over_everything_and_no_order(certified: Certify) -> None:
    certificate = certificate_json(certified(InMemoryMemory))
    backwards = dict(reversed(list(certificate.items())))
    assert digest_of(backwards) == certificate["digest"]
    for place in paths(certificate):
        changed = deepcopy(certificate)
        put(changed, place, "changed")
        assert digest_of(changed) != certificate["digest"] or place == ["digest"], place


def paths(value: Any) -> Iterator[list[Any]]:
    """Yield the way to every value that is neither a list nor an object."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        if isinstance(item, (dict, list)):
            yield from ([key, *rest] for rest in paths(item))
        else:
            yield [key]


def put(value: Any, place: list[Any], new: Any) -> None:
    for key in place[:-1]:
        value = value[key]
    value[place[-1]] = new


def test_another_kit_with_other_rules_says_so(certified: Certify, contract: Contract) -> None:
    certificate = certified(InMemoryMemory)
    fewer = replace(contract, rules=contract.rules[:-1])
    assert faults(certificate, fewer)
    renamed = replace(contract, rules=[replace(each, text="x") for each in contract.rules])
    assert "its rules are not the rules of this contract's version" in faults(certificate, renamed)


def test_the_digest_of_the_rules_is_that_of_what_they_say(contract: Contract) -> None:
    backwards = replace(contract, rules=tuple(reversed(contract.rules)))
    assert backwards.digest == contract.digest
    first, *rest = contract.rules
    for changed in (
        replace(first, text="x"),
        replace(first, level=None),
        replace(first, id="ADD-02"),
    ):
        assert replace(contract, rules=[changed, *rest]).digest != contract.digest

"""Parts of a contract that a backend leaves out: what is said of them, and of all the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from memcert.engine.part import OptionalPart, without_parts, words_for
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Program, Step
from memcert.engine.programs.swept import Swept
from memcert.engine.rule import Level
from memcert.engine.running.preflight import preflight
from memcert.engine.running.runner import Runner
from memcert.engine.search.effort import Effort
from memcert.engine.search.plan import Plan
from memcert.engine.verdicts.certificate import Certificate
from memcert.engine.verdicts.certificate_json import certificate_json, digest_of, read_certificate
from memcert.engine.verdicts.certification import certify
from memcert.engine.verdicts.check import check_rule
from memcert.engine.verdicts.issuing import write_certificate
from memcert.engine.verdicts.progress import Progress
from memcert.engine.verdicts.saved_failures import SavedFailures
from memcert.engine.verdicts.success import standing_of
from memcert.engine.verdicts.verdict import Finding, Verdict
from memcert.engine.verdicts.verification import faults
from memcert.resolver import as_backend
from memcert.short_term import CONTRACT
from memcert.short_term.capabilities import ShortTermCapabilities
from memcert.short_term.kept_operations import AddWhatIsRead, KeepState
from memcert.short_term.messages import Message
from memcert.short_term.misuse import CallWith
from memcert.short_term.operations import (
    Add,
    Clear,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.state_operations import LoadSaved, SaveState
from memcert_reference import InMemoryMemory

PARTS = {part.name: part for part in CONTRACT.parts}
MARKS = ("delete_by_mark", "update_messages_mark")


def lacking(*methods: str) -> type[InMemoryMemory]:
    """Return a memory without some methods, nor the extension."""

    class Without(InMemoryMemory):
        def __getattribute__(self, name: str) -> Any:
            if name in (*methods, *EXTENSION):
                raise AttributeError(name)
            return super().__getattribute__(name)

    return Without


async def _later(*_: Any, **__: Any) -> Any:
    raise NotImplementedError


def _at_once(*_: Any, **__: Any) -> Any:
    raise NotImplementedError


def refusing(*methods: str) -> type[InMemoryMemory]:
    """Return a memory some of whose methods are not implemented."""
    bodies = {each: _at_once if "state" in each else _later for each in methods}
    return type("Refusing", (lacking(*EXTENSION),), bodies)


EXTENSION = ("export_state", "import_state")
"""They are made of the others, in the reference."""

WAYS = {"missing": lacking, "not implemented": refusing}


def found_out(kind: type) -> ShortTermCapabilities:
    with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
        found = preflight(runner)
        assert isinstance(found, ShortTermCapabilities)
        return found


def checked(kind: type, rule: str, **changed: Any) -> Verdict:
    with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
        capabilities = preflight(runner)
        corpus = SavedFailures(None, "tiny", CONTRACT)
        plan = Plan(effort=Effort.QUICK)
        asked = replace(CONTRACT.by_id[rule], **changed)
        return check_rule(asked, runner, corpus, plan, float("inf"), capabilities).verdict


def certified(kind: type, *rules: str, level: Level | None = None) -> Certificate:
    plan = Plan(level, frozenset(rules), effort=Effort.STANDARD)
    with Runner(CONTRACT, as_backend(kind, "tiny")) as runner:
        found = certify(runner, plan, SavedFailures(None, "tiny", CONTRACT), Progress())
        certificate = write_certificate(runner, plan, found)
    assert faults(certificate, CONTRACT) == []
    return certificate


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_left_out_in_either_way(name: str, way: Any) -> None:
    found = found_out(way(*PARTS[name].kinds))
    # Neither has the extension.
    assert {part.name for part in CONTRACT.lacking(found)} == {name, "export"}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("kind", ["state_dict", "load_state_dict"])
def test_half_a_part_is_none(kind: str, way: Any) -> None:
    assert not found_out(way(kind)).states


def test_who_leaves_nothing_out_has_every_part() -> None:
    assert CONTRACT.lacking(found_out(InMemoryMemory)) == []


@pytest.mark.parametrize("kind", ["export_state", "import_state"])
def test_an_extension_that_is_not_implemented_is_not_there(kind: str) -> None:
    without = type("Without", (InMemoryMemory,), {kind: _later})
    assert not found_out(without).export


class Raises(InMemoryMemory):
    async def update_compressed_summary(self, summary: str) -> None:
        raise RuntimeError("not now")


def test_what_raises_something_else_is_broken_and_not_left_out() -> None:
    assert found_out(Raises).update_compressed_summary
    assert checked(Raises, "SUM-01").finding is Finding.FAILED


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    ("methods", "rule", "said"),
    [
        (("delete_by_mark",), "DEL-05", "deletion by mark"),
        (("update_messages_mark",), "MARK-01", "changing of marks"),
        (MARKS, "MARK-01", "marks"),
        (("update_compressed_summary",), "SUM-01", "summaries"),
        (("state_dict", "load_state_dict"), "STATE-01", "states"),
    ],
)
def test_a_rule_about_what_is_left_out_is_unsupported(
    methods: tuple[str, ...], rule: str, said: str, way: Any
) -> None:
    verdict = checked(way(*methods), rule)
    assert verdict.finding is Finding.UNSUPPORTED
    assert (verdict.part, verdict.reason) == (said, f"the backend leaves out {said}")
    assert verdict.programs == 0


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("rule", ["ADD-01", "CLR-01", "GET-01", "SIZE-01", "MIX-01"])
def test_a_rule_that_takes_it_beside_others_is_judged_without(rule: str, way: Any) -> None:
    everything = [kind for part in CONTRACT.parts for kind in part.kinds]
    verdict = checked(way(*everything), rule)
    assert verdict.finding in (Finding.PASSED, Finding.KEPT_SO_FAR), verdict
    assert verdict.programs > 0
    assert verdict.part == ""


class Wrong(lacking(*MARKS)):  # type: ignore[misc]
    """Beside what it leaves out, it does something wrong."""

    async def clear(self) -> None: ...


def test_what_is_wrong_beside_is_found_all_the_same() -> None:
    verdict = checked(Wrong, "CLR-01")
    assert verdict.finding is Finding.FAILED
    assert verdict.counterexample is not None
    kinds = {step.operation.kind for step in verdict.counterexample.program.all_steps}
    assert not kinds & {*MARKS}


def test_cells_that_take_it_are_left_out_where_others_do_not() -> None:
    both = Swept(Program((Step(Add((Message("m0"),))), Step(UpdateMarks("a")))), ("with",))
    one = Swept(Program((Step(Add((Message("m0"),))), Step(Clear()))), ("without",))
    verdict = checked(lacking(*MARKS), "ADD-01", sweep=lambda: [both, one])
    assert (verdict.finding, verdict.cells, verdict.cells_in_all) == (Finding.PASSED, 1, 1)
    # Where all do, none of them is about it, and each is run without.
    verdict = checked(lacking(*MARKS), "ADD-01", sweep=lambda: [both])
    assert (verdict.finding, verdict.cells, verdict.cells_in_all) == (Finding.PASSED, 1, 1)
    verdict = checked(InMemoryMemory, "ADD-01", sweep=lambda: [both, one])
    assert verdict.cells_in_all == 2


WHOLE = Program(
    (
        Step(Add((Message("m0"),), ("a",))),
        Step(UpdateMarks("b", "a")),
        Step(Read("b")),
        Step(Size()),
    )
)


def test_a_program_is_cut_to_what_is_there() -> None:
    assert without_parts(WHOLE, [], CONTRACT.grammar) is WHOLE
    assert without_parts(WHOLE, [PARTS["states"]], CONTRACT.grammar) is WHOLE
    cut = without_parts(WHOLE, [PARTS["update_messages_mark"]], CONTRACT.grammar)
    assert cut == replace(WHOLE, steps=(WHOLE.steps[0], *WHOLE.steps[2:]))
    alone = Program((Step(UpdateMarks("b")),))
    assert without_parts(alone, [PARTS["update_messages_mark"]], CONTRACT.grammar) is None


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        (CallWith("update_messages_mark", "new_mark", "zero"), "update_messages_mark"),
        (CallWith("delete_by_mark", "mark", "zero"), "delete_by_mark"),
        (AddWhatIsRead(), "delete_by_mark"),
        (Summarise("s"), "update_compressed_summary"),
        (KeepState(), "states"),
        (SaveState(), "states"),
        (LoadSaved(), "states"),
        (DeleteByMark(("a",)), "delete_by_mark"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_whatever_amounts_to_it_takes_it(operation: Operation, part: str) -> None:
    program = Program((Step(Size()), Step(operation)))
    assert without_parts(program, [PARTS[part]], CONTRACT.grammar) == Program((Step(Size()),))


def test_branches_are_cut_too() -> None:
    program = Program(
        (Step(Size()),),
        branches=((Step(UpdateMarks("a")),), (Step(Clear()), Step(UpdateMarks("b")))),
        schedule=(0, 1, 0, 1),
    )
    cut = without_parts(program, [PARTS["update_messages_mark"]], CONTRACT.grammar)
    assert cut == Program((Step(Size()),), branches=((Step(Clear()),),), schedule=(0, 0))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["delete_by_mark"], ["deletion by mark"]),
        (["update_messages_mark", "states"], ["changing of marks", "states"]),
        ([*MARKS, "states"], ["marks", "marks", "states"]),
    ],
)
def test_a_group_that_is_left_out_as_a_whole_is_named_as_one(
    names: list[str], said: list[str]
) -> None:
    left_out: list[OptionalPart] = [PARTS[name] for name in names]
    assert [words_for(part, left_out, CONTRACT.parts) for part in left_out] == said


@pytest.mark.thorough
def test_a_level_says_what_it_is_without() -> None:
    certificate = certified(lacking(*MARKS, *PARTS["states"].kinds))
    standing = standing_of(certificate.verdicts)
    assert str(standing) == "level core without marks, states, strict"
    ran = [each for each in certificate.verdicts if each.programs]
    assert {each.finding for each in ran} == {Finding.PASSED}
    assert certificate.level.reached is Level.CORE
    findings = {each.finding for each in certificate.verdicts if each.part}
    assert findings == {Finding.UNSUPPORTED}
    # Who changes that is found out.
    data = certificate_json(certificate)
    for verdict in data["verdicts"]:
        verdict["part"] = ""
    data["digest"] = digest_of(data)
    assert "it says level core; its verdicts come to None" in faults(
        read_certificate(data), CONTRACT
    )


def test_a_part_is_no_way_out_of_other_rules() -> None:
    """A verdict that fails counts, whatever part somebody writes beside it."""
    certificate = certified(Wrong, "CLR-01", "MARK-01")
    found = {each.rule: each for each in certificate.verdicts}
    assert (found["CLR-01"].finding, found["CLR-01"].part) == (Finding.FAILED, "")
    assert (found["MARK-01"].finding, found["MARK-01"].part) == (Finding.UNSUPPORTED, "marks")
    assert standing_of(certificate.verdicts).level is None

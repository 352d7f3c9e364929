"""What becomes of a mutant: killed, and by what, or not."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from time import perf_counter, sleep

import pytest

from memcert.repository.mutation.edits import Edit
from memcert.repository.mutation.mutation import Mutation, mutations_of
from memcert.repository.mutation.sources import SOURCES, path_of
from memcert.repository.mutation.trials import Trials
from memcert.repository.mutation.worker import Fate, Result

MEMORY = "reference/memcert_reference/memory.py"
MESSAGE = "reference/memcert_reference/message.py"
FEW = ("ARG-05",)
"""A rule of two programs, so that who passes it has soon done so."""


def mutant(file: str, old: str, new: str) -> Mutation:
    text = path_of(file).read_text("utf-8")
    assert old in text
    edit = Edit("operator", text.index(old), text.index(old) + len(old), new)
    (found,) = mutations_of("reference", file, text, [edit], lambda _: True)
    return found


def tried(
    mutation: Mutation,
    cache: Path | None = None,
    *,
    seconds: float = 60.0,
    rules: tuple[str, ...] = FEW,
) -> Result:
    trials = Trials(cache, 1, seconds, rules)
    ((_, result),) = trials.run([mutation], {"reference": ("EXP-02",)})
    return result


def test_one_that_a_rule_fails_is_killed_by_it() -> None:
    found = tried(mutant(MEMORY, "return len(ids)", "return len(ids) + 1"), rules=("DEL-02",))
    assert (found.fate, found.rule) == (Fate.FAILED, "DEL-02")
    assert found.shown.startswith("await memory.delete(")


def test_one_that_no_rule_fails_survives() -> None:
    found = tried(mutant(MEMORY, "self._entries.clear()", "pass"))
    assert found.fate is Fate.SURVIVED


def test_one_that_does_not_end_is_killed_by_time() -> None:
    endless = "while True:\n            pass\n        messages = []"
    found = tried(mutant(MEMORY, "messages = []", endless), seconds=4.0)
    assert (found.fate, found.shown) == (Fate.TIME, "it had not ended after 4 s")


def test_one_that_ends_its_process_is_killed_by_that() -> None:
    ending = "__import__('os')._exit(7)\n        messages = []"
    found = tried(mutant(MEMORY, "messages = []", ending))
    assert (found.fate, found.shown) == (Fate.CRASH, "the process ended with 7")


def test_one_that_cannot_be_used_is_killed_by_preflight() -> None:
    found = tried(mutant(MEMORY, 'self._summary = ""\n\n', "self._summary = summary\n\n"))
    assert (found.fate, found.rule) == (Fate.UNUSABLE, "")


def test_one_whose_operations_cannot_be_used_is_killed_by_a_rule() -> None:
    found = tried(mutant(MEMORY, "messages = []", "messages = None"))
    assert found.fate is Fate.FAILED


def test_a_mutant_of_the_message_is_given_messages_of_its_own() -> None:
    found = tried(mutant(MESSAGE, "self.name = name", "self.name = name * 2"), rules=("VAL-01",))
    assert found.fate is Fate.FAILED
    assert found.shown.startswith("await memory.get_memory(")
    assert tried(mutant(MESSAGE, "uuid.uuid4().hex", '"the same"')).fate is Fate.SURVIVED


@pytest.mark.thorough
def test_what_is_unchanged_passes_however_it_is_opened() -> None:
    reference = SOURCES["reference"]
    few = replace(reference, files=(MEMORY, MESSAGE))
    assert Trials(None, 1, 60.0, ("LIFE-01",)).unchanged(few) == ()


def test_what_was_found_is_remembered(tmp_path: Path) -> None:
    mutation = mutant(MEMORY, "messages = []", "messages = None")
    first = tried(mutation, tmp_path)
    (place,) = tmp_path.iterdir()
    assert tried(mutation, tmp_path) == first
    place.write_text(place.read_text("utf-8").replace("by a rule", "by time"), "utf-8")
    assert tried(mutation, tmp_path).fate is Fate.TIME
    # What nobody can read is found anew.
    place.write_text("{}", "utf-8")
    assert tried(mutation, tmp_path) == first


def test_who_has_had_enough_waits_for_nobody_and_nothing_is_remembered(tmp_path: Path) -> None:
    endless = "while True:\n            pass\n        messages = []"
    mutations = [
        mutant(MEMORY, "messages = []", "messages = None"),
        mutant(MEMORY, "messages = []", endless),
    ]
    # Other tests of this process may have left threads of theirs.
    before = set(threading.enumerate())
    started = perf_counter()
    running = Trials(tmp_path, 2, 60.0, FEW).run(mutations, {"reference": ("EXP-02",)})
    next(running)
    running.close()
    while set(threading.enumerate()) - before and perf_counter() < started + 20:
        sleep(0.1)
    assert perf_counter() < started + 20
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.parametrize("text", ["[]", "{}", '{"fate": "survived"}'])
def test_what_is_no_result_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is no result"):
        Result.from_json(text)

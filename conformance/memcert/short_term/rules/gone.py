"""Rules on what is left in a store of what was removed: who deletes something wants it gone.

What is asked for is what a store gives to who looks through it: rows, keys, files. What it has
freed and not yet overwritten, in pages, journals or backups, is the store's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, Reopen, Step
from memcert.engine.programs.store_operation import LookIntoStore
from memcert.engine.rule import Consequence, Rule
from memcert.short_term.messages import Message
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Summarise,
    UpdateMarks,
)
from memcert.short_term.strategies import listed
from memcert.short_term.sweeps.dense import each

LOOKED_INTO = frozenset({"durable", "fresh_store", "contents"})

WORD = "forgotten-0f3a"
"""What is looked for; nothing else has it."""

KEPT = Add((Message("m1"),), ("b",))
"""A message that stays, so that a space is not emptied by the way."""

_HELD = (
    Add((Message("m0", WORD),), ("a",)),
    Add((Message("m0", [{"type": "text", "text": WORD}]),), ("a",)),
    Add((Message("m0", metadata={"k": [WORD]}),), ("a",)),
    Add((Message("m0", name=WORD),), ("a",)),
    Add((Message(WORD),), ("a",)),
    Add((Message("m0"),), ("a", WORD)),
)
"""A message that holds it, in each of its parts."""


def deletions() -> Iterable[Program]:
    """Give programs that delete a message in each way, and its last mark."""
    for held in _HELD:
        for remove in (Delete(("m0", WORD)), DeleteByMark(("a",))):
            yield _removed(KEPT, held, remove)
    yield _removed(KEPT, _HELD[-1], UpdateMarks(None, WORD))
    yield _removed(KEPT, _HELD[-1], UpdateMarks("c", WORD, ("m0",)))
    yield from _elsewhere(KEPT, _HELD[0], Delete(("m0",)))


def clearings() -> Iterable[Program]:
    """Give programs that clear a space of one message, or of several."""
    for held in _HELD:
        yield _removed(held, Clear())
    yield _removed(Summarise("s"), KEPT, _HELD[0], Clear())
    yield from _elsewhere(KEPT, _HELD[0], Clear())


def old_summaries() -> Iterable[Program]:
    """Give programs that remove a summary, or write another one over it."""
    for text in ("", "s"):
        yield _removed(Summarise(WORD), Summarise(text))
        yield _removed(KEPT, Summarise(WORD), KEPT, Summarise(text))
    yield from _elsewhere(Summarise(WORD), Summarise(""))


def _removed(*operations: Operation) -> Program:
    return Program(
        tuple(map(Step, (*operations, LookIntoStore(WORD)))),
        fresh_store=True,
        blind_to=(Delete.kind, DeleteByMark.kind, UpdateMarks.kind),
    )


def _elsewhere(*operations: Operation) -> Iterator[Program]:
    """Give the programs in which the memory was opened again, or is another client's."""
    program = _removed(*operations)
    *before, remove, look = program.steps
    yield replace(program, steps=(*before, Step(Reopen()), remove, look))
    yield replace(
        program,
        steps=(*before, Step(remove.operation, 1), look),
        clients=(Client(), Client()),
    )


RULES = (
    Rule(
        "GONE-01",
        "A message that was deleted, or a mark that was removed, is in no row, key or file of the"
        " store any more.",
        None,
        Consequence.WRONG,
        lambda: listed(deletions()),
        sweep=lambda: each(deletions(), long=True),
        weight=0,
        needs=LOOKED_INTO,
    ),
    Rule(
        "GONE-02",
        "After clear, none of the messages that were there is in a row, key or file of the store"
        " any more.",
        None,
        Consequence.WRONG,
        lambda: listed(clearings()),
        sweep=lambda: each(clearings(), long=True),
        weight=0,
        needs=LOOKED_INTO,
    ),
    Rule(
        "GONE-03",
        "A summary that was removed or replaced is in no row, key or file of the store any more.",
        None,
        Consequence.WRONG,
        lambda: listed(old_summaries()),
        sweep=lambda: each(old_summaries(), long=True),
        weight=0,
        needs=LOOKED_INTO | {"update_compressed_summary"},
    ),
)

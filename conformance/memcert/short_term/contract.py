"""Short-term memory as a contract for the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from memcert.engine.contract import Contract
from memcert.engine.corpus.corpus import Corpus
from memcert.engine.mutant import Mutant
from memcert.engine.part import OptionalPart
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Step
from memcert.short_term import (
    kept_operations,
    misuse,
    operations,
    sharing_operations,
    state_operations,
    time_operations,
)
from memcert.short_term.capabilities import ShortTermCapabilities, detect
from memcert.short_term.grammar import GRAMMAR
from memcert.short_term.messages import Message
from memcert.short_term.model import Model
from memcert.short_term.operations import Add, DeleteByMark, Read, Size, Summarise, UpdateMarks
from memcert.short_term.pruning import ShortTermPruning
from memcert.short_term.rules import RULES
from memcert.short_term.state_operations import Export, Import, LoadState, SaveState
from memcert.short_term.titles import AREAS, TITLES
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY

METHODS = ("add", "delete", "size", "clear", "get_memory")
"""What an object must have to be taken for a memory."""


PARTS = (
    OptionalPart(
        "delete_by_mark", ("delete_by_mark",), (DeleteByMark(("a",)),), "deletion by mark", "marks"
    ),
    OptionalPart(
        "update_messages_mark",
        ("update_messages_mark",),
        (UpdateMarks("a"),),
        "changing of marks",
        "marks",
    ),
    OptionalPart(
        "update_compressed_summary",
        ("update_compressed_summary",),
        (Summarise("s"),),
        "summaries",
    ),
    OptionalPart(
        "states",
        ("state_dict", "load_state_dict"),
        (SaveState(), LoadState({SUMMARY_KEY: "s"}, strict=False)),
        "states",
    ),
    # An extension: no level is without it.
    OptionalPart(
        "export",
        ("export_state", "import_state"),
        (Export(0), Import({SUMMARY_KEY: "s", CONTENT_KEY: []})),
        "",
    ),
)
"""What AgentScope's MemoryBase lets a memory leave out, and the extension."""


def _operations() -> dict[str, type[Operation]]:
    found = {}
    modules = (
        operations,
        state_operations,
        sharing_operations,
        kept_operations,
        time_operations,
        misuse,
    )
    for module in modules:
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, Operation) and hasattr(item, "kind"):
                found[item.kind] = item
    return found


def observations(steps: Sequence[Step]) -> Sequence[Operation]:
    """Return the reads that show the whole visible state, as far as some steps can touch it.

    A program that never asks for the size is not about it, so that a wrong size fails the rules
    on it and no others.

    Args:
        steps: what was done so far.
    """
    marks = dict.fromkeys(mark for step in steps for mark in _marks(step.operation))
    looks: list[Operation] = [Read()]
    looks.extend(Read(mark=mark, summary=False, ids_only=True) for mark in marks)
    if any(isinstance(step.operation, Size) for step in steps):
        looks.append(Size())
    return looks


def _marks(operation: Operation) -> Iterator[str]:
    for name in ("new", "old", "mark", "exclude"):
        mark = getattr(operation, name, None)
        if isinstance(mark, str):
            yield mark
    yield from getattr(operation, "marks", None) or ()
    state = getattr(operation, "state", None) or {}
    content = state.get(CONTENT_KEY)
    for item in content if isinstance(content, list) else ():
        if isinstance(item, list) and len(item) == 2 and isinstance(item[1], list):
            yield from (mark for mark in item[1] if isinstance(mark, str) and mark)


def _mutants() -> Mapping[str, Mutant]:
    # They are built on much that nobody else needs.
    from memcert.short_term.mutants import MUTANTS

    return MUTANTS


_OPERATIONS = _operations()

CONTRACT = Contract(
    id="short-term",
    name="short-term memory",
    module="memcert.short_term",
    document="reference/CONTRACT.md",
    reference="InMemoryMemory",
    titles=TITLES,
    areas=AREAS,
    version="1.1",
    methods=METHODS,
    operations=_OPERATIONS,
    model=Model,
    observations=observations,
    # No program adds it: where ids are one's for all spaces, it would be taken.
    probe=(Add((Message("preflight"),)), Read()),
    capabilities=ShortTermCapabilities,
    detect=detect,
    mutants=_mutants,
    rules=RULES,
    pruning=ShortTermPruning,
    grammar=GRAMMAR,
    parts=PARTS,
    imports={
        "Msg": "from memcert_reference import Msg",
        "Marker": "from memcert.short_term.misuse import Marker",
        "UTC": "from datetime import UTC, datetime",
        "Decimal": "from decimal import Decimal",
        "HTTPStatus": "from http import HTTPStatus",
        "OrderedDict": "from collections import OrderedDict, defaultdict, deque",
        "defaultdict": "from collections import OrderedDict, defaultdict, deque",
        "deque": "from collections import OrderedDict, defaultdict, deque",
        "PurePosixPath": "from pathlib import PurePosixPath",
        "SimpleNamespace": "from types import SimpleNamespace",
        "UUID": "from uuid import UUID",
        "dump_json": "from memcert_reference.json_text import dump_json, load_json",
    },
    corpus=Corpus(files("memcert.short_term") / "corpus", _OPERATIONS),
)
"""The contract of short-term memory; ``reference/CONTRACT.md`` is its readable form."""

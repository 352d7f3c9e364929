"""Sweeps of loading and importing: good states, states over others, malformed ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Looks
from memcert.engine.programs.swept import Swept
from memcert.short_term.messages import Message
from memcert.short_term.misuse import CallWith
from memcert.short_term.operations import Add, Clear, Summarise
from memcert.short_term.state_operations import (
    Import,
    LoadSaved,
    LoadState,
    LoadStateThenSpoil,
    SaveState,
)
from memcert.short_term.sweeps.dense import dense, looking
from memcert.short_term.sweeps.sequences import FORMS
from memcert.short_term.sweeps.states import FILLED
from memcert.short_term.values.states import BAD_CONTENTS, GOOD_CONTENTS, entry
from memcert_reference.state import SUMMARY_KEY

BAD_SUMMARIES: dict[str, Any] = {
    "a number": 7,
    "false": False,
    "a list": [],
    "an object": {},
    "zero": 0,
}

LACKING: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another key": {"other": 1},
    "only the content": {"content": []},
    "the summary without its underscore": {"compressed_summary": "t", "content": []},
}

UNKNOWN = "a state with unknown fields of two types"


def _each(what: str, operations: Iterable[tuple[str, Operation]]) -> list[Swept]:
    """Return a program for each operation, on a space that holds something of everything."""
    return [
        dense([*FILLED, operation], [f"{what}: {name}"], looks=Looks.ONCE)
        for name, operation in operations
    ]


def _refused(what: str, operations: Iterable[tuple[str, Operation]]) -> Sequence[Swept]:
    """Return one program of operations that change nothing."""
    named = [*operations]
    return [
        dense(
            [*FILLED, *(operation for _, operation in named)],
            [f"{what}: {name}" for name, _ in named],
            looks=Looks.ONCE,
        )
    ]


def loaded() -> Sequence[Swept]:
    """Sweep loading good states over another one (STATE-09)."""
    return _each(
        "load_state_dict",
        (
            (each.name, LoadState({SUMMARY_KEY: "t", "content": each.value}))
            for each in GOOD_CONTENTS
        ),
    ) + [
        dense(
            [*FILLED, LoadState({SUMMARY_KEY: "t", "content": GOOD_CONTENTS[2].value}), form],
            [f"load_state_dict, then {name}"],
            looks=Looks.ONCE,
        )
        for name, form in FORMS.items()
    ]


def loaded_over() -> Sequence[Swept]:
    """Sweep that loading replaces whatever was there (STATE-04)."""
    empty = [SaveState(1), *FILLED]
    return [
        *_each(
            "load_state_dict",
            (
                (f"summary {text!r}", LoadState({SUMMARY_KEY: text}, strict=False))
                for text in ("s", "", "t", "0")
            ),
        ),
        dense([*empty, LoadSaved(1)], ["load_state_dict: of nothing"], looks=Looks.ONCE),
        *_each(
            "load_state_dict",
            (
                (f"the same ids, {name}", LoadState({SUMMARY_KEY: "t", "content": content}))
                for name, content in {
                    "in another order": [entry("m2"), entry("m1"), entry("m0")],
                    "with other contents": [entry(f"m{n}", content="other") for n in range(3)],
                    "with other marks": [entry(f"m{n}", ("c",)) for n in range(3)],
                    "some of them": [entry("m2", ("b",)), entry("m9")],
                }.items()
            ),
        ),
        *(
            dense(
                [Add((Message("m7"),), ("c",)), SaveState(), form, LoadSaved()],
                [f"load_state_dict, over: {name}"],
                looks=Looks.ONCE,
            )
            for name, form in FORMS.items()
        ),
    ]


def lacking() -> Sequence[Swept]:
    """Sweep strict loading of states that lack a key (STATE-05)."""
    return _refused(
        "load_state_dict",
        (
            (f"{name}, {how}", LoadState(state, strict))
            for name, state in LACKING.items()
            for how, strict in (("by default", None), ("strict", True))
        ),
    )


def partial() -> Sequence[Swept]:
    """Sweep loading, without strict, of states that lack a key (STATE-06)."""
    return [
        looking(swept, Looks.ONCE)
        for swept in _each(
            "load_state_dict, not strict",
            (
                *((name, LoadState(state, strict=False)) for name, state in LACKING.items()),
                ("only the summary", LoadState({SUMMARY_KEY: "t"}, strict=False)),
            ),
        )
    ]


def malformed() -> Sequence[Swept]:
    """Sweep loading malformed states (STATE-07)."""
    return _refused(
        "load_state_dict",
        (
            *(
                (f"content: {each.name}", LoadState({SUMMARY_KEY: "t", "content": each.value}))
                for each in BAD_CONTENTS
            ),
            *(
                (f"summary: {name}", LoadState({SUMMARY_KEY: summary, "content": []}))
                for name, summary in BAD_SUMMARIES.items()
            ),
            *(
                (f"summary alone: {name}", LoadState({SUMMARY_KEY: summary}, strict=False))
                for name, summary in BAD_SUMMARIES.items()
            ),
            (UNKNOWN, CallWith("load_state_dict", "state", UNKNOWN)),
        ),
    )


def spoilt_after_loading() -> Sequence[Swept]:
    """Sweep what a caller does to a state after loading it (STATE-08)."""
    return _each(
        "loaded and spoilt",
        (
            (each.name, LoadStateThenSpoil({SUMMARY_KEY: "t", "content": each.value}))
            for each in GOOD_CONTENTS
        ),
    )


def imported_over() -> Sequence[Swept]:
    """Sweep that importing replaces whatever was there, and works on (EXP-03)."""
    state = {SUMMARY_KEY: "t", "content": GOOD_CONTENTS[2].value}
    return [
        *_each(
            "import_state",
            (
                (each.name, Import({SUMMARY_KEY: "t", "content": each.value}))
                for each in GOOD_CONTENTS
            ),
        ),
        dense(
            [*FILLED, Import({SUMMARY_KEY: "t", "content": [entry("m2"), entry("m0")]})],
            ["import_state: the same ids in another order"],
            looks=Looks.ONCE,
        ),
        *_each("import_state", [("no summary", Import({SUMMARY_KEY: "", "content": []}))]),
        *(
            dense([*FILLED, Import(state), form], [f"import_state, then {name}"], looks=Looks.ONCE)
            for name, form in FORMS.items()
        ),
        dense(
            [*FILLED, Clear(), Summarise(""), Import(state), Import(state)],
            ["import_state, twice"],
            looks=Looks.ONCE,
        ),
    ]


def malformed_imports() -> Sequence[Swept]:
    """Sweep importing malformed states, and such as lack a key (EXP-04)."""
    return _refused(
        "import_state",
        (
            *(
                (f"content: {each.name}", Import({SUMMARY_KEY: "t", "content": each.value}))
                for each in BAD_CONTENTS
            ),
            *(
                (f"summary: {name}", Import({SUMMARY_KEY: summary, "content": []}))
                for name, summary in BAD_SUMMARIES.items()
            ),
            *((f"lacking: {name}", Import(state)) for name, state in LACKING.items()),
            ("lacking: the content", Import({SUMMARY_KEY: "t"})),
            (UNKNOWN, CallWith("import_state", "state", UNKNOWN)),
        ),
    )

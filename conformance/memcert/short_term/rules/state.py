"""Rules on ``state_dict`` and ``load_state_dict``, and on the extension that exports everything."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Client, Program, SpaceName, Step
from memcert.engine.rule import Consequence, Level, Rule
from memcert.short_term.drawn import CONTENTS
from memcert.short_term.operations import Clear, Summarise
from memcert.short_term.state_operations import (
    Export,
    Import,
    ImportSaved,
    LoadSaved,
    LoadState,
    LoadStateThenSpoil,
    SaveState,
    SaveStateThenSpoil,
)
from memcert.short_term.strategies import (
    IDS,
    adds,
    anything,
    deletes,
    lists_of,
    programs,
    summaries,
    updates,
)
from memcert.short_term.sweeps import counts, loading, states, ways
from memcert.short_term.values.states import BAD_CONTENTS, GOOD_CONTENTS
from memcert.short_term.values.value import Value

SUMMARY = "_compressed_summary"


def _states(contents: tuple[Value, ...]) -> list[Operation]:
    return [LoadState({SUMMARY: "s", "content": content.value}) for content in contents]


def _filled(*operations: SearchStrategy[Operation]) -> SearchStrategy[Program]:
    return programs(adds(IDS[:4], contents=("x",)), summaries(("s", "t", "")), *operations)


def _moved() -> SearchStrategy[Program]:
    """Programs of two spaces in which a state moves from the one to the other."""
    operations = st.one_of(
        adds(IDS[:4], contents=CONTENTS),
        summaries(),
        st.sampled_from([Export(0), ImportSaved(0)]),
    )
    steps = lists_of(st.builds(Step, operations, st.sampled_from((0, 1))), at_least=1)
    spaces, clients = (SpaceName(), SpaceName("u", "s")), (Client(0), Client(1))
    return steps.map(lambda drawn: Program(tuple(drawn), spaces, clients))


RULES = (
    Rule(
        "STATE-01",
        "state_dict returns JSON data: the summary and, for a memory that holds its content in"
        " process, every message with its marks sorted, in order.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _filled(updates(IDS[:4]), st.just(SaveState())),
        sweep=lambda: [*ways.saved(), *counts.saved()],
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-02",
        "What state_dict returned shares nothing with the memory.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _filled(st.just(SaveStateThenSpoil())),
        sweep=states.kept_states,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-03",
        "Loading what was saved gives that state back, whatever was done in between; a content"
        " that lives in a store stays as it is.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _filled(
            deletes(IDS[:4]),
            st.sampled_from([SaveState(0), SaveState(1), LoadSaved(0), LoadSaved(1)]),
        ),
        sweep=lambda: [*ways.loaded(), *counts.loaded(), *states.saved_and_loaded_after()],
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-04",
        "Loading replaces: nothing of the earlier state is left.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _filled(
            st.sampled_from(
                [
                    LoadState({SUMMARY: "s"}, strict=False),
                    LoadState({SUMMARY: ""}, strict=False),
                    SaveState(),
                    LoadSaved(),
                ]
            )
        ),
        sweep=loading.loaded_over,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-05",
        "Loading strictly, the default, a state that lacks a key raises KeyError, and nothing"
        " changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _filled(
            st.sampled_from([LoadState({}), LoadState({"other": 1}), LoadState({}, strict=True)])
        ),
        sweep=loading.lacking,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-06",
        "Loading without strict, what is missing stays as it was.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _filled(
            st.sampled_from(
                [
                    LoadState({}, strict=False),
                    LoadState({"other": 1}, strict=False),
                    LoadState({SUMMARY: "u"}, strict=False),
                ]
            )
        ),
        sweep=loading.partial,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-07",
        "A malformed or repeated entry, or a summary that is no string, raises ValueError, and"
        " nothing changes.",
        Level.CORE,
        Consequence.STRICT,
        lambda: _filled(
            st.sampled_from([*_states(BAD_CONTENTS), LoadState({SUMMARY: 7}, strict=False)])
        ),
        sweep=loading.malformed,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-08",
        "What the caller does to a state after loading it changes nothing.",
        Level.CORE,
        Consequence.WRONG,
        lambda: _filled(
            st.sampled_from(
                [
                    LoadStateThenSpoil({SUMMARY: "s", "content": content.value})
                    for content in GOOD_CONTENTS[1:]
                ]
            )
        ),
        sweep=loading.spoilt_after_loading,
        needs=frozenset({"states"}),
    ),
    Rule(
        "STATE-09",
        "States with messages, AgentScope's own among them, load as they are; a memory whose"
        " content lives in a store refuses them with ValueError rather than drop the messages.",
        Level.CORE,
        Consequence.LOSS,
        lambda: _filled(st.sampled_from(_states(GOOD_CONTENTS[1:]))),
        sweep=loading.loaded,
        needs=frozenset({"states"}),
    ),
    Rule(
        "EXP-01",
        "export_state returns the full state, wherever the content is stored.",
        None,
        Consequence.LOSS,
        lambda: programs(anything(), adds(), st.just(Export())),
        needs=frozenset({"export"}),
        sweep=lambda: [*ways.exported(), *counts.exported(), *states.kept_exports()],
    ),
    Rule(
        "EXP-02",
        "import_state of what was exported gives that state back, here or in another space.",
        None,
        Consequence.LOSS,
        _moved,
        needs=frozenset({"export"}),
        sweep=lambda: [*ways.imported(), *counts.imported(), *states.spoilt_after_importing()],
    ),
    Rule(
        "EXP-03",
        "import_state replaces everything: messages, marks and summary.",
        None,
        Consequence.WRONG,
        lambda: programs(
            adds(IDS[:3]),
            st.sampled_from([Summarise("s"), Clear()]),
            st.sampled_from(
                [Import({SUMMARY: "t", "content": content.value}) for content in GOOD_CONTENTS]
            ),
        ),
        needs=frozenset({"export"}),
        sweep=loading.imported_over,
    ),
    Rule(
        "EXP-04",
        "import_state refuses a state that lacks a key with KeyError, a malformed one with"
        " ValueError, and nothing changes.",
        None,
        Consequence.STRICT,
        lambda: programs(
            adds(IDS[:3]),
            st.sampled_from(
                [
                    *(Import({SUMMARY: "t", "content": content.value}) for content in BAD_CONTENTS),
                    Import({}),
                    Import({SUMMARY: "t"}),
                    Import({"content": []}),
                ]
            ),
        ),
        needs=frozenset({"export"}),
        sweep=loading.malformed_imports,
    ),
)

"""The state of a memory as JSON data: what `state_dict` writes and `load_state_dict` reads.

The form is ``{"_compressed_summary": str, "content": [[message, [mark, ...]], ...]}``, which is
also what AgentScope's InMemoryMemory writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from memcert_reference.arguments import mark_list
from memcert_reference.message import Msg, Record, copy_of, record_of
from memcert_reference.values import plain_text

SUMMARY_KEY = "_compressed_summary"
CONTENT_KEY = "content"

_MESSAGE_KEYS = frozenset(Record.__annotations__)


class Entry(NamedTuple):
    """A message and its marks."""

    record: Record
    marks: list[str]


class State(NamedTuple):
    """What a state holds; None stands for a part that is not there."""

    summary: str | None
    content: list[Entry] | None


def write_state(summary: str, content: Iterable[tuple[Record, Iterable[str]]]) -> dict[str, Any]:
    """Return the full state of a memory, shared with nothing.

    Args:
        summary: the compressed summary, or "".
        content: every message with its marks, in order.
    """
    return {
        SUMMARY_KEY: summary,
        CONTENT_KEY: [[copy_of(record), sorted(marks)] for record, marks in content],
    }


def read_state(state: Mapping[str, Any], *, strict: bool, content: bool = True) -> State:
    """Check a state whole and return it, shared with nothing.

    Args:
        state: what `state_dict` returned, here or in AgentScope, perhaps by way of JSON text.
        strict: whether a missing key is an error.
        content: whether the messages are asked for, so that their key must be there.

    Raises:
        TypeError: it is not a dictionary.
        KeyError: strict, and a key is missing.
        ValueError: the summary or an entry is malformed, or two entries have the same id.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"state must be a dictionary, not {type(state).__name__}")
    wanted = (SUMMARY_KEY, CONTENT_KEY) if content else (SUMMARY_KEY,)
    missing = [key for key in wanted if key not in state]
    if strict and missing:
        raise KeyError(f"the state has no {' and no '.join(map(repr, missing))}")
    return State(
        _summary(state.get(SUMMARY_KEY)),
        _entries(state[CONTENT_KEY]) if CONTENT_KEY in state else None,
    )


def _summary(summary: object) -> str | None:
    # A memory whose summary lives in a store says None as long as it has not read it.
    if summary is None:
        return None
    try:
        return plain_text(summary, "the state's summary")
    except TypeError as error:
        raise ValueError(str(error)) from error


def _entries(content: object) -> list[Entry]:
    if not isinstance(content, list):
        raise ValueError(f"the state's content must be a list, not {type(content).__name__}")
    entries: dict[str, Entry] = {}
    for position, item in enumerate(content):
        entry = _entry(item, f"entry {position} of the state")
        msg_id = entry.record["id"]
        if msg_id in entries:
            raise ValueError(f"entry {position} of the state repeats the message id {msg_id!r}")
        entries[msg_id] = entry
    return list(entries.values())


def _entry(item: object, what: str) -> Entry:
    # AgentScope wrote a bare message, without marks, before it had marks.
    message, marks = item if isinstance(item, (list, tuple)) and len(item) == 2 else (item, [])
    if not isinstance(message, dict) or not isinstance(marks, list):
        raise ValueError(f"{what} is not a pair of a message and its marks")
    unknown = sorted(set(message) - _MESSAGE_KEYS, key=repr)
    if unknown:
        raise ValueError(f"{what} has a field that would be dropped: {unknown[0]!r}")
    if "id" not in message:
        raise ValueError(f"{what} has a message without an id")
    try:
        return Entry(record_of(Msg.from_dict(message), what), mark_list(marks))
    except KeyError as error:
        raise ValueError(f"{what} has a message without {error.args[0]!r}") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} is malformed: {error}") from error

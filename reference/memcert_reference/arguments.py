"""The arguments of the operations, checked and copied before anything changes.

Every function takes what a caller gave and returns what a memory works with, or raises
`TypeError` for a wrong type and `ValueError` for a wrong value (design, section 4, "Arguments").
"""

from __future__ import annotations

from memcert_reference.message import Msg, Record, not_a_message, record_of
from memcert_reference.values import identifier


def message_records(memories: Msg | list[Msg] | None) -> list[Record]:
    """Return the records of the messages to add, the first of equal ids only.

    Args:
        memories: a message, a list of them, or None for none.
    """
    if memories is None:
        return []
    if isinstance(memories, Msg):
        memories = [memories]
    if not isinstance(memories, list):
        raise not_a_message(memories, "memories must be a message or a list of messages")
    records: dict[str, Record] = {}
    for position, message in enumerate(memories):
        record = record_of(message, f"message {position}")
        records.setdefault(record["id"], record)
    return list(records.values())


def mark_list(marks: str | list[str] | None) -> list[str]:
    """Return the marks to attach or to look for, each once, in the order given.

    Args:
        marks: a mark, a list of marks, or None for none.
    """
    if marks is None:
        return []
    if isinstance(marks, str):
        return [identifier(marks, "mark")]
    if not isinstance(marks, list):
        raise TypeError(f"marks must be a string or a list of strings, not {type(marks).__name__}")
    return list(dict.fromkeys(identifier(mark, "mark") for mark in marks))


def some_marks(mark: str | list[str]) -> list[str]:
    """Return the marks whose messages to delete, each once.

    Args:
        mark: a mark, or a list of marks; None is not taken for "no mark" here.
    """
    if mark is None:
        raise TypeError("mark must be a string or a list of strings, not None")
    return mark_list(mark)


def optional_mark(mark: str | None, what: str) -> str | None:
    """Return a mark, or None.

    Args:
        mark: a mark, or None.
        what: the argument's name, for the error.
    """
    return None if mark is None else identifier(mark, what)


def id_list(msg_ids: list[str]) -> list[str]:
    """Return message ids, each once, in the order given.

    Args:
        msg_ids: a list of ids; a bare string is refused, since it is a list of characters only
            by accident.
    """
    if not isinstance(msg_ids, list):
        raise TypeError(f"msg_ids must be a list of strings, not {type(msg_ids).__name__}")
    return list(dict.fromkeys(identifier(msg_id, "message id") for msg_id in msg_ids))


def flag(value: bool, what: str) -> bool:
    """Return a truth value.

    Args:
        value: True or False, and nothing that merely counts as one.
        what: the argument's name, for the error.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{what} must be True or False, not {type(value).__name__}")
    return value

"""Which arguments are refused how: every odd value at every argument, shared out among the rules.

The model says what must come of a call; the tables here say which rule it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from memcert.engine.programs.operation import Operation
from memcert.short_term.misuse import METHODS, AddAt, AddWith, CallWith
from memcert.short_term.positions import TEXT_POSITIONS

NOTHING = ("None",)

SCALARS = (
    "an integer",
    "zero",
    "one",
    "a float",
    "zero as a float",
    "a truth value",
    "false",
    "an object",
    "an error",
    "bytes",
    "empty bytes",
)
"""What is neither text nor a list, nor anything that holds others."""

DICTIONARIES = ("a dictionary", "an empty dictionary")

STRINGS = ("a string", "an empty string")

LISTS = ("an empty list", "a list of integers")

BAD_IDENTIFIERS = ("an empty string", "256 characters", "a NUL", "a lone surrogate")

LISTS_OF_BAD_IDENTIFIERS = (
    "a list with an empty string",
    *(f"a list with {name}" for name in BAD_IDENTIFIERS[1:]),
)

LISTS_OF_OTHERS = (
    "a list of integers",
    "a list with None",
    "a list of None",
    "a list with false",
    "a list with zero",
    "a list with bytes",
    "a list with an error",
    "a list with a list",
    "a list of an empty list",
    "a list with a tuple",
)
"""Lists that hold what is no text."""

LISTS_OF_OTHER_MESSAGES = (
    "a list of dictionaries",
    "a message and None",
    "None and a message",
    "a message and an empty list",
    "a message and a string",
    "a list of messages in a list",
    "a list of None",
    "a list with an error",
    "a list with a list",
    "a list of an empty list",
    "a list with an object like a message",
    "a list with a message's dictionary",
    "a message's dictionary",
)
"""Lists that hold what is no message."""

COLLECTIONS = (
    "a tuple",
    "a set",
    "a generator",
    "an empty tuple",
    "an empty set",
    "an empty iterator",
    "a frozen set",
    "keys of a dictionary",
)
"""What can be walked through and is no list."""

MESSAGE_COLLECTIONS = (
    *(f"a {kind} of messages" for kind in ("tuple", "set", "generator")),
    *COLLECTIONS[3:6],
)

ONE_MARK = (
    ("get_memory", "mark"),
    ("get_memory", "exclude_mark"),
    ("update_messages_mark", "new_mark"),
    ("update_messages_mark", "old_mark"),
)
"""The arguments that are one mark or None."""

MARKS = (("add", "marks"), ("delete_by_mark", "mark"))
"""The arguments that are one mark or a list of them."""

IDS = (("delete", "msg_ids"), ("update_messages_mark", "msg_ids"))
"""The arguments that are lists of ids."""

FLAGS = (("get_memory", "prepend_summary"), ("load_state_dict", "strict"))

INSIDE = tuple(
    position.name
    for position in TEXT_POSITIONS
    if position.name not in ("content", "name", "timestamp", "invocation_id")
    and "key of" not in position.name
    and "a key" not in position.name
)
"""The positions inside the content or the metadata of a message."""

TEXT_FIELDS = ("name", "timestamp", "invocation_id")


def _calls(places: Sequence[tuple[str, str]], odds: Sequence[str]) -> Iterator[Operation]:
    for method, argument in places:
        for odd in odds:
            yield CallWith(method, argument, odd)


def wrong_types() -> Sequence[Operation]:
    """Return the calls with an argument of a wrong type, of whatever kind (ARG-01)."""
    others = (*SCALARS, *DICTIONARIES)
    return (
        *_calls((("add", "memories"),), (*others, *STRINGS, *LISTS_OF_OTHER_MESSAGES)),
        *_calls(MARKS, DICTIONARIES),
        *_calls((("delete_by_mark", "mark"), ("delete", "msg_ids")), NOTHING),
        *_calls(IDS, others),
        *_calls(FLAGS, (*NOTHING, "an integer", "zero", "one", *STRINGS, *LISTS)),
        *_calls(
            (("update_compressed_summary", "summary"),),
            (*NOTHING, *others, *COLLECTIONS, *LISTS),
        ),
        *_calls(
            (("load_state_dict", "state"),),
            (*NOTHING, *SCALARS, *STRINGS, *COLLECTIONS[:6], *LISTS),
        ),
        *(AddWith("role", odd) for odd in (*NOTHING, *others, *LISTS)),
        *(AddWith(field, odd) for field in ("name", "timestamp") for odd in (*NOTHING, *others)),
        *(AddWith("invocation_id", odd) for odd in others),
        *(AddWith("content", odd) for odd in (*NOTHING, *others)),
        *(AddWith("metadata", odd) for odd in (*SCALARS, *STRINGS, *LISTS)),
    )


def unknown_keywords() -> Sequence[Operation]:
    """Return the calls with a keyword that no method has (ARG-02)."""
    return tuple(
        CallWith(method, keyword, odd)
        for method in METHODS
        if not method.endswith("port_state")
        for keyword in ("surprise", "limit")
        for odd in ("None", "zero")
    )


def bare_strings() -> Sequence[Operation]:
    """Return the calls with a string where a list of ids is meant (ARG-03)."""
    return tuple(_calls(IDS, (*STRINGS, "a marker that is an id")))


def no_lists() -> Sequence[Operation]:
    """Return the calls with a collection that is no list (ARG-04)."""
    return (
        *_calls((("add", "memories"),), MESSAGE_COLLECTIONS),
        *_calls((*MARKS, *IDS), COLLECTIONS),
    )


def bad_identifiers() -> Sequence[Operation]:
    """Return the calls with an id or a mark of a wrong value (VAL-05)."""
    return (
        *_calls((*MARKS, *ONE_MARK), BAD_IDENTIFIERS),
        *_calls((*MARKS, *IDS), LISTS_OF_BAD_IDENTIFIERS),
        *(AddWith("id", odd) for odd in BAD_IDENTIFIERS),
        *_with_nothing_to_do(BAD_IDENTIFIERS),
        *(
            CallWith("update_messages_mark", "msg_ids", odd, (("new_mark", "None"),))
            for odd in LISTS_OF_BAD_IDENTIFIERS
        ),
    )


def _with_nothing_to_do(odds: Sequence[str]) -> Iterator[Operation]:
    """Give calls with a bad mark that would change nothing anyway."""
    update = "update_messages_mark"
    for odd in odds:
        yield CallWith(update, "new_mark", odd, (("old_mark", odd),))
        yield CallWith(update, "new_mark", odd, (("msg_ids", "an empty list"),))
        yield CallWith(update, "old_mark", odd, (("msg_ids", "an empty list"),))
        yield CallWith("get_memory", "mark", odd, (("exclude_mark", odd),))
        yield CallWith("add", "marks", odd, (("memories", "None"),))
        yield CallWith("add", "marks", odd, (("memories", "an empty list"),))


def no_identifiers() -> Sequence[Operation]:
    """Return the calls with an id or a mark that is no text (VAL-06)."""
    return (
        *_calls((*MARKS, *ONE_MARK), SCALARS),
        *_calls(ONE_MARK, (*DICTIONARIES, *COLLECTIONS, *LISTS, "a list of None")),
        *_with_nothing_to_do(("an integer", "zero", "false")),
        *_calls((*MARKS, *IDS), LISTS_OF_OTHERS),
        *(
            AddWith("id", odd)
            for odd in (*NOTHING, *SCALARS, *DICTIONARIES, "a tuple", "a list of integers")
        ),
    )


def roles() -> Sequence[Operation]:
    """Return the additions of messages of an unknown role (VAL-07)."""
    return tuple(
        AddWith("role", odd)
        for odd in (
            "another role",
            "an empty string",
            "a role in capitals",
            "a role with a blank",
            "a part of a role",
        )
    )


NOT_IN_JSON = (
    "NaN",
    "an infinity",
    "a list with NaN",
    "a lone surrogate",
    "a list with a lone surrogate",
    "101 levels",
    "101 objects",
)


def not_in_json() -> Sequence[Operation]:
    """Return the additions of messages that hold what JSON excludes (VAL-12)."""
    return (
        *(AddWith("metadata", odd, inside=True) for odd in (*NOT_IN_JSON, "a surrogate key")),
        *(AddWith("content", odd, inside=True) for odd in (*NOT_IN_JSON, "a surrogate key")),
        *(AddAt(position, odd) for position in INSIDE for odd in ("NaN", "a lone surrogate")),
        *(AddWith(field, "a lone surrogate") for field in ("content", *TEXT_FIELDS)),
        AddWith("metadata", "a surrogate key"),
    )


KEYS = ("an integer key", "a marker as a key")

NOT_JSON = (
    "bytes",
    "empty bytes",
    "a tuple",
    "an empty tuple",
    "a list with a tuple",
    "a list with bytes",
    "a set",
    "an empty set",
    "a frozen set",
    "a generator",
    "keys of a dictionary",
    "a date",
    "a decimal",
    "a complex number",
    "an object",
    *KEYS,
    "a None key",
    "a marker",
    "an ordered dictionary",
    "a default dictionary",
    "a list of another class",
    "an integer enumeration",
    "a UUID",
    "a path",
    "a range",
)


def not_json() -> Sequence[Operation]:
    """Return the additions of messages that hold what JSON has no form for (VAL-13)."""
    others = (*SCALARS, *DICTIONARIES, "a tuple", "a list of integers")
    return (
        *(AddWith("metadata", odd, inside=True) for odd in NOT_JSON),
        *(AddWith("content", odd, inside=True) for odd in NOT_JSON),
        *(
            AddAt(position, odd)
            for position in INSIDE
            for odd in ("bytes", "empty bytes", "a tuple", "a set", "a date", "an object")
        ),
        *(
            AddWith("content", odd)
            for odd in (
                *NOTHING,
                *SCALARS,
                *DICTIONARIES,
                "a tuple",
                "an empty tuple",
                "a generator",
                "a list of None",
                "a list with a list",
                "a list of integers",
            )
        ),
        *(
            AddWith("metadata", odd)
            for odd in (*SCALARS, *STRINGS, *LISTS, "a tuple", "an empty tuple", *KEYS)
        ),
        *(AddWith("role", odd) for odd in (*NOTHING, *others)),
        *(AddWith(field, odd) for field in ("name", "timestamp") for odd in (*NOTHING, *others)),
        *(AddWith("invocation_id", odd) for odd in others),
    )

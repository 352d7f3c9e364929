"""What is alike in the operations of a short-term memory, for telling causes of failures apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from memcert.engine.causes.demands import EVERYTHING
from memcert.engine.causes.grammar import Grammar, Reading
from memcert.engine.programs.operation import Operation
from memcert.engine.programs.program import Step
from memcert.short_term.kinds import is_plain, kinds
from memcert.short_term.messages import IdRange, Message
from memcert.short_term.misuse import METHODS, ODD
from memcert.short_term.operations import Add, DeleteByMark, Read, Size, UpdateMarks
from memcert.short_term.state_kinds import kinds_of_state
from memcert.short_term.state_operations import Export, SaveState
from memcert_reference.state import CONTENT_KEY

_SOME = 4
"""How many items of a range are looked at: they are all alike."""

_SPECIAL: Mapping[str, Sequence[str]] = {
    "add": (
        "keep_added",
        "add_what_is_read",
        "add_then_spoil",
        "add_together",
        "add_with",
        "add_at",
        "add_large",
        "add_very_large",
    ),
    "get_memory": ("keep_read", "get_memory_then_spoil"),
    "delete": ("delete_then_spoil",),
    "update_messages_mark": ("update_messages_mark_then_spoil",),
    "state_dict": ("keep_state", "state_dict_then_spoil"),
    "export_state": ("keep_export",),
    "load_state_dict": ("load_saved", "load_state_dict_then_spoil"),
    "import_state": ("import_saved", "import_state_then_spoil"),
}

_METHODS = {special: method for method, specials in _SPECIAL.items() for special in specials}


REFUSED = ("call_with", "add_with", "add_at")
"""The operations that are refused, most of them."""


def refused(kind: str) -> str:
    """Return the kind of an operation that is refused, whatever for.

    Args:
        kind: the kind of the plain operation.
    """
    return f"{kind}, refused"


def readings(data: Mapping[str, Any]) -> Sequence[Reading]:
    """Return the plain operations that an operation amounts to.

    Args:
        data: its JSON form.
    """
    kind = str(data["operation"])
    fields = {name: value for name, value in data.items() if name != "operation"}
    method = str(fields["method"]) if kind == "call_with" else _METHODS.get(kind, kind)
    found: list[Reading] = [] if kind in _METHODS else [(kind, fields)]
    if kind in ("state_dict", "keep_state", "add_what_is_read"):
        # A memory whose summary lives in a store tells it as it last read it.
        found.append(("get_memory", {}))
    if kind == "add_what_is_read":
        found.append(("delete_by_mark", {"marks": ["read"]}))
    if kind in REFUSED:
        found.append((refused(method), {}))
    if kind == "call_with":
        found.append((method, _given(fields)))
    elif method == "add":
        found += [("add", _added(message, fields)) for message in _messages(kind, fields)]
    elif method != kind or _is_range(fields.get("ids")):
        state = {"state": EVERYTHING} if kind in ("load_saved", "import_saved") else {}
        found.append((method, {**fields, **_some_ids(fields), **state}))
    if method in ("load_state_dict", "import_state"):
        found += [("add", each) for each in _loaded(fields.get("state"))]
    return found


_FIELDS = {
    ("get_memory", "mark"): "mark",
    ("get_memory", "exclude_mark"): "exclude",
    ("delete", "msg_ids"): "ids",
    ("delete_by_mark", "mark"): "marks",
    ("update_messages_mark", "new_mark"): "new",
    ("update_messages_mark", "old_mark"): "old",
    ("update_messages_mark", "msg_ids"): "ids",
    ("update_compressed_summary", "summary"): "text",
    ("add", "marks"): "marks",
}
"""The field of an operation that an argument of its method is."""


def _given(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the plain arguments of a call, those that are text or lists of it."""
    method, argument = str(fields["method"]), str(fields["argument"])
    given: dict[str, Any] = {
        name: METHODS[method][each]
        for (of, each), name in _FIELDS.items()
        if of == method and each in METHODS[method]
    }
    if method == "add" and argument != "memories":
        given["messages"] = [{"id": "m9"}]
    for each, odd in ((argument, fields["odd"]), *fields.get("others", ())):
        name = _FIELDS.get((method, each), "")
        given.pop(name, None)
        texts = _texts(ODD[odd][1]())
        if name and texts is not None:
            is_list = name in ("ids", "marks")
            given[name] = texts if is_list or len(texts) != 1 else texts[0]
    return given


def _texts(value: object) -> list[str] | None:
    """Return the texts that a value is; None if it is something else."""
    if isinstance(value, str):
        return [str.__str__(value)]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [str.__str__(each) for each in value]
    return None


def _loaded(state: object) -> Sequence[Mapping[str, Any]]:
    """Return what loading a state adds; of one that was saved, everything."""
    content = state.get(CONTENT_KEY) if isinstance(state, dict) else None
    if state is None:
        return [{"messages": [{"id": EVERYTHING}], "marks": [EVERYTHING]}]
    found = []
    for item in content if isinstance(content, list) else ():
        message, marks = item if isinstance(item, list) and len(item) == 2 else (item, [])
        if isinstance(message, dict):
            found.append({"messages": [message], "marks": marks})
    return found


def _added(message: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    marks = fields.get("marks")
    return {"messages": [message]} | ({} if marks is None else {"marks": marks})


def _messages(kind: str, fields: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    messages = fields.get("messages")
    match kind:
        case "add" if _is_range(messages):
            return [{"id": msg_id} for msg_id in _ids(messages)]
        case "add":
            return []
        case "add_then_spoil":
            return [fields["message"]]
        case "add_with" | "add_at":
            odd = ODD[fields["odd"]][1]() if fields.get("field") == "id" else None
            second = str.__str__(odd) if isinstance(odd, str) else "m9"
            return [{"id": fields.get("first", "m8")}, {"id": second}]
        case "add_large":
            return [{"id": fields["id"]}]
        case "add_very_large":
            return [{"id": kind}]
        case "add_what_is_read":
            return [{"id": EVERYTHING}]
    return list(messages or ())


def _is_range(value: object) -> bool:
    return isinstance(value, dict) and "range" in value


def _ids(value: Any) -> Sequence[str]:
    return IdRange(min(value["range"], _SOME), value.get("start", 0)).ids()


def _some_ids(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    ids = fields.get("ids")
    return {"ids": list(_ids(ids))} if _is_range(ids) else {}


def distinct(operation: Operation, number: int) -> Operation:
    """Return an addition of messages whose plain contents differ from all others.

    Args:
        operation: any operation.
        number: that of its place.
    """
    if not isinstance(operation, Add) or not isinstance(operation.messages, tuple):
        return operation
    return replace(
        operation,
        messages=tuple(
            replace(message, content=f"c{1_000 * number + place}")
            if isinstance(message.content, str) and is_plain(message.content)
            else message
            for place, message in enumerate(operation.messages)
        ),
    )


def alternatives(operation: Operation) -> Mapping[str, tuple[Operation, Operation]]:
    """Return, for each field of an added message, what does as well, and what is left without it.

    Args:
        operation: any operation.
    """
    if not isinstance(operation, Add) or not isinstance(operation.messages, tuple):
        return {}
    if len(operation.messages) != 1:
        return {}
    (message,) = operation.messages
    plain = Message(message.id)
    found: dict[str, tuple[Operation, Operation]] = {}
    for name in ("content", "name", "metadata", "timestamp", "invocation_id", "role"):
        if getattr(message, name) != getattr(plain, name):
            without = replace(message, **{name: getattr(plain, name)})
            other = "name" if name == "content" else "content"
            if getattr(without, other) == getattr(plain, other):
                found[name] = (
                    replace(operation, messages=(replace(without, **{other: "d"}),)),
                    replace(operation, messages=(without,)),
                )
    if operation.marks and message.content == plain.content:
        found["marks"] = (
            replace(operation, messages=(replace(message, content="d"),), marks=None),
            replace(operation, marks=None),
        )
    return found


def observers(steps: Sequence[Step]) -> Sequence[Operation]:
    """Return operations that show what some steps did, each in another way.

    Args:
        steps: what was done.
    """
    marks: dict[str, None] = {}
    for step in steps:
        operation = step.operation
        for name in ("new", "old", "mark", "exclude"):
            mark = getattr(operation, name, None)
            if isinstance(mark, str):
                marks[mark] = None
        marks |= dict.fromkeys(getattr(operation, "marks", None) or ())
    found: list[Operation] = [Read(), Size(), SaveState(), Export()]
    for mark in [*marks][:2]:
        found += [Read(mark=mark), DeleteByMark((mark,)), UpdateMarks(None, mark)]
    return found


GRAMMAR = Grammar(
    readings=readings,
    items={
        "add": "messages",
        "keep_added": "messages",
        "add_together": "messages",
        "delete": "ids",
        "delete_by_mark": "marks",
        "update_messages_mark": "ids",
    },
    identifiers=frozenset({"id", "ids", "marks", "mark", "exclude", "new", "old", "first"}),
    texts=frozenset({"content", "metadata", "name", "timestamp", "invocation_id", "text"}),
    wholes={"state": kinds_of_state},
    is_plain=is_plain,
    plain_texts={"id": "m", "ids": "m", "first": "m"},
    kinds=kinds,
    distinct=distinct,
    alternatives=alternatives,
    observers=observers,
)
"""What is alike in the operations of a short-term memory."""

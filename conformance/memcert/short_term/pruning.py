"""Whether what was seen can still come about: what makes the search for an order short.

Without it, two branches of six additions each would be tried in 924 orders, which only the last
look tells apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memcert.engine.judging.pruning import Ahead
from memcert.engine.programs.outcome import Outcome
from memcert.short_term.messages import IdRange, MessageRange, build_ids
from memcert.short_term.model import Model
from memcert.short_term.operations import (
    Add,
    Clear,
    Delete,
    DeleteByMark,
    Read,
    Size,
    Summarise,
    UpdateMarks,
)

KNOWN = frozenset({Add, Clear, Delete, DeleteByMark, Read, Size, Summarise, UpdateMarks})
"""The operations of which all is known; with any other one ahead, nothing is foreseen."""


class ShortTermPruning:
    """What is known of some operations that may still take effect.

    Args:
        ahead: the operations.
    """

    def __init__(self, ahead: Sequence[Ahead]) -> None:
        self._known = all(type(each.operation) in KNOWN for each in ahead)
        # What several reads saw alike is looked at for the first one.
        seen: dict[object, _View] = {}
        for each in ahead:
            if self._known and isinstance(each.operation, Read) and each.outcome is not None:
                ids = _ids(each.operation, each.outcome)
                key = each.operation, None if ids is None else tuple(map(repr, ids))
                if key not in seen:
                    seen[key] = _View(each.operation, ids, each)
        self._views = list(seen.values())
        self._marks = {mark for each in ahead for mark in _marks(each.operation)}
        self._summary = any(view.read.summary for view in self._views)
        self._shown = {
            msg_id for view in self._views if not view.read.ids_only for msg_id in view.places
        }
        # Who sees one message only, or none, does not see an order.
        ordered = {frozenset(view.places) for view in self._views if len(view.places) > 1}
        self._ordered = [each for each in ordered if not any(each < other for other in ordered)]

    def is_dead_end(self, model: Model) -> bool:
        """Tell whether a read that is ahead cannot see what it saw.

        Args:
            model: the state.
        """
        return any(view.is_dead_end(model) for view in self._views)

    def key(self, model: Model) -> object:
        """Return what the operations ahead can tell of a state.

        Marks that none of them names make no difference, nor does the order of messages that no
        read saw together.

        Args:
            model: the state.
        """
        if not self._known:
            return model.fingerprint()
        there = model.entries
        return (
            model.summary if self._summary else None,
            tuple(
                (
                    msg_id,
                    tuple(sorted(self._marks & entry.marks)),
                    repr(entry.record) if msg_id in self._shown else None,
                )
                for msg_id, entry in sorted(there.items())
            ),
            tuple(
                tuple(msg_id for msg_id in there if msg_id in together)
                for together in self._ordered
            ),
        )


class _View:
    """What a read saw, and what can be done to the messages before it.

    Args:
        read: the read.
        ids: the ids that it saw; None if it failed.
        ahead: what is known of it.
    """

    def __init__(self, read: Read, ids: list[Any] | None, ahead: Ahead) -> None:
        maybe, surely = ahead.before()
        self.read = read
        self._whole = read.mark is read.exclude is None
        self._failed = ids is None
        ids = ids or []
        self.places = {msg_id: place for place, msg_id in enumerate(ids) if isinstance(msg_id, str)}
        # A summary comes first, with an id that says nothing.
        self._first = ids[0] if ids and read.summary else None
        self._summarised = any(
            isinstance(operation, Summarise) and operation.text for operation in maybe
        )
        self._emptied = any(isinstance(each, (Clear, DeleteByMark)) for each in maybe)
        self._surely_emptied = any(isinstance(each, Clear) for each in surely)
        self._deleted = {msg_id for each in maybe for msg_id in _deleted(each)}
        self._surely_deleted = {msg_id for each in surely for msg_id in _deleted(each)}
        self._added = {msg_id for each in maybe for msg_id in _added(each)}

    def is_dead_end(self, model: Model) -> bool:
        """Tell whether it cannot see what it saw.

        Args:
            model: the state.
        """
        if self._failed:
            # With a filter that is malformed, an error is right.
            return self._whole
        there = model.entries
        unknown = self._first if self._summarised or model.summary else None
        # The place of the last message so far that is there, and stays where it is.
        last = -1
        for msg_id in there:
            if msg_id == unknown:
                continue
            place = self.places.get(msg_id)
            stays = not (self._emptied or msg_id in self._deleted)
            if place is None:
                if self._whole and stays:
                    return True
                continue
            if msg_id not in self._added:
                # If it goes, it does not come back.
                if self._surely_emptied or msg_id in self._surely_deleted:
                    return True
                stays = True
            if stays:
                if place <= last:
                    return True
                last = place
        # What is not there yet has to come, after all those that stay.
        return any(
            msg_id not in there
            and msg_id != unknown
            and (msg_id not in self._added or place < last)
            for msg_id, place in self.places.items()
        )


def _ids(read: Read, outcome: Outcome) -> list[Any] | None:
    """Return the ids that a read saw, whatever they are; None if it failed."""
    if not isinstance(outcome.value, list):
        return None
    return [item if read.ids_only else item["id"] for item in outcome.value]


def _marks(operation: object) -> Sequence[str | None]:
    match operation:
        case UpdateMarks():
            return (operation.new, operation.old)
        case Read():
            return (operation.mark, operation.exclude)
        case DeleteByMark():
            return operation.marks
    return ()


def _deleted(operation: object) -> Sequence[str]:
    return build_ids(operation.ids) if isinstance(operation, Delete) else ()


def _added(operation: object) -> Sequence[str]:
    if not isinstance(operation, Add) or operation.messages is None:
        return ()
    if isinstance(operation.messages, MessageRange):
        return IdRange(operation.messages.count).ids()
    return [message.id for message in operation.messages]

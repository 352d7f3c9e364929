"""Very large messages, and very many of them in one call."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from memcert.measure.baseline import Bare, bare_driver
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Line, Part, check, judged
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import MARK, large_message, payload_of, some_messages
from memcert.measure.plan import MeasurementPlan
from memcert.measure.timing import seconds_text, spread, timed_alone
from memcert_reference import Msg

TITLE = "large messages and many ids"

_ADD_LARGE, _READ_LARGE = "add a large message", "read it"
_ADD, _MARK, _DELETE = "add in one call", "mark by ids in one call", "delete by ids in one call"


class Trial:
    """What was tried, how long it took, and what failed."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self.failures: dict[str, Exception] = {}

    async def take(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """Try something; a failure is kept, and None returned.

        Args:
            name: what it is.
            work: does it.
        """
        try:
            seconds, answer = await timed_alone(work)
        except Exception as error:
            self.failures[name] = error
            return None
        self.seconds.setdefault(name, []).append(seconds)
        return answer


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Store a large message, and store, mark and delete many in one call each.

    Args:
        subject: the backend.
        plan: how large and how many.
        watch: told of progress.
    """
    large, many = large_message(plan.large_message_bytes), some_messages(plan.messages)
    ids = [each.id for each in many]
    memory_trial, bare_trial, driver = Trial(), Trial(), "bare driver"
    limit = subject.backend.declares.get("max_message_bytes")
    for number in range(plan.bulk_rounds):
        watch.step(number, plan.bulk_rounds, "rounds")
        async with subject.memory(f"limits-{number}") as memory:
            limit = limit or getattr(memory, "max_message_bytes", None)
            await _try_memory(memory, memory_trial, large, many, ids)
        async with bare_driver(subject, f"limits_{number}") as bare:
            if bare is not None:
                driver = bare.name
                await _try_bare(bare, bare_trial, payload_of(large), [*map(payload_of, many)])

    large_bytes = len(payload_of(large).encode())
    many_bytes = sum(len(payload_of(each).encode()) for each in many)
    id_bytes = sum(map(len, ids))
    sizes = {
        _ADD_LARGE: (1, large_bytes),
        _READ_LARGE: (1, large_bytes),
        _ADD: (len(many), many_bytes),
        _MARK: (len(ids), id_bytes),
        _DELETE: (len(ids), id_bytes),
    }
    part = Part(TITLE, head=("what", "messages", "bytes", "memory", driver))
    for name, (count, size) in sizes.items():
        texts = [_outcome(trial, name) for trial in (memory_trial, bare_trial)]
        part.rows.append((name, f"{count:,}", f"{size:,}", *texts))
        part.figures[name] = {"messages": count, "bytes": size} | {
            who: spread(trial.seconds[name]).to_json() if name in trial.seconds else None
            for who, trial in (("seconds", memory_trial), ("driver_seconds", bare_trial))
        }
    part.lines = [
        _line(f"a message of {large_bytes:,} bytes works, or raises the documented ValueError",
              (_ADD_LARGE, _READ_LARGE), memory_trial, limit),
        _line(f"{len(ids):,} messages or ids in one call work", (_ADD, _MARK, _DELETE),
              memory_trial, None),
    ]  # fmt: skip
    return part


async def _try_memory(
    memory: Any, trial: Trial, large: Msg, many: list[Msg], ids: list[str]
) -> None:
    await trial.take(_ADD_LARGE, lambda: memory.add(large))
    if _ADD_LARGE not in trial.failures:
        found = await trial.take(_READ_LARGE, memory.get_memory)
        if _READ_LARGE not in trial.failures:
            expected = [large.to_dict()]
            check("get_memory of it", [each.to_dict() for each in found] == expected, True)
    await memory.clear()
    await trial.take(_ADD, lambda: memory.add(many, MARK))
    for name, work in (
        (_MARK, lambda: memory.update_messages_mark("seen", msg_ids=ids)),
        (_DELETE, lambda: memory.delete(ids)),
    ):
        answer = await trial.take(name, work)
        if not trial.failures:
            check(name, answer, len(ids))


async def _try_bare(bare: Bare, trial: Trial, large: str, many: Sequence[str]) -> None:
    await trial.take(_ADD_LARGE, lambda: bare.add(0, large, MARK))
    await trial.take(_READ_LARGE, bare.fetch)
    await trial.take("clear", lambda: bare.delete([0]))
    await trial.take(_ADD, lambda: bare.fill(many))
    await trial.take(_DELETE, lambda: bare.delete(range(len(many))))


def _outcome(trial: Trial, name: str) -> str:
    if name in trial.failures:
        return _told(trial.failures[name])
    return seconds_text(spread(trial.seconds[name]).median) if name in trial.seconds else ""


def _line(text: str, names: Sequence[str], trial: Trial, limit: int | None) -> Line:
    failed = [name for name in names if name in trial.failures]
    if not failed:
        return judged(text, True, "it works" if limit is None else f"it works, limit {limit:,}")
    error = trial.failures[failed[0]]
    # The contract: a ValueError that names the limit.
    documented = (
        limit is not None
        and isinstance(error, ValueError)
        and re.search(rf"\b{limit}\b", str(error)) is not None
    )
    return judged(text, documented, f"{failed[0]}: {_told(error)}")


def _told(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]

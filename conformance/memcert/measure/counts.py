"""How much every operation sends, with more and more stored: counts are the same on any machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Line, Part, judged, not_measured
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import MARK, fill, some_messages
from memcert.measure.plan import MeasurementPlan
from memcert.measure.traffic import Counter, counter_of

TITLE = "round trips"

_NEW = some_messages(3, seed=1)


@dataclass(frozen=True)
class CountedOperation:
    """An operation whose traffic is counted.

    Args:
        name: what it is.
        run: does it on a memory, given the ids of some stored messages.
        writes: whether it changes something.
        small: whether it is about one message, whatever is stored.
    """

    name: str
    run: Callable[[Any, list[str]], Awaitable[Any]]
    writes: bool = True
    small: bool = False


OPERATIONS = (
    CountedOperation("add one", lambda memory, _: memory.add(_NEW[0], MARK), small=True),
    CountedOperation("size", lambda memory, _: memory.size(), writes=False, small=True),
    CountedOperation("get_memory", lambda memory, _: memory.get_memory(), writes=False),
    CountedOperation(
        "get_memory of a mark", lambda memory, _: memory.get_memory(MARK), writes=False
    ),
    CountedOperation(
        "get_memory without a mark",
        lambda memory, _: memory.get_memory(exclude_mark="other"),
        writes=False,
    ),
    CountedOperation(
        "get_memory of a mark without another",
        lambda memory, _: memory.get_memory(MARK, "other"),
        writes=False,
    ),
    CountedOperation(
        "mark one id",
        lambda memory, ids: memory.update_messages_mark("seen", msg_ids=ids[:1]),
        small=True,
    ),
    CountedOperation(
        "replace the mark of one id",
        lambda memory, ids: memory.update_messages_mark("rare", "seen", ids[:1]),
        small=True,
    ),
    CountedOperation("mark all", lambda memory, _: memory.update_messages_mark("all")),
    CountedOperation("unmark all", lambda memory, _: memory.update_messages_mark(None, "all")),
    CountedOperation(
        "delete_by_mark of one", lambda memory, _: memory.delete_by_mark("rare"), small=True
    ),
    CountedOperation("delete one id", lambda memory, ids: memory.delete(ids[1:2]), small=True),
    CountedOperation(
        "update_compressed_summary", lambda memory, _: memory.update_compressed_summary("s")
    ),
    CountedOperation("export_state", lambda memory, _: memory.export_state(), writes=False),
    CountedOperation("clear", lambda memory, _: memory.clear()),
)
"""Every operation; each finds what it needs, and the last one leaves nothing."""

Counts = Mapping[str, Mapping[int, Mapping[str, int]]]
"""By operation, number of stored messages, and unit."""


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Count what every operation sends.

    Args:
        subject: the backend.
        plan: how much to store.
        watch: told of progress.
    """
    async with counter_of(subject) as counter:
        if counter is None:
            why = "memcert counts the traffic of redis-py and of SQLAlchemy only"
            return Part(TITLE, lines=[not_measured("round trips do not grow", why)])
        counts: dict[str, dict[int, Mapping[str, int]]] = {}
        for number, stored in enumerate(plan.stored):
            watch.step(number, len(plan.stored), "sizes of a space")
            async with subject.memory(f"counts-{stored}") as memory:
                for name, found in (await _count(memory, stored, counter)).items():
                    counts.setdefault(name, {})[stored] = found
        return _part(counts, counter, plan)


async def _count(memory: Any, stored: int, counter: Counter) -> dict[str, Mapping[str, int]]:
    messages = some_messages(stored)
    await fill(memory, messages)
    state = await memory.export_state()
    # What the first use of a connection takes, such as a script's text, is not an operation's.
    for operation in OPERATIONS:
        await operation.run(memory, ["unknown", "unknown"])
    small = {**state, "content": state["content"][:3]}
    await memory.import_state(small)
    await memory.import_state(state)
    ids = [each.id for each in messages[:2]]
    found: dict[str, Mapping[str, int]] = {}
    for operation in OPERATIONS:

        async def run(operation: CountedOperation = operation) -> None:
            await operation.run(memory, ids)

        found[operation.name] = await counter.count(run)
    await memory.import_state(state)
    found["import_state of three"] = await counter.count(lambda: memory.import_state(small))
    return found


def _part(counts: Counts, counter: Counter, plan: MeasurementPlan) -> Part:
    sizes = plan.stored
    units = [*counter.gated, *([counter.work] if counter.work else [])]
    part = Part(
        TITLE,
        head=("operation", *(f"{unit} at {size:,}" for unit in units for size in sizes)),
        figures={"counts": {name: _by_text(found) for name, found in counts.items()}},
    )
    for name, found in counts.items():
        part.rows.append((name, *(f"{found[size][unit]:,}" for unit in units for size in sizes)))
    part.lines.append(_few(counts, counter))
    part.lines.append(
        _flat(f"no operation takes more {' or '.join(counter.gated)} with more stored",
              counts, counter.gated)
    )  # fmt: skip
    text = "the server's commands for an operation on one message do not grow with what is stored"
    if counter.work is not None:
        small = {each.name for each in OPERATIONS if each.small}
        of_one = {name: found for name, found in counts.items() if name in small}
        part.lines.append(_flat(text, of_one, (counter.work,)))
    return part


def _few(counts: Counts, counter: Counter) -> Line:
    reads = {operation.name for operation in OPERATIONS if not operation.writes}
    over = []
    for name, sizes in counts.items():
        for unit, limit in (counter.reads if name in reads else counter.writes).items():
            most = max(found[unit] for found in sizes.values())
            if most > limit:
                over.append(f"{name} takes {most} {unit}")
    return judged(counter.rule, not over, "; ".join(over) or "so it is for each")


def _flat(text: str, counts: Counts, units: tuple[str, ...]) -> Line:
    grown = []
    for name, sizes in counts.items():
        few = sizes[min(sizes)]
        grown += [
            f"{name} takes {found[unit]} {unit} at {size:,}, {few[unit]} at {min(sizes):,}"
            for size, found in sizes.items()
            for unit in units
            if found[unit] > few[unit]
        ]
    return judged(text, not grown, "; ".join(grown) or "the same counts at every size")


def _by_text(found: Mapping[int, Mapping[str, int]]) -> dict[str, Any]:
    return {str(size): dict(units) for size, units in found.items()}

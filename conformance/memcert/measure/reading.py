"""Reading a whole space, against what nobody can leave out: fetch, parse, build."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from memcert.measure.baseline import Bare, bare_driver
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Part, at_most, check, not_measured
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import fill, payload_of, some_messages
from memcert.measure.plan import MeasurementPlan
from memcert.measure.timing import paired_ratio, ratio_text, seconds_text, spread, timed_alone
from memcert_reference import Msg

TITLE = "reading a whole space"

LIMIT = 1.5
"""How much longer than its parts alone get_memory may take."""

_PARTS = ("fetch", "json.loads", "build")


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Time get_memory, and its parts without a memory, in turns.

    Args:
        subject: the backend.
        plan: how many messages to store.
        watch: told of progress.
    """
    messages = some_messages(plan.messages)
    text = (
        f"get_memory of {plan.messages:,} messages takes at most {LIMIT} times the driver's own"
        " fetch, json.loads and building the messages"
    )
    whole: list[float] = []
    parts: list[dict[str, float]] = []
    async with subject.memory("reading") as memory, bare_driver(subject, "reading") as bare:
        await fill(memory, messages)
        if bare is not None:
            await bare.fill([payload_of(each) for each in messages])
        random = Random(0)
        # The first round opens connections and fills caches, and does not count.
        for number in range(plan.reading_rounds + 1):
            watch.step(number, plan.reading_rounds + 1, "rounds")
            memory_first = random.random() < 0.5
            if memory_first:
                whole.append(await _read(memory, messages))
            if bare is not None:
                parts.append(await _read_bare(bare, len(messages)))
            if not memory_first:
                whole.append(await _read(memory, messages))
    seconds = spread(whole[1:])
    size = sum(len(payload_of(each).encode()) for each in messages)
    part = Part(TITLE, head=("what", "seconds"), notes=[f"{size:,} bytes of JSON text."])
    part.figures = {"bytes": size, "get_memory": seconds.to_json()}
    part.rows.append((f"get_memory of {plan.messages:,}", seconds_text(seconds.median)))
    if bare is None:
        why = "memcert knows no bare driver of this backend"
        part.lines.append(not_measured(text, why))
        return part
    for name in _PARTS:
        found = spread([each[name] for each in parts[1:]])
        part.rows.append((f"{bare.name}: {name}" if name == "fetch" else name,
                          seconds_text(found.median)))  # fmt: skip
        part.figures[name] = found.to_json()
    ratio = paired_ratio(whole[1:], [sum(each.values()) for each in parts[1:]])
    part.figures["ratio"] = ratio.to_json()
    part.rows.append(("get_memory / sum of the three", ratio_text(ratio)))
    part.lines.append(at_most(text, ratio, LIMIT))
    return part


async def _read(memory: Any, messages: Sequence[Msg]) -> float:
    seconds, found = await timed_alone(memory.get_memory)
    check("get_memory", [each.id for each in found], [each.id for each in messages])
    check("the last message read", found[-1].to_dict(), messages[-1].to_dict())
    return seconds


async def _read_bare(bare: Bare, count: int) -> dict[str, float]:
    fetching, payloads = await timed_alone(bare.fetch)

    async def parse() -> list[Any]:
        return [
            json.loads(payload if isinstance(payload, str) else payload.decode())
            for payload in payloads
        ]

    parsing, records = await timed_alone(parse)

    async def build() -> list[Msg]:
        return [Msg.from_record(record) for record in records]

    building, built = await timed_alone(build)
    check("the number of messages read by the driver", len(built), count)
    return dict(zip(_PARTS, (fetching, parsing, building), strict=True))

"""What an operation on one message takes with more stored: in its space, or by another tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Any

from memcert.measure.baseline import Bare, bare_driver
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Part, at_most, check, not_measured
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import MARK, fill, message, payload_of, some_messages
from memcert.measure.plan import MeasurementPlan
from memcert.measure.timing import paired_ratio, ratio_text, seconds_text, spread, timed
from memcert_backends.servers import Server

TITLE = "operations on one message"

LIMIT = 1.5
"""How much longer than with few messages an operation may take with many."""

OPERATIONS = ("add", "size", "update_messages_mark", "delete")

_WARM_ROUNDS = 5


@dataclass
class Case:
    """A space with something in it, and something around it.

    Args:
        name: what is stored.
        memory: the memory in that space.
        bare: the bare driver with a table of as many rows, if there is one.
        ids: of the stored messages.
    """

    name: str
    memory: Any
    bare: Bare | None
    ids: list[str]
    next_row: int
    rows: list[int]
    times: dict[str, list[float]] = field(default_factory=dict)
    bare_times: dict[str, list[float]] = field(default_factory=dict)


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Time operations on one message in three spaces, round by round, in random order.

    Args:
        subject: the backend.
        plan: how much to store, and how many rounds to run.
        watch: told of progress.
    """
    with ExitStack() as servers:
        alone = servers.enter_context(subject.new_server())
        full = servers.enter_context(subject.new_server())
        async with AsyncExitStack() as stack:
            few, many = f"{plan.few:,} stored", f"{plan.messages:,} in the space"
            cases = [
                await _case(stack, subject, few, plan.few, alone),
                await _case(stack, subject, many, plan.messages, full),
            ]
            if full is not None:
                other = f"{plan.messages:,} of another tenant"
                cases.append(await _case(stack, subject, other, plan.few, full))
            # Not the seed of what is stored: a message that is there already would not be added.
            random = Random("rounds")
            for number in range(_WARM_ROUNDS + plan.rounds):
                if number == _WARM_ROUNDS:
                    for case in cases:
                        case.times.clear()
                        case.bare_times.clear()
                watch.step(number, _WARM_ROUNDS + plan.rounds, "rounds")
                turns = [turn for case in cases for turn in (_memory_turn, _bare_turn)]
                pairs = list(zip((case for case in cases for _ in range(2)), turns, strict=True))
                random.shuffle(pairs)
                for case, turn in pairs:
                    await turn(case, random)
    return _part(cases, plan)


async def _case(
    stack: AsyncExitStack, subject: MeasuredBackend, name: str, stored: int, server: Server | None
) -> Case:
    table = f"{stored}_{len(name)}"
    memory = await stack.enter_async_context(subject.memory(f"growth-{table}", server))
    bare = await stack.enter_async_context(bare_driver(subject, table, server))
    messages = some_messages(stored)
    await fill(memory, messages)
    if bare is not None:
        await bare.fill([payload_of(each) for each in messages])
    ids = [each.id for each in messages]
    return Case(name, memory, bare, ids, stored, list(range(stored)))


async def _memory_turn(case: Case, random: Random) -> None:
    """Do each operation once, and leave as many messages as there were."""
    new, memory = message(random), case.memory
    position = random.randrange(len(case.ids))
    chosen, stored = case.ids[position], len(case.ids)
    case.ids[position] = new.id
    await _time(case.times, "add", lambda: memory.add(new, MARK), None)
    await _time(case.times, "size", memory.size, stored + 1)
    await _time(
        case.times,
        "update_messages_mark",
        lambda: memory.update_messages_mark("seen", msg_ids=[chosen]),
        1,
    )
    await _time(case.times, "delete", lambda: memory.delete([chosen]), 1)


async def _bare_turn(case: Case, random: Random) -> None:
    bare = case.bare
    if bare is None:
        return
    payload = payload_of(message(random))
    new, position = case.next_row, random.randrange(len(case.rows))
    chosen, case.rows[position] = case.rows[position], new
    case.next_row += 1
    await _time(case.bare_times, "add", lambda: bare.add(new, payload, MARK), None)
    await _time(case.bare_times, "size", bare.size, None)
    await _time(case.bare_times, "update_messages_mark", lambda: bare.mark(chosen, "seen"), None)
    await _time(case.bare_times, "delete", lambda: bare.delete([chosen]), None)


async def _time(
    times: dict[str, list[float]],
    name: str,
    work: Callable[[], Awaitable[Any]],
    expected: object,
) -> None:
    seconds, answer = await timed(work)
    check(name, answer, expected)
    times.setdefault(name, []).append(seconds)


def _part(cases: list[Case], plan: MeasurementPlan) -> Part:
    base, *fuller = cases
    driver = base.bare.name if base.bare else "bare driver"
    part = Part(
        TITLE,
        head=("operation", "case", "memory", driver, "memory / driver", f"to {base.name}"),
        notes=[
            "Medians. Ratios are medians of the ratios of each round, with their 95 % interval."
        ],
    )
    for operation in OPERATIONS:
        for case in cases:
            times, bare = case.times[operation], case.bare_times.get(operation)
            ratio = None if case is base else paired_ratio(times, base.times[operation])
            to_bare = None if bare is None else paired_ratio(times, bare)
            part.rows.append(
                (
                    operation,
                    case.name,
                    seconds_text(spread(times).median),
                    "not measured" if bare is None else seconds_text(spread(bare).median),
                    "not measured" if to_bare is None else ratio_text(to_bare),
                    "" if ratio is None else ratio_text(ratio),
                )
            )
            part.figures[f"{operation}, {case.name}"] = {
                "seconds": spread(times).to_json(),
                "driver_seconds": None if bare is None else spread(bare).to_json(),
                "ratio_to_driver": None if to_bare is None else to_bare.to_json(),
                "ratio_to_few": None if ratio is None else ratio.to_json(),
            }
            if ratio is not None:
                text = f"{operation} with {case.name} takes at most {LIMIT} times what it takes"
                part.lines.append(at_most(f"{text} with {base.name}", ratio, LIMIT))
    if len(fuller) == 1:
        part.lines.append(
            not_measured(
                f"the same with {plan.messages:,} of another tenant",
                "that takes a second store like this one, without the other tenant: let memcert"
                " start it",
            )
        )
    return part

"""Deleting half of a space in one call, and how long others wait for the server meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from memcert.measure.baseline import REDIS, bare_driver
from memcert.measure.display import MeasurementDisplay
from memcert.measure.findings import Part, check, judged, not_measured
from memcert.measure.measured_backend import MeasuredBackend
from memcert.measure.messages import fill, payload_of, some_messages
from memcert.measure.ping import Pings, pinging
from memcert.measure.plan import MeasurementPlan
from memcert.measure.timing import seconds_text, spread, timed_alone

TITLE = "deleting half of a space"

SECONDS = 2.0
"""How long it may take."""

WAIT_SECONDS = 0.4
"""How long it may keep other clients waiting at a time."""

_REST_SECONDS = 0.5


async def measure(
    subject: MeasuredBackend, plan: MeasurementPlan, watch: MeasurementDisplay
) -> Part:
    """Time deleting every other message in one call.

    Args:
        subject: the backend.
        plan: how many messages to store.
        watch: told of progress.
    """
    messages = some_messages(plan.messages)
    halves = messages[1::2]
    ids, rows = [each.id for each in halves], list(range(1, plan.messages, 2))
    payloads = [payload_of(each) for each in messages]
    urls, why_not = await _servers(subject)
    seconds: dict[str, list[float]] = {}
    waits: dict[str, list[float]] = {}

    async def once(who: str, work: Callable[[], Awaitable[Any]], expected: object) -> None:
        async with _pinged(urls) as pings:
            taken, answer = await timed_alone(work)
        check("delete", answer, expected)
        seconds.setdefault(who, []).append(taken)
        waits.setdefault(who, []).append(pings.longest)

    driver = None
    for number in range(plan.bulk_rounds):
        watch.step(number, plan.bulk_rounds, "rounds")
        if urls:
            async with _pinged(urls) as pings:
                await asyncio.sleep(_REST_SECONDS)
            waits.setdefault("nothing", []).append(pings.longest)
        async with subject.memory(f"bulk-{number}") as memory:
            await fill(memory, messages)
            await once("memory", partial(memory.delete, ids), len(ids))
            check("size", await memory.size(), len(messages) - len(ids))
        async with bare_driver(subject, f"bulk_{number}") as bare:
            if bare is not None:
                driver = bare.name
                await bare.fill(payloads)
                await once(driver, partial(bare.delete, rows), None)

    head = ("what", "seconds", *(["the longest PING of another client"] if urls else []))
    part = Part(TITLE, head=head)
    for who in ("memory", driver, "nothing"):
        if who is None or who not in waits:
            continue
        taken = spread(seconds[who]) if who in seconds else None
        waited = spread(waits[who]) if urls else None
        part.rows.append(
            (
                f"{who} deletes {len(ids):,} of {plan.messages:,}" if taken else "nothing goes on",
                seconds_text(taken.median) if taken else "",
                *([seconds_text(waited.most)] if waited else []),
            )
        )
        part.figures[who] = {
            "seconds": taken.to_json() if taken else None,
            "longest_ping_seconds": waited.to_json() if waited else None,
        }
    what = f"deleting {len(ids):,} ids of {plan.messages:,} in one call"
    taken = spread(seconds["memory"])
    part.lines.append(
        judged(f"{what} takes under {SECONDS:g} s", taken.median < SECONDS,
               f"{seconds_text(taken.median)}, at most {seconds_text(taken.most)}")
    )  # fmt: skip
    if subject.server is not None and subject.server.store in REDIS:
        text = f"{what} keeps other clients waiting under {WAIT_SECONDS * 1000:g} ms at a time"
        longest = max(waits["memory"])
        part.lines.append(
            judged(text, longest < WAIT_SECONDS, f"at most {seconds_text(longest)}")
            if urls
            else not_measured(text, why_not)
        )
    return part


async def _servers(subject: MeasuredBackend) -> tuple[list[str], str]:
    """Return the URLs of the servers to ping, or why there are none."""
    server = subject.server
    if server is None or server.store not in REDIS:
        return [], "the store is no Redis"
    if server.how == "embedded":
        return [], "fakeredis is no Redis server: use --server NAME=process"
    if server.store == "redis":
        return [server.url], ""
    from memcert.measure.baseline.redis import redis_client
    from memcert_backends.redis.address import url_at

    async with redis_client(server) as client:
        await client.initialize()
        nodes = [(node.host, int(node.port)) for node in client.get_primaries()]
        return [url_at(server.url, node) for node in nodes], ""


@asynccontextmanager
async def _pinged(urls: list[str]) -> AsyncIterator[Pings]:
    if not urls:
        yield Pings()
        return
    async with pinging(urls) as pings:
        yield pings

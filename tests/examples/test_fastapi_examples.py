"""The FastAPI examples as services of their own, spoken to over HTTP by fifty clients at once."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from memcert_backends.servers import start
from memcert_backends.tablestore.url import TablestoreURL

EXAMPLES = Path(__file__).parents[2] / "examples"
CLIENTS = 50
MESSAGES = 6


@contextmanager
def service(module: str, **environment: str) -> Iterator[str]:
    """Run an example under uvicorn and give its address."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", f"{module}:app", "--log-level", "warning"),
                *("--fd", str(listening.fileno())),
                # A connection that is idle for 5 s would be closed just as a slow client uses it.
                *("--timeout-keep-alive", "120"),
            ],
            cwd=EXAMPLES,
            env=os.environ | environment,
            stderr=subprocess.PIPE,
            pass_fds=[listening.fileno()],
        ) as process,
    ):
        try:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}"
            wait_for(address, process)
            yield address
        finally:
            process.terminate()
            _, complaints = process.communicate(timeout=20)
            # Shown where a client failed because of it.
            sys.stderr.write(complaints.decode())
    assert not complaints, complaints.decode()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the service ended"
        try:
            httpx.get(f"{address}/openapi.json", timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the service did not answer within 15 s")


async def chat(address: str) -> None:
    """Let fifty clients talk at once: half in one session, half in sessions of their own."""
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:

        async def talk(number: int) -> None:
            own = number % 2
            place = f"/users/u/sessions/{number if own else 'shared'}/messages"
            for turn in range(MESSAGES):
                body = {"content": f"{number} says {turn}", "marks": ["said"] if turn % 2 else []}
                (await client.post(place, json=body)).raise_for_status()
            said = [
                message["content"]
                for message in (await client.get(place)).raise_for_status().json()
                if message["content"].startswith(f"{number} says")
            ]
            assert said == [f"{number} says {turn}" for turn in range(MESSAGES)]
            if own:
                marked = (await client.get(place, params={"mark": "said"})).json()
                assert [message["content"] for message in marked] == said[1::2]

        await asyncio.gather(*(talk(number) for number in range(CLIENTS)))
        place = "/users/u/sessions/shared/messages"
        shared = (await client.get(place)).json()
        assert len(shared) == CLIENTS // 2 * MESSAGES
        assert (await client.delete(f"{place}/{shared[0]['id']}")).json() == {"deleted": 1}
        assert (await client.get(place)).json() == shared[1:]
        assert (await client.get("/users/v/sessions/shared/messages")).json() == []


@pytest.mark.parametrize("how", ["embedded", "process"])
def test_redis_with_a_pool_in_the_lifespan(how: str) -> None:
    with start("redis", how) as server, service("fastapi_redis", REDIS_URL=server.url) as address:
        asyncio.run(chat(address))


def test_sqlalchemy_with_a_session_dependency() -> None:
    # SQLite lets writers wait in no order: one of fifty may be late on a loaded machine.
    with (
        start("sqlite", "embedded") as server,
        service("fastapi_sqlalchemy", DATABASE_URL=f"{server.url}?timeout=60") as address,
    ):
        asyncio.run(chat(address))


def test_tablestore_with_a_client_in_the_lifespan() -> None:
    with start("tablestore", "embedded") as server:
        place = TablestoreURL.parse(server.url)
        environment = {
            "TABLESTORE_END_POINT": place.end_point,
            "TABLESTORE_INSTANCE": place.instance_name,
            "TABLESTORE_KEY_ID": place.access_key_id,
            "TABLESTORE_KEY_SECRET": place.access_key_secret,
            "TABLESTORE_TABLE": place.table_name or "",
            # On a loaded machine, fifty clients at once may wait.
            "TABLESTORE_SECONDS": "60",
        }
        with service("fastapi_tablestore", **environment) as address:
            asyncio.run(chat(address))

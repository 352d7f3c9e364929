"""A network before a redis-server."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Dropped
from redis.retry import Retry

from memcert.engine.network import Address, Cut, Network
from memcert_backends.servers import start


class Running(NamedTuple):
    """A redis-server of the test's own."""

    address: Address
    process: int
    password: str


@pytest.fixture
def running() -> Iterator[Running]:
    """A redis-server of the test's own."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("CI expects redis-server on PATH")
        pytest.skip("REDIS IS NOT TESTED: there is no redis-server on PATH")
    with start("redis", "process") as server:
        url = urlsplit(server.url)
        assert url.hostname is not None
        assert url.port is not None
        with Redis.from_url(server.url) as client:
            process = client.info()["process_id"]
        yield Running((url.hostname, url.port), process, str(url.password))


def client_of(running: Running, through: Network | None = None) -> Redis:
    host, port = through.addresses[0] if through else running.address
    retry = Retry(NoBackoff(), 0)
    return Redis(host=host, port=port, password=running.password, retry=retry)


def test_round_trips(running: Running) -> None:
    with Network([running.address]) as network, client_of(running, network) as client:
        client.ping()
        before = network.traffic()
        for number in range(100):
            client.set("key", number)
        pipeline = client.pipeline()
        for _ in range(50):
            pipeline.get("key")
        assert pipeline.execute() == [b"99"] * 50
        assert network.traffic().round_trips - before.round_trips == 101


@pytest.mark.parametrize(
    ("to_server", "delivered", "kept"),
    [(True, False, b"old"), (True, True, b"new"), (False, False, b"new"), (False, True, b"new")],
    ids=["before the request", "after the request", "before the reply", "after the reply"],
)
def test_what_was_done(running: Running, to_server: bool, delivered: bool, kept: bytes) -> None:
    with (
        Network([running.address]) as network,
        client_of(running) as direct,
        client_of(running, network) as client,
    ):
        for _ in range(50):
            client.set("key", "old")
            network.arm(Cut(0, to_server, delivered))
            if delivered and not to_server:
                assert client.set("key", "new")
            else:
                with pytest.raises(Dropped):
                    client.set("key", "new")
            assert network.disarm()
            assert network.settled(10)
            assert direct.get("key") == kept


def test_killed_when_the_reply_has_arrived(running: Running) -> None:
    with Network([running.address]) as network, client_of(running, network) as client:
        client.ping()

        def kill() -> None:
            os.kill(running.process, signal.SIGKILL)
            network.refuse()

        network.arm(Cut(0, to_server=False, delivered=True, everywhere=True), kill)
        assert client.set("key", "value")
        assert network.disarm()
        with pytest.raises(Dropped, match="refused"):
            client.get("key")

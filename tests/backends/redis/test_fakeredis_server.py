"""The embedded Redis as its clients see it: order, pipelines, what waits, and who goes away."""

from __future__ import annotations

import ast
import asyncio
import inspect
import itertools
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import fakeredis
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from memcert_backends.redis import fakeredis_host, fakeredis_protocol, fakeredis_server
from memcert_backends.redis.fakeredis_protocol import MalformedRequest, Requests, encoded, pieces
from memcert_backends.redis.fakeredis_server import FakeRedisServer
from memcert_backends.servers import Server, start


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with start("redis", "embedded") as started:
        yield started


@pytest.fixture(params=[2, 3])
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    with _client(server, request.param) as made:
        made.flushall()
        yield made


def _client(server: Server, protocol: int = 2) -> redis.Redis:
    return redis.Redis.from_url(
        server.url, protocol=protocol, retry=Retry(NoBackoff(), 0), socket_timeout=60
    )


def _clients(client: redis.Redis) -> int:
    return len(client.client_list())


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_answers_have_their_types(client: redis.Redis) -> None:
    three = client.get_connection_kwargs()["protocol"] == 3
    assert client.set("text", "OK") is True
    assert client.get("text") == b"OK"
    assert client.get("nothing") is None
    assert client.set("text", "a\r\nline", get=True) == b"OK"
    assert client.hset("hash", mapping={"a": "1", "b": "two"}) == 2
    assert client.hgetall("hash") == {b"a": b"1", b"b": b"two"}
    client.zadd("scores", {"a": 1.5, "b": float("inf")})
    assert client.zscore("scores", "a") == 1.5
    assert client.zscore("scores", "b") == float("inf")
    assert client.sadd("set", "a", "b") == 2
    assert client.smembers("set") == {b"a", b"b"}
    assert client.type("hash") == b"hash"
    assert client.eval("return {1, 'two', {3, false}}", 0) == [1, b"two", [3, None]]
    for _ in range(2):
        assert isinstance(client.execute_command("HELLO"), dict if three else list)
    assert len(client.time()) == 2


def test_lists_in_lists_and_lists_that_look_published_come_as_lists(client: redis.Redis) -> None:
    three = client.get_connection_kwargs()["protocol"] == 3
    client.zadd("scores", {"a": 1, "b": 2})
    pairs = client.execute_command("ZRANDMEMBER", "scores", 1, "WITHSCORES")
    assert (isinstance(pairs[0], list), len(pairs)) == ((True, 1) if three else (False, 2))
    assert len(client.zrange("scores", 0, -1, withscores=True)) == 2
    client.geoadd("places", (13.3, 38.1, "there"))
    assert len(client.geopos("places", "there")) == 1
    client.rpush("list", "message", "a", "b")
    assert client.lrange("list", 0, -1) == [b"message", b"a", b"b"]


def test_errors_say_what_they_are(client: redis.Redis) -> None:
    client.set("text", "a")
    with pytest.raises(redis.ResponseError, match=r"^WRONGTYPE Operation"):
        client.rpush("text", "b")
    with pytest.raises(redis.exceptions.NoScriptError):
        client.evalsha("0" * 40, 0)
    with pytest.raises(redis.ResponseError, match=r"^unknown command"):
        client.execute_command("NOSUCH")
    with pytest.raises(redis.ResponseError, match="my own"):
        client.eval("return redis.error_reply('MINE my own')", 0)
    assert client.ping()


def test_a_transaction_is_whole_and_watches(client: redis.Redis, server: Server) -> None:
    with client.pipeline() as pipeline, _client(server) as other:
        pipeline.watch("a")
        other.set("a", 1)
        pipeline.multi()
        pipeline.set("a", 2)
        with pytest.raises(redis.WatchError):
            pipeline.execute()
        pipeline.set("b", 1).incr("b").rpush("b", 1)
        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            pipeline.execute()
    assert client.mget("a", "b") == [b"1", b"2"]


def test_many_commands_are_sent_before_an_answer_is_read(client: redis.Redis) -> None:
    client.set("large", "x" * 100_000)
    with client.pipeline(transaction=False) as pipeline:
        for _ in range(200):
            pipeline.get("large")
            pipeline.set("other", "y" * 100_000)
        answers = pipeline.execute()
    assert len(answers) == 400


def test_a_call_may_have_many_arguments(client: redis.Redis) -> None:
    values = [b"value-%d" % number for number in range(50_000)]
    assert client.rpush("many", *values) == len(values)
    assert client.lrange("many", 0, -1) == values


def test_one_that_waits_keeps_nobody(client: redis.Redis, server: Server) -> None:
    with ThreadPoolExecutor() as threads, _client(server) as other:
        waiting = threads.submit(other.blpop, ["queue"], 60)
        _until(
            lambda: (
                "blpop" in {each["cmd"] for each in client.client_list()} or _clients(client) > 1
            )
        )
        client.rpush("queue", "a")
        assert waiting.result(60) in ((b"queue", b"a"), [b"queue", b"a"])
        assert other.blpop(["queue"], 0.01) is None


def test_one_that_goes_away_while_it_waits_takes_nothing(
    client: redis.Redis, server: Server
) -> None:
    before = _clients(client)
    with _client(server) as other:
        connection = other.connection_pool.get_connection()
        connection.send_command("BLPOP", "queue", 0)
        _until(lambda: _clients(client) > before)
        connection.disconnect()
    _until(lambda: _clients(client) == before)
    client.rpush("queue", "a")
    assert client.lrange("queue", 0, -1) == [b"a"]


def test_what_is_published_comes(client: redis.Redis, server: Server) -> None:
    with _client(server) as other, client.pubsub() as listening:
        listening.subscribe("a", "b")
        kinds = [(listening.get_message(timeout=60) or {})["type"] for _ in range(2)]
        assert kinds == ["subscribe", "subscribe"]
        assert other.publish("b", "news") == 1
        message = listening.get_message(timeout=60)
        assert message is not None
        assert (message["channel"], message["data"]) == (b"b", b"news")


def test_what_a_client_sent_is_done_before_what_another_sends_later(server: Server) -> None:
    # A thread for each connection once did the commands of one that had gone at any later time.
    with _client(server) as client:
        for number in range(50):
            with _client(server) as other:
                connection = other.connection_pool.get_connection()
                commands = (connection.pack_command("RPUSH", "list", each) for each in range(20))
                # At once: several packets of one client need not arrive before that of another.
                connection.send_packed_command([b"".join(itertools.chain(*commands))])
                connection.disconnect()
            assert client.rpush("list", "last") == 21 * (number + 1)


def test_one_that_is_killed_by_another_is_cut_off(client: redis.Redis, server: Server) -> None:
    with _client(server) as other:
        number = other.client_id()
        assert client.client_kill_filter(_id=str(number)) == 1
        with pytest.raises(redis.ConnectionError):
            other.ping()
    assert client.ping()


def test_fakeredis_forgets_who_has_gone(client: redis.Redis, server: Server) -> None:
    before = _clients(client)
    for _ in range(20):
        with _client(server) as other:
            other.ping()
    _until(lambda: _clients(client) == before)


def test_answers_do_not_wait_for_acknowledgements_of_others() -> None:
    # Seen from outside it is a time: 40 ms in half of the cases.
    async def delays() -> Any:
        server = FakeRedisServer("password")
        port = await server.start()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"AUTH password\r\n")
        assert await reader.readline() == b"+OK\r\n"
        (connection,) = server.connections
        accepted = connection.transport.get_extra_info("socket")
        option = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        await writer.wait_closed()
        await server.stop()
        return option

    assert asyncio.run(delays())


def test_nothing_private_of_fakeredis_is_used() -> None:
    # What is private has moved between releases.
    for module in (fakeredis_host, fakeredis_server, fakeredis_protocol):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{each.name}" for each in node.names]
            elif isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            else:
                continue
            assert not any(name.startswith("fakeredis.") and "._" in name for name in names)
            assert all(
                name.removeprefix("fakeredis.") in fakeredis.__all__
                for name in names
                if name.startswith("fakeredis.")
            )


COMMANDS = [[b"SET", b"a", b""], [b"PING"], [b"SET", b"b", b"\r\n$3\r\n" * 10_000]]


@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_commands_come_in_pieces_of_any_size(size: int) -> None:
    requests, found = Requests(), []
    sent = b"".join(b"".join(pieces(command)) for command in COMMANDS)
    for start_of_piece in range(0, len(sent), size):
        requests.feed(sent[start_of_piece : start_of_piece + size])
        while (command := requests.take()) is not None:
            found.append(command)
    assert found == COMMANDS


@pytest.mark.parametrize("sent", [b"*x\r\n", b"*-1\r\n", b"*1\r\n:3\r\n", b"*1\r\n$x\r\n"])
def test_what_is_no_command_is_refused(sent: bytes, server: Server) -> None:
    requests = Requests()
    requests.feed(sent)
    with pytest.raises(MalformedRequest):
        requests.take()
    port = int(server.url.rpartition(":")[2].removesuffix("/0"))
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        with connection.makefile("rb") as answer:
            assert answer.read().startswith(b"-ERR Protocol error")


def test_an_answer_of_no_known_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        encoded(object(), 3)

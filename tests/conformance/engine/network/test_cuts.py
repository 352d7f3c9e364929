"""Connections that are cut at a packet: what each side has got, and what it sees."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from memcert.engine.network import Cut, Network

Make = Callable[..., Any]

RESET = "ConnectionResetError"
LARGE = 12 * 2**20


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("to_server", [False, True])
@pytest.mark.parametrize("packet", [0, 2])
def test_what_each_side_sees(
    network: Network,
    connect: Make,
    recorder: Any,
    eventually: Make,
    packet: int,
    to_server: bool,
    delivered: bool,
    everywhere: bool,
) -> None:
    client, other = connect(), connect()
    client.ask(b"before")
    other.ask(b"before")
    network.arm(Cut(packet, to_server, delivered, everywhere))
    for number in range(packet):
        assert client.ask(b"%d" % number) == b"%d" % number
    client.sendall(b"request")
    replied = delivered and not to_server
    assert client.outcome() == ((b"request", "end") if replied else (b"", RESET))
    eventually(lambda: recorder.ends[0])
    requested = b"" if to_server and not delivered else b"request"
    assert recorder.received[0] == b"before" + b"01"[:packet] + requested
    assert recorder.ends[0] == ("end" if to_server and delivered else RESET)
    if everywhere:
        assert other.outcome() == (b"", RESET)
        eventually(lambda: recorder.ends[1] == RESET)
    else:
        assert other.ask(b"after") == b"after"
    assert network.disarm()
    assert network.disarm()
    # It was for once, and one can connect again.
    client = connect()
    for _ in range(packet + 2):
        assert client.ask(b"again") == b"again"


def test_packets_are_counted_over_all_connections(record: Make, connect: Make) -> None:
    first, second = record(), record()
    with Network([first.address, second.address]) as network:
        one, two = (connect(address) for address in network.addresses)
        one.ask(b"before")
        network.arm(Cut(2, to_server=False, delivered=False))
        one.ask(b"0")
        two.ask(b"1")
        two.sendall(b"2")
        assert two.outcome() == (b"", RESET)
        assert one.ask(b"3") == b"3"
    assert second.received == [b"12"]


def test_arming_again_counts_anew(network: Network, connect: Make) -> None:
    client = connect()
    network.arm(Cut(2, to_server=True, delivered=False))
    client.ask(b"0")
    client.ask(b"1")
    network.arm(Cut(1, to_server=True, delivered=False))
    client.ask(b"0")
    client.sendall(b"1")
    assert client.outcome() == (b"", RESET)
    assert network.disarm()
    network.arm(Cut(0, to_server=True, delivered=False))
    assert not network.disarm()


def test_nothing_was_armed(network: Network) -> None:
    assert not network.disarm()


def test_a_packet_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="counted from 0: -1"):
        Cut(-1, to_server=True, delivered=True)


@pytest.mark.parametrize("to_server", [False, True])
def test_a_late_packet(
    network: Network, connect: Make, recorder: Any, eventually: Make, to_server: bool
) -> None:
    network.latency = 0.02
    client = connect()
    network.arm(Cut(1, to_server, delivered=True))
    client.ask(b"0")
    client.sendall(b"1")
    assert client.outcome() == ((b"", RESET) if to_server else (b"1", "end"))
    eventually(lambda: recorder.ends[0])
    assert recorder.received == [b"01"]


@pytest.mark.parametrize("delivered", [False, True])
def test_what_comes_before_arrives_however_slow_the_server_is(
    record: Make, connect: Make, eventually: Make, delivered: bool
) -> None:
    """What the server has not read is more than its kernel takes: the cut waits for it."""
    recorder = record(lambda _, __: None)
    recorder.may_read.clear()
    data = random.Random(2).randbytes(LARGE)
    with Network([recorder.address]) as network, connect(network.addresses[0]) as client:

        def send() -> None:
            with suppress(OSError):
                client.sendall(data)

        network.arm(Cut(20, to_server=True, delivered=delivered))
        sender = threading.Thread(target=send)
        sender.start()
        eventually(lambda: network.traffic().packets_to_server == 21)
        recorder.may_read.set()
        assert client.outcome()[1] in {"end", RESET}
        sender.join()
        eventually(lambda: recorder.ends[0])
        traffic = network.traffic()
        assert network.disarm()
    (received,) = recorder.received
    assert data.startswith(received)
    assert traffic.packets_to_server == 21
    if delivered:
        assert len(received) == traffic.bytes_to_server
    else:
        assert traffic.bytes_to_server - 2**16 <= len(received) < traffic.bytes_to_server


def test_a_delivered_reply_can_be_read_late(
    network: Network, connect: Make, eventually: Make
) -> None:
    client = connect()
    network.arm(Cut(0, to_server=False, delivered=True))
    client.sendall(b"x")
    eventually(lambda: network.traffic().packets_to_client)
    # What the client goes on sending, and other cuts, do not destroy it.
    for _ in range(10):
        client.sendall(b"y" * 1000)
        time.sleep(0.002)
    network.cut_all()
    assert client.outcome() == (b"x", "end")


def test_settled_waits_for_the_server(network: Network, connect: Make, recorder: Any) -> None:
    client = connect()
    recorder.may_read.clear()
    network.arm(Cut(0, to_server=True, delivered=True))
    client.sendall(b"x")
    assert client.outcome() == (b"", RESET)
    assert not network.settled(0.05)
    recorder.may_read.set()
    assert network.settled(10)
    assert recorder.received == [b"x"]


def test_cut_all(network: Network, connect: Make, recorder: Any, eventually: Make) -> None:
    one, two = connect(), connect()
    one.ask(b"x")
    two.ask(b"x")
    network.cut_all()
    assert one.outcome() == two.outcome() == (b"", RESET)
    eventually(lambda: recorder.ends == [RESET, RESET])
    assert connect().ask(b"x") == b"x"

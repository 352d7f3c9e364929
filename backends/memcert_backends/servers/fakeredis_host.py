"""The process that embedded Redis servers live in: ``python -m`` runs it, pipes command it.

Each line on standard input is a request, answered by one line on standard output: ``open`` starts
an empty server and answers its TCP port, ``close PORT`` stops it. The process ends when its
standard input does, so it cannot outlive the one that started it.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

from fakeredis import TcpFakeServer
from fakeredis._clients._tcp_server import Writer
from redis.exceptions import AuthenticationError, ResponseError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

HOST = "127.0.0.1"

_PIECE = 16 * 1024
_LARGE_PIECE = 128 * 1024
_POLL_SECONDS = 0.02
_LONGEST_STATUS = 100


class _Received:
    """What a client sent, in pieces of some size where fakeredis asks for lines.

    Its parser takes any pieces. A text of many lines would cost it the square of their number,
    and a call with many arguments two rounds of its loop for each. It copies what is left of a
    piece for each argument in it, and what there is of an argument for each piece of it: small
    pieces are for small arguments, large ones for large arguments.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._size = _PIECE

    def fileno(self) -> int:
        return self._connection.fileno()

    def readline(self) -> bytes:
        try:
            piece = self._connection.recv(self._size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            piece = b""
        within_argument = len(piece) == self._size and piece.count(b"\r\n$") < 2
        self._size = _LARGE_PIECE if within_argument else _PIECE
        return piece

    def close(self) -> None:
        """Leave the connection open: it answers, too."""


class _Connection(socket.socket):
    def makefile(self, *_: object, **__: object) -> Any:
        return _Received(self)

    def sendall(self, data: ReadableBuffer, flags: int = 0, /) -> None:
        # fakeredis makes the connection non-blocking, to read; an answer that is larger than the
        # connection's buffer would then be an error.
        self.setblocking(True)
        super().sendall(data, flags)


class _Client:
    """The client of fakeredis behind a connection, which gives errors back as answers.

    Raised, fakeredis answers them too, and then closes the connection, which no Redis does.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def read_response(self) -> Any:
        try:
            return self._client.read_response()
        except (AuthenticationError, ResponseError) as error:
            return error


class _Writer(Writer):
    """What answers a client, with texts as a Redis sends them.

    fakeredis no longer knows which answers are statuses when it writes them, and sends every text
    without a line break as one: on a line, which clients take up to some length only.
    """

    def dump(self, value: Any) -> None:
        text = value.encode() if isinstance(value, str) else value
        if isinstance(text, bytes) and len(text) > _LONGEST_STATUS:
            self.write(b"$%d\r\n%s\r\n" % (len(text), text))
            self.writer.flush()
        else:
            super().dump(value)


class _Server(TcpFakeServer):
    # The default, 5, makes a sixth client that connects at the same time wait for a second.
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__((HOST, 0))
        # Else each thread is kept, and waited for at the end.
        self.daemon_threads = True

        class Handler(self.RequestHandlerClass):  # type: ignore[name-defined,misc]
            def setup(self) -> None:
                super().setup()
                self.current_client: Any = _Client(self.current_client)
                self.writer = _Writer(self.client_address, self.wfile, self)

        self.RequestHandlerClass = Handler

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away, which is what clients do."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted, address = super().get_request()
        # A driver sends its first commands at once, and the answer to the second would wait 40 ms
        # for the acknowledgement of the first: Nagle's algorithm against delayed acknowledgements.
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Connection(fileno=accepted.detach()), address


def _open(servers: dict[int, _Server]) -> int:
    server = _Server()
    port: int = server.server_address[1]
    servers[port] = server
    threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
    return port


def _close(server: _Server) -> None:
    server.shutdown()
    server.server_close()


def main() -> None:
    """Answer requests until standard input ends."""
    servers: dict[int, _Server] = {}
    for request in sys.stdin:
        match request.split():
            case ["open"]:
                answer = str(_open(servers))
            case ["close", port] if int(port) in servers:
                _close(servers.pop(int(port)))
                answer = f"closed {port}"
            case _:
                answer = f"unknown request {request.strip()!r}"
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    # Threads that still serve a client must not keep the process.
    os._exit(0)


if __name__ == "__main__":
    main()

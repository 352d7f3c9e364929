"""What a test tells an emulator, over its control port."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

_SECONDS = 30.0


class Control:
    """The control port of an emulator; each call is one request, and blocks for a millisecond.

    Args:
        host: where it is.
        port: its port.
        token: what it asks for, so that nobody else uses it.
    """

    def __init__(self, host: str, port: int, token: str) -> None:
        self.host = host
        self.port = port
        self.headers = {"authorization": f"Bearer {token}"}

    def state(self) -> dict[str, Any]:
        """Return how it is set up, its tables, and what its indexes have still to take in."""
        found: dict[str, Any] = self._ask("GET", "/")
        return found

    def fail(self, api: str = "*", **fault: Any) -> None:
        """Have calls go wrong.

        Args:
            api: the operation; ``*`` for every one.
            fault: `tablestore_emulator.faults.Fault` says which there are.

        Raises:
            ValueError: there is no such fault.
        """
        self._ask("POST", "/faults", {"api": api, **fault})

    def faults(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come."""
        found: list[dict[str, Any]] = self._ask("GET", "/faults")
        return found

    def clear_faults(self) -> None:
        """Have nothing go wrong any more."""
        self._ask("DELETE", "/faults")

    def set_lag(self, lag: str | None = None, secondary_lag: str | None = None) -> None:
        """Set how far indexes are behind, also with what waits already.

        Args:
            lag: that of search indexes, such as ``1-3s``, ``0`` or ``manual``.
            secondary_lag: that of global secondary indexes.
        """
        given = {"lag": lag, "secondary_lag": secondary_lag}
        self._ask("POST", "/lag", {name: it for name, it in given.items() if it is not None})

    def catch_up(self, table: str | None = None, index: str | None = None) -> int:
        """Let indexes take in what waits, due or not.

        Args:
            table: only those of one table.
            index: only those of one name.

        Returns:
            How many changes they took in.
        """
        given = {"table": table, "index": index}
        answer = self._ask(
            "POST", "/catch_up", {name: it for name, it in given.items() if it is not None}
        )
        return int(answer["taken"])

    def freeze(self, **what: bool) -> None:
        """Stop something, or let it go on.

        Args:
            what: ``clock`` (it stands still), ``indexes`` (they take in nothing by themselves),
                ``requests`` (they are answered when they go on): True to stop, False to go on.
        """
        self._ask("POST", "/freeze", what)

    @contextmanager
    def frozen(self, what: str) -> Iterator[None]:
        """Stop something for a while.

        Args:
            what: ``clock``, ``indexes`` or ``requests``.
        """
        self.freeze(**{what: True})
        try:
            yield
        finally:
            self.freeze(**{what: False})

    def clock(self) -> float:
        """Return the emulator's time, in seconds since 1970."""
        return float(self._ask("POST", "/clock")["clock"])

    def advance(self, seconds: float) -> float:
        """Move the emulator's clock forwards.

        Args:
            seconds: by how much.

        Returns:
            Its time, in seconds since 1970.
        """
        return float(self._ask("POST", "/clock", {"advance": seconds})["clock"])

    def calls(self, api: str | None = None) -> list[dict[str, Any]]:
        """Return the calls that clients made, the latest last.

        Args:
            api: only those of one operation.
        """
        query = "" if api is None else "?" + urlencode({"api": api})
        found: list[dict[str, Any]] = self._ask("GET", f"/calls{query}")
        return found

    def clear_calls(self) -> None:
        """Forget the calls."""
        self._ask("DELETE", "/calls")

    def reset(self) -> None:
        """Have the emulator be as it was at the start: no tables, no faults, no calls."""
        self._ask("POST", "/reset")

    def snapshot(self) -> dict[str, Any]:
        """Return the emulator's state as JSON."""
        found: dict[str, Any] = self._ask("GET", "/snapshot")
        return found

    def restore(self, state: dict[str, Any]) -> None:
        """Give the emulator a state.

        Args:
            state: what `snapshot` returned.
        """
        self._ask("PUT", "/snapshot", state)

    def save(self, path: str | None = None) -> str:
        """Have the emulator write its state to a file.

        Args:
            path: the file; None for that of its start.

        Returns:
            The file.
        """
        return str(self._ask("POST", "/snapshot", {} if path is None else {"path": path})["path"])

    def _ask(self, method: str, path: str, given: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_SECONDS)
        try:
            body = None if given is None else json.dumps(given)
            connection.request(method, path, body, self.headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status == 403:
            raise PermissionError(said["error"])
        if answer.status != 200:
            raise ValueError(said.get("error", f"the control port answered {answer.status}"))
        return said

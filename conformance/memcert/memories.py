"""Memories of a backend for a script, such as the one that shows a counterexample."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack, ExitStack
from types import TracebackType
from typing import Any, Self

from memcert.engine.clients.handle import opened
from memcert.engine.clients.opening import space_of
from memcert.engine.programs.program import SpaceName
from memcert.resolver import resolve
from memcert_backends.servers import start
from memcert_backends.servers.contents import places_of


class open_memories:  # noqa: N801 - used as a function, in `async with open_memories(...)`
    """Start a backend's store and open memories in new spaces, as the kit does.

    Args:
        backend: the backend, by any of its names.
        server: how its store is started.
    """

    def __init__(self, backend: str, server: str | None = None) -> None:
        self._backend = resolve(backend)
        self._how = server
        self._token = uuid.uuid4().hex[:12]
        self._servers = ExitStack()
        self._opened: dict[int, tuple[SpaceName, AsyncExitStack]] = {}

    async def __aenter__(self) -> Self:
        self._server = (
            None
            if self._backend.store is None
            else self._servers.enter_context(start(self._backend.store, self._how))
        )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._servers:
            for _, stack in self._opened.values():
                await stack.aclose()

    async def open(
        self,
        user: str = "",
        session: str = "",
        *,
        shared_session: bool = False,
        shared_user: bool = False,
    ) -> Any:
        """Open a memory in a space of this script.

        Args:
            user: the end of the user's id; the same text is the same user.
            session: the end of the session's id.
            shared_session: whether the session's id is just that, with nothing new before it.
            shared_user: whether the user's id is.
        """
        return await self._open(SpaceName(user, session, shared_session, shared_user))

    async def reopen(self, memory: Any) -> Any:
        """Close a memory, as its factory does, and open another one in its space.

        Args:
            memory: a memory that was opened here.
        """
        name, stack = self._opened.pop(id(memory))
        await stack.aclose()
        return await self._open(name)

    def places_of(self, text: str) -> list[str]:
        """Return where the store holds a text; `memcert_backends.servers.contents.places_of`.

        Args:
            text: ASCII letters, digits and hyphens.
        """
        return [] if self._server is None else places_of(self._server, text)

    async def _open(self, name: SpaceName) -> Any:
        stack = AsyncExitStack()
        space = space_of(name, self._token, self._server)
        memory = await stack.enter_async_context(opened(self._backend, space))
        self._opened[id(memory)] = name, stack
        return memory

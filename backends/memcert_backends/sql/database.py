"""A database server as a store: its own binaries, a container, or one that runs already.

Either way memcert works in a new database with a name of its own, which it drops at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from memcert_backends.servers.server import KillableServer, Server, ServerUnavailable


@dataclass(frozen=True)
class DatabaseStore:
    """A database server, and the ways to have one.

    Args:
        store: its name in `memcert_backends.servers.STORES`, and that of the extra it needs.
        title: its name in sentences.
        drivers: the drivers that it can be used with, any of them.
        image: what a container is made of.
        port: the port that it listens on there.
        user: the user who may create databases there.
        environment: the container's environment, ``{password}`` standing for a new password.
        command: what the container runs.
        process: the module that starts its binaries; imported when it is needed, since it needs
            SQLAlchemy. It has ``PRODUCT``, ``KEPT``, ``why_no_process`` and ``process``.
    """

    store: str
    title: str
    drivers: Sequence[str]
    image: str
    port: int
    user: str
    environment: Mapping[str, str]
    command: Sequence[str]
    process: str

    def start(self, how: str) -> AbstractContextManager[Server]:
        """Start one, or connect to a running one; it is stopped when the context ends.

        Args:
            how: ``process``, ``container``, or the URL of a running one, whose user may create
                databases.

        Raises:
            ServerUnavailable: it cannot be had in this way; one line says why.
        """
        reason = self.why_not("url" if "://" in how else how)
        if reason is not None:
            raise ServerUnavailable(f"{self.store}: {reason}")
        if how == "process":
            return self._process()
        return self._container() if how == "container" else self._running(how)

    def why_not(self, how: str) -> str | None:
        """Return why one cannot be had here in some way, in one line; None if it can be.

        Args:
            how: ``embedded``, ``process``, ``container`` or ``url``.
        """
        if find_spec("sqlalchemy") is None or not any(map(find_spec, self.drivers)):
            return f"its driver is missing; pip install 'memcert[{self.store}]'"
        if how == "embedded":
            return f"{self.title} cannot be embedded: use process, container or a URL"
        if how == "process":
            reason: str | None = self._module().why_no_process()
            return reason
        if how == "container":
            from memcert_backends.servers.container import why_not as why_no_container

            return why_no_container()
        if how == "url":
            return None
        return f"--server is {self._ways()}, not {how!r}"

    def _ways(self) -> str:
        return f"process, container or a {self.store}:// URL"

    def _module(self) -> Any:
        return import_module(self.process)

    @contextmanager
    def _process(self) -> Iterator[Server]:
        module = self._module()
        with (
            module.process() as (url, _),
            module.PRODUCT.new_database(url, "process", self._killable) as server,
        ):
            yield server

    @contextmanager
    def _killable(self) -> Iterator[KillableServer]:
        from memcert_backends.servers.killable import killable

        module = self._module()
        with (
            module.process(module.KEPT) as (url, process),
            module.PRODUCT.new_database(url, "process") as server,
            killable(server, [process]) as made,
        ):
            yield made

    @contextmanager
    def _container(self) -> Iterator[Server]:
        import sqlalchemy

        from memcert_backends.servers.container import container

        product = self._module().PRODUCT
        password = secrets.token_hex(16)
        environment = {
            name: value.format(password=password) for name, value in self.environment.items()
        }
        with container(
            self.store, self.image, self.port, environment, list(self.command)
        ) as running:
            scheme = product.schemes[0]
            url = sqlalchemy.URL.create(scheme, self.user, password, running.host, running.port)
            running.when_ready(partial(product.execute, url, product.version))
            with product.new_database(url, "container") as server:
                yield server

    @contextmanager
    def _running(self, how: str) -> Iterator[Server]:
        product = self._module().PRODUCT
        url = product.parse(how)
        if url is None:
            raise ServerUnavailable(
                f"{self.store}: --server is {self._ways()}, not {how.partition('://')[0]!r}"
            )
        with product.new_database(url, "url") as server:
            yield server

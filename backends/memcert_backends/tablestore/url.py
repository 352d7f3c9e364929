"""A place in Tablestore as one URL: ``tablestore://KEYID:SECRET@host:port/instance``.

Behind a question mark: ``scheme=http`` for a service without TLS, such as the emulator, ``table``,
and ``sts_token``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEME = "tablestore"

EXAMPLE = f"{SCHEME}://KEYID:SECRET@host:port/instance"
"""What such a URL looks like."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class TablestoreURL:
    """A table of an instance, and the key to it.

    Args:
        host: where the service is.
        port: its port.
        instance_name: the instance.
        access_key_id: the key to sign with.
        access_key_secret: its secret.
        scheme: ``https`` or ``http``.
        table_name: the table; None for the default.
        sts_token: the token of a temporary key.
    """

    host: str
    port: int
    instance_name: str
    access_key_id: str
    access_key_secret: str
    scheme: str = "https"
    table_name: str | None = None
    sts_token: str | None = None

    @classmethod
    def parse(cls, url: str) -> TablestoreURL:
        """Return the place that a URL names.

        Args:
            url: the URL.

        Raises:
            ValueError: it names none; the text has no secrets in it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(f"it is no URL such as {EXAMPLE}") from None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        scheme = query.pop("scheme", "https")
        table, token = query.pop("table", None), query.pop("sts_token", None)
        if query:
            raise ValueError(f"it has scheme, table and sts_token behind '?', no {min(query)!r}")
        instance = unquote(parts.path.strip("/"))
        given = (parts.hostname, instance, parts.username, parts.password)
        if parts.scheme != SCHEME or scheme not in _PORTS or not all(given):
            raise ValueError(f"it is no URL such as {EXAMPLE}")
        return cls(
            host=parts.hostname or "",
            port=port or _PORTS[scheme],
            instance_name=instance,
            access_key_id=unquote(parts.username or ""),
            access_key_secret=unquote(parts.password or ""),
            scheme=scheme,
            table_name=table,
            sts_token=token,
        )

    def __str__(self) -> str:
        key = f"{quote(self.access_key_id, safe='')}:{quote(self.access_key_secret, safe='')}"
        given = {"scheme": self.scheme, "table": self.table_name, "sts_token": self.sts_token}
        query = urlencode({name: value for name, value in given.items() if value is not None})
        return f"{SCHEME}://{key}@{self._place}/{quote(self.instance_name, safe='')}?{query}"

    @property
    def end_point(self) -> str:
        """The service's URL."""
        return f"{self.scheme}://{self._place}"

    @property
    def client_options(self) -> dict[str, Any]:
        """What a client of the SDK takes."""
        return {
            "end_point": self.end_point,
            "instance_name": self.instance_name,
            "access_key_id": self.access_key_id,
            "access_key_secret": self.access_key_secret,
            "sts_token": self.sts_token,
        }

    @property
    def memory_options(self) -> dict[str, Any]:
        """What a memory takes beside a client."""
        return {} if self.table_name is None else {"table_name": self.table_name}

    def at(self, host: str, port: int) -> TablestoreURL:
        """Return the same place, reached elsewhere.

        Args:
            host: the other host.
            port: the other port.
        """
        return replace(self, host=host, port=port)

    @property
    def _place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

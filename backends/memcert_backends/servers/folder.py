"""A folder: what a store is to a memory that keeps its content in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from urllib.request import url2pathname

from memcert_backends.servers.server import WAYS, Server, ServerUnavailable

URL = "file:///path/to/folder"
"""What the URL of one that is there looks like."""


def start(how: str) -> AbstractContextManager[Server]:
    """Give a folder.

    Args:
        how: ``embedded`` for a new one, removed at the end, or the ``file:`` URL of one that is
            there already.

    Raises:
        ServerUnavailable: it was asked for as a process or a container, or is not there.
    """
    reason = why_not("url" if how.startswith("file:") else how)
    if reason is not None:
        raise ServerUnavailable(f"folder: {reason}")
    return _new_folder() if how == "embedded" else _as_it_is(how)


def why_not(how: str) -> str | None:
    """Return why a folder cannot be had here in some way, in one line; None if it can be.

    Args:
        how: ``embedded``, ``process``, ``container`` or ``url``.
    """
    if how in {"embedded", "url"}:
        return None
    # Without the password that a URL may hold.
    said = "" if how in WAYS else f", not {how.partition('://')[0]!r}"
    return f"a folder has no server: use embedded, or a URL such as {URL}{said}"


def path_of(url: str) -> Path:
    """Return the folder that a URL stands for.

    Args:
        url: a ``file:`` URL.
    """
    return Path(url2pathname(urlsplit(url).path))


def places_of(url: str, text: str) -> list[str]:
    """Return the files of a folder that hold a text, in their names or in what they hold.

    Args:
        url: the folder's ``file:`` URL.
        text: ASCII letters, digits and hyphens.
    """
    folder = path_of(url)
    return sorted(
        f"file {path.relative_to(folder)}"
        for path in folder.rglob("*")
        if text in path.name or (path.is_file() and text.encode() in path.read_bytes())
    )


@contextmanager
def _new_folder() -> Iterator[Server]:
    with TemporaryDirectory(prefix="memcert-folder-", ignore_cleanup_errors=True) as folder:
        yield Server(
            url=Path(folder).as_uri(),
            store="folder",
            how="embedded",
            version="folder",
            fresh=_new_folder,
            addresses=(),
        )


@contextmanager
def _as_it_is(url: str) -> Iterator[Server]:
    if not path_of(url).is_dir():
        raise ServerUnavailable(f"{url} is no folder")
    yield Server(url=url, store="folder", how="url", version="folder", addresses=())

"""A folder: what a store is to a memory that keeps its content in files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from urllib.request import url2pathname

from memcert_backends.servers.server import Server, ServerUnavailable


def start(how: str) -> AbstractContextManager[Server]:
    """Give a folder.

    Args:
        how: ``embedded`` for a new one, removed at the end, or the ``file:`` URL of one that is
            there already.

    Raises:
        ServerUnavailable: it was asked for as a process or a container, or is not there.
    """
    if how == "embedded":
        return _new_folder()
    if how.startswith("file:"):
        return _as_it_is(how)
    raise ServerUnavailable(
        f"a folder has no server that could be started as {how!r}: use embedded, or a URL such as"
        " file:///path/to/folder"
    )


def path_of(url: str) -> Path:
    """Return the folder that a URL stands for.

    Args:
        url: a ``file:`` URL.
    """
    return Path(url2pathname(urlsplit(url).path))


@contextmanager
def _new_folder() -> Iterator[Server]:
    with TemporaryDirectory(prefix="memcert-folder-", ignore_cleanup_errors=True) as folder:
        yield Server(
            url=Path(folder).as_uri(),
            store="folder",
            how="embedded",
            version="folder",
            fresh=_new_folder,
        )


@contextmanager
def _as_it_is(url: str) -> Iterator[Server]:
    if not path_of(url).is_dir():
        raise ServerUnavailable(f"{url} is no folder")
    yield Server(url=url, store="folder", how="url", version="folder")

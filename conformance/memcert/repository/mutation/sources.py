"""What there are mutants of: a row each, with the files, and the backend that they are part of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from memcert.engine.rule import Level
from memcert.repository.mutation.edits import Edit
from memcert.repository.mutation.lua_source import lua_compiler, lua_edits
from memcert.repository.mutation.mutation import Mutation, mutations_of
from memcert.repository.mutation.python_source import is_python, python_edits
from memcert.repository.mutation.sql_source import sql_edits


@dataclass(frozen=True)
class Source:
    """What there are mutants of.

    Args:
        name: how it is named.
        text: what it is, in a few words.
        files: its files, from the root of the repository.
        edits: returns the changes of a file's text, functions that are left out apart.
        skipped: the functions that are left out.
        why_skipped: why they are, in one sentence.
        backend: the built-in backend that its mutants are part of; "" for the reference itself.
        server: how that one's store is started; None for its own way.
        level: up to which level a mutant is certified.
    """

    name: str
    text: str
    files: Sequence[str]
    edits: Callable[[str, frozenset[str]], Iterable[Edit]]
    skipped: frozenset[str] = frozenset()
    why_skipped: str = ""
    backend: str = ""
    server: str | None = None
    level: Level = Level.DURABLE


def _python(text: str, skipped: frozenset[str]) -> Iterator[Edit]:
    yield from python_edits(text, skipped=skipped)


def _lua(text: str, skipped: frozenset[str]) -> Iterator[Edit]:
    yield from lua_edits(text, skipped=skipped)


def _sql(text: str, skipped: frozenset[str]) -> Iterator[Edit]:
    # A text that is no SQL is a name there, of a parameter or a column: any other one fails.
    yield from python_edits(text, skipped=skipped, texts=False)
    yield from sql_edits(text, skipped=skipped)


_REFERENCE = "reference/memcert_reference"
_LUA = "backends/memcert_backends/redis/lua"
_SQL = "backends/memcert_backends/sql"

SOURCES = {
    source.name: source
    for source in (
        Source(
            "reference",
            "the reference",
            tuple(
                f"{_REFERENCE}/{name}.py"
                for name in ("memory", "arguments", "message", "values", "state", "blocks")
            ),
            _python,
            skipped=frozenset(
                {
                    "Msg.__repr__",
                    "Msg.get_content_blocks",
                    "Msg.get_text_content",
                    "Msg.has_content_blocks",
                    "Msg.to_dict",
                    "not_a_message",
                }
            ),
            why_skipped="no operation of a memory calls these methods of a message, and the"
            " function makes the text of an error",
            level=Level.CORE,
        ),
        Source(
            "json-text",
            "the reference's JSON text, as the SQL memory uses it on SQLite",
            (f"{_REFERENCE}/json_text.py",),
            _python,
            backend="sqlite",
        ),
        Source(
            "lua",
            "the scripts of the Redis memory",
            tuple(
                f"{_LUA}/{name}.lua"
                for name in (
                    "add",
                    "clear",
                    "delete",
                    "delete_by_mark",
                    "export",
                    "read",
                    "replace",
                    "size",
                    "space",
                    "update_marks",
                    "whole",
                    "write_summary",
                )
            ),
            _lua,
            skipped=frozenset({"deadline_wanted", "may", "milliseconds", "refresh", "QUESTIONS"}),
            why_skipped="they are about expiry and a user's rights, which no rule is about: no"
            " backend that is certified has any",
            backend="redis",
            server="process",
        ),
        Source(
            "sqlite",
            "the statements of the SQL memory on SQLite",
            (
                f"{_SQL}/sqlite/statements.py",
                f"{_SQL}/sqlite/replacement.py",
                f"{_SQL}/reads.py",
            ),
            _sql,
            backend="sqlite",
        ),
        Source(
            "postgresql",
            "the statements of the SQL memory on PostgreSQL",
            (f"{_SQL}/postgresql/operations.py",),
            _sql,
            backend="postgresql",
            server="process",
        ),
    )
}
"""Every source, by its name."""


def path_of(file: str) -> Path:
    """Return where a file of a package is, as this Python imports it.

    Args:
        file: the file, from the root of the repository.
    """
    _, package, *rest = file.split("/")
    (folder,) = import_module(package).__path__
    return Path(folder, *rest)


def mutations(source: Source) -> Iterator[Mutation]:
    """Yield the mutations of a source, file by file, in the order of their places.

    Args:
        source: the source.
    """
    for file in source.files:
        text = path_of(file).read_text(encoding="utf-8")
        is_valid = lua_compiler() if file.endswith(".lua") else is_python
        yield from mutations_of(
            source.name, file, text, source.edits(text, source.skipped), is_valid
        )

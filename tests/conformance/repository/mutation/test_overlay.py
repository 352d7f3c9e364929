"""What is laid out for a mutant, and that it is what is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from memcert.repository.mutation.overlay import lay_out
from memcert.repository.mutation.sources import SOURCES, path_of

INSTALL = """
import sys
from pathlib import Path
from memcert.repository.mutation.overlay import install
install(Path(sys.argv[1]))
"""


def said(folder: Path, code: str) -> str:
    """Return what a new process prints that imports from a folder first."""
    done = subprocess.run(
        [sys.executable, "-c", INSTALL + code, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def laid_out(folder: Path, source: str, file: str, old: str, new: str) -> Path:
    text = path_of(file).read_text("utf-8")
    assert old in text
    lay_out(folder, SOURCES[source], file, text.replace(old, new, 1))
    return folder


def test_a_mutated_reference_is_beside_the_one_that_judges(tmp_path: Path) -> None:
    file = "reference/memcert_reference/values.py"
    laid_out(tmp_path, "reference", file, "MAX_DEPTH = 100", "MAX_DEPTH = 7")
    code = (
        "import memcert_reference.values, mutated_reference.values, mutated_reference.state\n"
        "import mutated_reference.memory, memcert_reference\n"
        "print(memcert_reference.values.MAX_DEPTH, mutated_reference.values.MAX_DEPTH)\n"
        "print(mutated_reference.state.Msg is memcert_reference.Msg)\n"
        "print(mutated_reference.message.json_copy is mutated_reference.values.json_copy)\n"
    )
    assert said(tmp_path, code).split() == ["100", "7", "True", "True"]


def test_a_mutated_message_is_of_a_class_of_its_own(tmp_path: Path) -> None:
    file = "reference/memcert_reference/message.py"
    laid_out(tmp_path, "reference", file, "self.name = name", "self.name = 'mutated'")
    code = (
        "from memcert_reference import Msg\n"
        "from mutated_reference.memory import InMemoryMemory\n"
        "from mutated_reference.message import Msg as Mutated\n"
        "from memcert.repository.mutation.messages import given_other_messages\n"
        "import asyncio\n"
        "memory = given_other_messages(InMemoryMemory, Mutated)()\n"
        "changed = Msg('n', 'x', 'user', id='m1')\n"
        "changed.id = 'm2'\n"
        "changed.metadata = None\n"
        "asyncio.run(memory.add([Msg('n', 'x', 'user', id='m0'), changed], marks=['a']))\n"
        "print([(m.id, m.name) for m in asyncio.run(memory.get_memory(mark='a'))])\n"
    )
    assert said(tmp_path, code) == "[('m0', 'mutated'), ('m2', 'n')]"


def test_the_json_text_of_a_sql_memory_is_the_mutated_one(tmp_path: Path) -> None:
    file = "reference/memcert_reference/json_text.py"
    laid_out(tmp_path, "json-text", file, "10**4000", "10**7")
    code = (
        "import memcert_backends.stored_memory as stored, memcert_backends.sql.operations as sql\n"
        "print(stored.dump_json.__module__, sql.load_json.__module__)\n"
    )
    assert said(tmp_path, code).split() == ["mutated_reference.json_text"] * 2


@pytest.mark.parametrize(
    ("source", "file", "old", "code"),
    [
        (
            "lua",
            "backends/memcert_backends/redis/lua/size.lua",
            "return unchanged(message_count)",
            "from memcert_backends.redis.scripts import SIZE; print(b'-- here' in SIZE.text)",
        ),
        (
            "sqlite",
            "backends/memcert_backends/sql/reads.py",
            "import annotations",
            "import memcert_backends.sql.reads as reads; print('mutated' in reads.__file__)",
        ),
    ],
)
def test_what_is_part_of_a_backend_is_imported_in_its_place(
    tmp_path: Path, source: str, file: str, old: str, code: str
) -> None:
    folder = tmp_path / "mutated"
    sign = "--" if file.endswith(".lua") else "#"
    laid_out(folder, source, file, old, f"{old}  {sign} here")
    assert said(folder, code) == "True"


def test_nothing_that_there_are_mutants_of_is_imported_before_a_process_is_forked() -> None:
    code = "import memcert.repository.mutation.preloaded, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    changed = {
        ".".join(Path(file).with_suffix("").parts[1:])
        for source in SOURCES.values()
        for file in source.files
        if file.startswith("backends/")
    }
    used = {"memcert_backends.stored_memory", "memcert_backends.redis", "memcert_backends.sql"}
    assert not {*done.stdout.split()} & (changed | used)

"""How the code is laid out: names that mean one thing, files that can be read in one sitting."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("reference", "backends", "conformance")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

ADAPTERS = {"AsyncSQLAlchemyMemory", "InMemoryMemory", "RedisMemory", "TablestoreMemory"}
"""In `memcert_backends.agentscope` they have the names of AgentScope's own: only imports change."""


def test_the_name_of_a_public_class_means_one_thing() -> None:
    assert FILES
    places = defaultdict(list)
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(ROOT)))
    doubled = {name: found for name, found in places.items() if len(found) > 1}
    assert doubled.keys() == ADAPTERS, doubled


def test_no_file_is_longer_than_400_lines() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {path: count for path, count in lines.items() if count > 400}

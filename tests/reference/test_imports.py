"""What imports what: the standard library only, and one way only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PACKAGES = {
    "memcert_reference": ROOT / "reference" / "memcert_reference",
    "memcert_backends": ROOT / "backends" / "memcert_backends",
    "memcert": ROOT / "conformance" / "memcert",
}
"""The packages of the distribution; each may import those above it."""


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file names in imports, wherever they stand."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield str(node.module)
            # `from memcert import short_term` names a module as well.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(package: Path) -> list[Path]:
    found = sorted(package.rglob("*.py"))
    assert found, package
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_imports_run_one_way(name: str) -> None:
    below = list(PACKAGES)[list(PACKAGES).index(name) + 1 :]
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files(PACKAGES[name])
        for module in imported(path)
        if module.split(".")[0] in below
    ]
    assert not wrong


def test_the_reference_names_the_standard_library_only() -> None:
    allowed = {*sys.stdlib_module_names, "memcert_reference"}
    wrong = [
        f"{path.name} imports {module}"
        for path in files(PACKAGES["memcert_reference"])
        for module in imported(path)
        if module.split(".")[0] not in allowed
    ]
    assert not wrong


def test_the_reference_loads_the_standard_library_only() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'reference')!r})\n"
        "before = {name.split('.')[0] for name in sys.modules}\n"
        "import memcert_reference\n"
        "after = {name.split('.')[0] for name in sys.modules}\n"
        "print(*sorted(after - before - set(sys.stdlib_module_names)))"
    )
    # Isolated and without site-packages: anything else would not even be found.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["memcert_reference"]


def test_the_engine_knows_no_contract() -> None:
    engine = PACKAGES["memcert"] / "engine"
    wrong = [
        f"{path.name} imports {module}"
        for path in files(engine)
        for module in imported(path)
        if module.startswith("memcert.short_term") or module == "memcert_reference.InMemoryMemory"
    ]
    assert not wrong


def test_the_engine_imports_none_of_what_is_built_on_it() -> None:
    engine = PACKAGES["memcert"] / "engine"
    built_on_it = ("memcert.reports", "memcert.command_line", "memcert.pytest")
    wrong = [
        f"{path.name} imports {module}"
        for path in files(engine)
        for module in imported(path)
        if module.startswith(built_on_it)
    ]
    assert not wrong

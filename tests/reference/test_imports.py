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
    "tablestore_emulator": ROOT / "backends" / "tablestore_emulator",
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


def modules() -> dict[str, Path]:
    """Return every module, by its name."""
    found = {}
    for name, package in PACKAGES.items():
        for path in files(package):
            parts = [name, *path.relative_to(package).with_suffix("").parts]
            found[".".join(parts if parts[-1] != "__init__" else parts[:-1])] = path
    return found


MODULES = modules()


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports: when it is, within functions, for type checkers."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                # What is taken from a package may be a module of its own.
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)


IMPORTS = {
    name: {each for each in imported_modules(path) if each in MODULES and each != name}
    for name, path in MODULES.items()
}


def reached(name: str) -> set[str]:
    """Return the modules that a module imports, itself or through others."""
    found: set[str] = set()
    left = [name]
    while left:
        for each in IMPORTS[left.pop()] - found:
            found.add(each)
            left.append(each)
    return found


@pytest.mark.parametrize("name", MODULES)
def test_nothing_imports_in_a_circle(name: str) -> None:
    between = sorted(each for each in reached(name) if name in IMPORTS[each])
    assert name not in reached(name), f"{name} comes back to itself through {between}"


def test_the_emulator_imports_nothing_else_of_this_repository() -> None:
    for name in MODULES:
        if name.split(".")[0] == "tablestore_emulator":
            others = {each for each in reached(name) if not each.startswith("tablestore_emulator")}
            assert not others, name


CONTRACTS = ("memcert.short_term", "memcert.contracts", "memcert.resolver")
"""What knows of contracts, the engine's own class apart."""

BUILT_ON_IT = ("memcert.reports", "memcert.command_line", "memcert.pytest", "memcert.repository")


@pytest.mark.parametrize("name", [each for each in MODULES if each.startswith("memcert.engine")])
def test_the_engine_reaches_no_contract_and_nothing_that_is_built_on_it(name: str) -> None:
    wrong = {each for each in reached(name) if each.startswith((*CONTRACTS, *BUILT_ON_IT))}
    assert not wrong
    text = MODULES[name].read_text(encoding="utf-8")
    assert "memcert.short_term" not in text
    assert "InMemoryMemory" not in text


FRONT_ENDS = ("memcert.command_line", "memcert.pytest", "memcert.repository")


@pytest.mark.parametrize(
    "name", [each for each in MODULES if each.startswith(("memcert.reports", "memcert.short_term"))]
)
def test_what_front_ends_are_built_on_knows_none_of_them(name: str) -> None:
    assert not {each for each in reached(name) if each.startswith(FRONT_ENDS)}

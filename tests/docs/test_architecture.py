"""The map names every folder that there is, and nothing that there is not."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from memcert.engine.verdicts.script import script
from memcert.short_term import CONTRACT
from memcert_backends.catalogue import BUILT_IN

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "conformance" / "ARCHITECTURE.md").read_text("utf-8")

ROWS = re.findall(r"^\| `([a-z_/]+)` \| (.+) \|$", TEXT, re.MULTILINE)
FOLDERS = [folder for folder, _ in ROWS]
NAMES = sorted(set(re.findall(r"`((?:memcert|memcert_backends|memcert_reference)\.[\w.]+)`", TEXT)))


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_of_the_map_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()


def test_every_package_is_on_the_map() -> None:
    packages = [
        path.parent.relative_to(ROOT)
        for part in ("reference", "backends", "conformance")
        for path in (ROOT / part).rglob("__init__.py")
    ]
    assert packages
    said = dict(ROWS)
    # A store's folder is where its factory is; that there is one for each, one row says.
    stores = {
        Path("backends", *row.factory.partition(":")[0].split(".")[:-1])
        for row in BUILT_IN.values()
    }
    for package in packages:
        # A folder within one may be named in the row of that one.
        inside = f"`{package.name}`" in said.get(str(package.parent), "")
        further = package.parent.name == "migrations"
        assert str(package) in said or package in stores or inside or further, package


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_the_map_is_there(name: str) -> None:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return
    pytest.fail(f"there is no {name}")


def test_the_example_is_what_memcert_prints() -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    rule = CONTRACT.by_id["CUT-01"]
    (entry,) = [
        each
        for each in CONTRACT.corpus.entries
        if (each.rule, each.bug) == ("CUT-01", "stored-again")
    ]
    printed = script(
        entry.program, None, CONTRACT, "mutant:stored-again", title=f"{rule.id}: {rule.text}"
    )
    before = shown.partition("#     then:")[0]
    assert before.count("\n") == 3
    assert printed.startswith(before)

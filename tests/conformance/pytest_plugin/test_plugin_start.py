"""The plugin is loaded in every pytest run of whoever has memcert: it must cost nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys

HEAVY = {
    "click",
    "hypothesis",
    "memcert.engine",
    "memcert.memories",
    "memcert.pytest_items",
    "memcert.resolver",
    "memcert.short_term",
    "memcert_backends",
    "memcert_reference",
    "redis",
    "rich",
    "sqlalchemy",
    "asyncio",
}

# What pytest loads anyway costs the plugin nothing.
IMPORTED = """\
import sys
import pytest
before = set(sys.modules)
import memcert.pytest_plugin
print(*sorted(set(sys.modules) - before))
"""

TIMED = """\
import time
import pytest
started = time.process_time()
import memcert.pytest_plugin
print(time.process_time() - started)
"""


def printed(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_it_imports_nothing_but_itself() -> None:
    new = printed(IMPORTED)
    assert {"memcert", "memcert.pytest_plugin"} <= set(new)
    assert not HEAVY & set(new)
    assert {name.split(".")[0] for name in new} <= {"memcert", *sys.stdlib_module_names}


def test_a_run_without_a_backend_imports_nothing_more() -> None:
    code = "import pytest, sys\npytest.main(['--version', '-p', 'memcert'])\nprint(*sys.modules)"
    heavy = HEAVY - {"asyncio", "rich", "hypothesis"}
    assert not heavy & set(printed(code))


def test_it_takes_no_time_worth_mentioning() -> None:
    # Processor time, and the median of a few, since a machine does other things meanwhile.
    assert statistics.median(float(printed(TIMED)[0]) for _ in range(5)) < 0.05


def test_the_plugin_and_the_command_line_know_nothing_of_each_other() -> None:
    code = "import sys\nimport {}\nprint(*sys.modules)"
    plugin = printed(code.format("memcert.pytest_items"))
    assert "memcert.pytest_items" in plugin
    assert not [name for name in plugin if name.startswith("memcert.command_line")]
    commands = printed(code.format("memcert.command_line"))
    assert not {"memcert.pytest_items", "memcert.pytest_plugin"} & set(commands)

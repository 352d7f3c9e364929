"""What a user is told whose extra is missing."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    ("package", "name", "missing", "extras"),
    [
        ("memcert_backends", "RedisMemory", "redis", "redis"),
        ("memcert_backends", "AsyncSQLAlchemyMemory", "sqlalchemy", "sqlalchemy"),
        ("memcert_backends.agentscope", "InMemoryMemory", "agentscope", "agentscope"),
        ("memcert_backends.agentscope", "RedisMemory", "agentscope", "agentscope,redis"),
        (
            "memcert_backends.agentscope",
            "AsyncSQLAlchemyMemory",
            "agentscope",
            "agentscope,sqlalchemy",
        ),
    ],
)
def test_a_missing_extra_is_named_in_one_line(
    package: str, name: str, missing: str, extras: str
) -> None:
    program = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        f"try:\n    from {package} import {name}\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{name} needs the extra {extras!r}: pip install 'memcert[{extras}]' (")
    assert missing in line


@pytest.mark.parametrize("package", ["memcert_backends", "memcert_backends.agentscope"])
def test_what_is_not_there_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match="no attribute 'NoSuchMemory'"):
        import_module(package).NoSuchMemory  # noqa: B018 - the access is what is tested

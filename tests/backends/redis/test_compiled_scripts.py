"""What fakeredis compiles."""

from __future__ import annotations

from typing import Any

import pytest
from fakeredis.commands_mixins import scripting_mixin

from memcert_backends.redis.compiled_scripts import keep_compiled_scripts


def test_a_script_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lua: Any = scripting_mixin.LUA_MODULE
    monkeypatch.setattr(lua, "LuaRuntime", lua.LuaRuntime)
    keep_compiled_scripts()
    compiled = []

    class Counting(lua.LuaRuntime):  # type: ignore[misc,name-defined]
        def compile(self, code: Any, *arguments: Any) -> Any:
            compiled.append(code)
            return super().compile(code, *arguments)

    # Made as fakeredis makes it.
    runtime = Counting(encoding=None, unpack_returned_tuples=True)
    assert [runtime.execute(b"return 1 + 1") for _ in range(3)] == [2, 2, 2]
    assert runtime.execute("return 'other'") == b"other"
    assert compiled == [b"return 1 + 1", "return 'other'"]

"""Scripts that fakeredis compiles once, as Redis does; by itself it does so at each call.

A script of memcert's takes longer to compile than to run: a third of a millisecond of two.
"""

from __future__ import annotations

from typing import Any

from fakeredis.commands_mixins import scripting_mixin


def keep_compiled_scripts() -> None:
    """Have this process keep what Lua has compiled, for as long as the server is there."""
    # Of fakeredis's own parts there is no other way to it; that the part is there is tested.
    lua: Any = scripting_mixin.LUA_MODULE
    runtime: Any = lua.LuaRuntime

    class KeepingRuntime(runtime):  # type: ignore[misc]
        """A Lua that keeps what it has compiled."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            self._compiled: dict[str | bytes, Any] = {}

        def execute(self, code: str | bytes, *arguments: Any) -> Any:
            """Run some code.

            Args:
                code: its text.
                arguments: what it is given.
            """
            compiled = self._compiled.get(code)
            if compiled is None:
                compiled = self._compiled[code] = self.compile(code)
            return compiled(*arguments)

    lua.LuaRuntime = KeepingRuntime

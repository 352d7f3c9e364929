"""States as AgentScope's memories write and load them, with what a subclass registers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any

from memcert_reference import MemoryBase
from memcert_reference.state import CONTENT_KEY, SUMMARY_KEY

_OWN = frozenset({SUMMARY_KEY, CONTENT_KEY})


class AgentScopeStates(MemoryBase):
    """What makes the state of a memory one of AgentScope's: either loads what the other wrote.

    It stands before the memory among the base classes, as `AgentScopeMessages` does. What a
    subclass registers with `register_state`, and the modules that are its attributes, are saved
    and restored with the rest.
    """

    # What AgentScope's base class sets in its constructor, which is not called: it would set an
    # empty summary too, in place of the one that is stored.
    _module_dict = cached_property(lambda _: OrderedDict[str, Any]())
    _attribute_dict = cached_property(lambda _: OrderedDict[str, Any]())

    def state_dict(self) -> dict[str, Any]:
        """Return the state as JSON data: the memory's own, and what was registered.

        A message that belongs to no API call has no ``invocation_id``, which AgentScope never
        writes, though it loads it.
        """
        modules = {name: module.state_dict() for name, module in self._modules().items()}
        values = {}
        for name, convert in self._attributes().items():
            value = getattr(self, name)
            values[name] = convert.to_json(value) if convert.to_json else deepcopy(value)
        # The memory's own operation: this class stands before it.
        own = super().state_dict()
        return {**modules, **values, **as_agentscope_writes(own)}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Replace the state, and what was registered; on any error nothing changes.

        Args:
            state_dict: what `state_dict` returned, here or in AgentScope.
            strict: whether a missing key is an error; if not, that part stays as it was.

        Raises:
            TypeError: it is not a dictionary.
            KeyError: strict, and a key is missing.
            ValueError: an entry is malformed or repeated, or would be dropped.
        """
        modules, values = self._registered(state_dict, strict)
        before = {name: self._module_dict[name].state_dict() for name in modules}
        try:
            for name, state in modules.items():
                self._module_dict[name].load_state_dict(state)
            # The memory's own operation: this class stands before it.
            super().load_state_dict(state_dict, strict)
        except BaseException:
            for name, state in before.items():
                self._module_dict[name].load_state_dict(state)
            raise
        for name, value in values.items():
            setattr(self, name, value)

    async def export_state(self) -> dict[str, Any]:
        # The memory's own operation: this class stands before it.
        return as_agentscope_writes(await super().export_state())

    def _modules(self) -> dict[str, Any]:
        return {name: each for name, each in self._module_dict.items() if name not in _OWN}

    def _attributes(self) -> dict[str, Any]:
        return {name: each for name, each in self._attribute_dict.items() if name not in _OWN}

    def _registered(
        self, state: Mapping[str, Any], strict: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what a state has for the registered modules, and for the attributes."""
        if not isinstance(state, Mapping):
            # The memory says so.
            return {}, {}
        modules, attributes = self._modules(), self._attributes()
        missing = [name for name in (*modules, *attributes) if name not in state]
        if strict and missing:
            raise KeyError(f"the state has no {' and no '.join(map(repr, missing))}")
        values = {}
        for name in attributes.keys() & state.keys():
            load = attributes[name].load_json
            values[name] = load(state[name]) if load else deepcopy(state[name])
        return {name: state[name] for name in modules if name in state}, values


def as_agentscope_writes(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state of memcert's in AgentScope's form.

    Args:
        state: the caller lets go of it.
    """
    # None is a summary that is not known, which AgentScope has no word for.
    state[SUMMARY_KEY] = state[SUMMARY_KEY] or ""
    for message, _ in state.get(CONTENT_KEY, ()):
        if message["invocation_id"] is None:
            del message["invocation_id"]
    return state

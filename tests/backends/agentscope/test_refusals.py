"""What is public in AgentScope's memories and refused is refused with its reason."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("agentscope.memory", reason="AgentScope 1.x is not here: nox -s agentscope")

import memcert_backends.agentscope
from memcert_backends.agentscope.refusals import REFUSED

from .public import MESSAGE, NAMES, OURS, TABLE, make


def _class_attribute(name: str, attribute: str) -> None:
    getattr(getattr(memcert_backends.agentscope, name), attribute)


def _set(name: str, attribute: str) -> None:
    setattr(make(memcert_backends.agentscope, name), attribute, "other")


def _call(method: str, *arguments: Any, **named: Any) -> None:
    for name in OURS:
        memory = make(memcert_backends.agentscope, name)
        try:
            asyncio.run(getattr(memory, method)(*arguments, **named))
        except (TypeError, ValueError) as error:
            raised: Exception = error
        else:
            pytest.fail(f"{name}.{method} did not refuse it")
    raise raised


def _tablestore(**given: Any) -> None:
    make(memcert_backends.agentscope, "TablestoreMemory", **given)


TRIALS: dict[str, tuple[Callable[[], None], type[Exception]]] = {
    "*.add(**kwargs)": (lambda: _call("add", MESSAGE, other=1), TypeError),
    "*.add(allow_duplicates=True)": (
        lambda: _call("add", MESSAGE, allow_duplicates=True),
        ValueError,
    ),
    "*.add(skip_duplicated=False)": (
        lambda: _call("add", MESSAGE, skip_duplicated=False),
        ValueError,
    ),
    "*.delete(**kwargs)": (lambda: _call("delete", [], other=1), TypeError),
    "*.delete_by_mark(*args)": (lambda: _call("delete_by_mark", "a", 1), TypeError),
    "*.delete_by_mark(**kwargs)": (lambda: _call("delete_by_mark", "a", other=1), TypeError),
    "*.get_memory(**kwargs)": (lambda: _call("get_memory", other=1), TypeError),
    "TablestoreMemory(text_field='other')": (lambda: _tablestore(text_field="other"), TypeError),
    "TablestoreMemory(embedding_field='other')": (
        lambda: _tablestore(embedding_field="other"),
        TypeError,
    ),
    "TablestoreMemory(vector_dimension=1)": (lambda: _tablestore(vector_dimension=1), TypeError),
    "TablestoreMemory(**kwargs)": (lambda: _tablestore(search_index_name="i"), TypeError),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_why(what: str) -> None:
    name, _, attribute = what.partition(".")
    if what in TRIALS:
        trial, error = TRIALS[what]
        reason = r"unexpected keyword|positional argument|takes no|" + re.escape(REFUSED[what])
        with pytest.raises(error, match=reason):
            trial()
    elif what.endswith(" by default"):
        ((parameter, default),) = re.findall(r"\((\w+)='(\w+)'\)", what)
        ours = getattr(memcert_backends.agentscope, name.partition("(")[0])
        assert inspect.signature(ours).parameters[parameter].default != default
    elif what.endswith(" = ..."):
        for each in ("RedisMemory", "AsyncSQLAlchemyMemory", "TablestoreMemory"):
            with pytest.raises(AttributeError, match=re.escape(REFUSED[what])):
                _set(each, attribute.removesuffix(" = ..."))
    else:
        with pytest.raises(AttributeError, match=re.escape(REFUSED[what])):
            _class_attribute(name, attribute)
        # To override it would change nothing.
        with pytest.raises(TypeError, match=re.escape(REFUSED[what])):
            type("Own", (getattr(memcert_backends.agentscope, name),), {attribute: "other"})


def test_nothing_is_refused_that_agentscope_has_not() -> None:
    known = {str(member) for member in TABLE}
    for what in REFUSED:
        if what.startswith("*") or "(" in what or not set(NAMES) & {what.partition(".")[0]}:
            continue
        assert what in known

"""An operation as plain data: something to do to a memory, and its JSON form."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

Decoder = Callable[[Any], Any]


class MalformedProgram(Exception):
    """A program's JSON is not what it should be; one line that says where."""


@dataclass(frozen=True)
class Operation(ABC):
    """Something to do to a memory.

    A contract's operations are frozen dataclasses derived from this one. Their fields are JSON
    values, or have a decoder in the field's metadata (see `decoded`).
    """

    kind: ClassVar[str]
    """Its name in the JSON form of a program."""

    @property
    def changes(self) -> bool:
        """Whether it may change what others see, so that the state is looked at after it."""
        return True

    @property
    def ends(self) -> bool:
        """Whether it ends the use of a memory, so that only a reopening may follow."""
        return False

    @property
    def needs(self) -> frozenset[str]:
        """What a backend must be able to do for it to make sense: names of capabilities."""
        return frozenset()

    @property
    def seconds(self) -> float:
        """How long it may take before it counts as hanging."""
        return 20.0

    def alone_form(self) -> Self | None:
        """Return a form of it that needs less to come before it; None if there is none."""
        return None

    @abstractmethod
    async def run(self, memory: Any, saved: dict[int, Any]) -> object:
        """Do it and return what the memory answered, as data that can be compared.

        Args:
            memory: the memory, of the backend or of the model.
            saved: what operations of this program put aside, on this side of the comparison.

        Raises:
            Exception: whatever the memory raises.
        """

    async def run_on_model(self, model: Any, saved: dict[int, Any]) -> object:
        """Do it to the model, which waits for nothing, and return what that answered.

        What does several things at once does them one after the other here.

        Args:
            model: the model.
            saved: what operations of this program put aside, on this side of the comparison.

        Raises:
            Exception: whatever the model raises.
        """
        return await self.run(model, saved)

    @abstractmethod
    def source(self, memory: str) -> list[str]:
        """Return it as lines of Python for a script.

        Args:
            memory: the name of the memory's variable.
        """

    def to_json(self) -> dict[str, Any]:
        """Return its JSON form: its kind and the fields that are not the default."""
        data: dict[str, Any] = {"operation": self.kind}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value != field.default or type(value) is not type(field.default):
                data[field.name] = _encode(value)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the operation of a JSON form.

        Args:
            data: a result of `to_json`, without its ``operation``.

        Raises:
            MalformedProgram: a field is missing, unknown or malformed.
        """
        fields = {field.name: field for field in dataclasses.fields(cls)}
        unknown = sorted(set(data) - set(fields))
        if unknown:
            raise MalformedProgram(f"operation {cls.kind!r} has no field {unknown[0]!r}")
        missing = [
            name
            for name, field in fields.items()
            if name not in data and field.default is dataclasses.MISSING
        ]
        if missing:
            raise MalformedProgram(f"operation {cls.kind!r} lacks its field {missing[0]!r}")
        values = {}
        for name, value in data.items():
            try:
                values[name] = fields[name].metadata.get("decode", _plain)(value)
            except (TypeError, ValueError, KeyError, AttributeError) as error:
                raise MalformedProgram(
                    f"field {name!r} of operation {cls.kind!r} is malformed: {error}"
                ) from error
        try:
            return cls(**values)
        except (TypeError, ValueError) as error:
            raise MalformedProgram(f"operation {cls.kind!r}: {error}") from error


def decoded(decode: Decoder, default: Any = dataclasses.MISSING) -> Any:
    """Return a dataclass field that is made from JSON by a function.

    Args:
        decode: takes the JSON value and returns the field's.
        default: the field's default, if it has one.
    """
    return dataclasses.field(default=default, metadata={"decode": decode})


def texts(value: Any) -> tuple[str, ...]:
    """Decode a list of strings.

    Args:
        value: the JSON value.
    """
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings is wanted")
    return tuple(value)


def _plain(value: Any) -> Any:
    return value


def _encode(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if hasattr(value, "to_json"):
        return value.to_json()
    return value

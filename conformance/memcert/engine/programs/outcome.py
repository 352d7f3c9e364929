"""What an operation came to, and whether two outcomes are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MOST_SHOWN = 80
"""How long a text is that is shown whole, in characters."""

BEFORE = 20
"""How much of a longer one is shown before and after where it differs, in characters."""


class HangError(Exception):
    """An operation did not end within its time limit."""


class RemoteError(Exception):
    """A memory in another process raised something; its name and text."""

    def __init__(self, name: str, families: list[str], text: str) -> None:
        super().__init__(text)
        self.name = name
        self.families = families


@dataclass(frozen=True)
class Outcome:
    """What an operation returned, or what it raised.

    Args:
        value: what it returned.
        error: what it raised, if it did.
    """

    value: object = None
    error: BaseException | None = None

    def __str__(self) -> str:
        if self.error is None:
            return f"returned {shortened(self.value)}"
        if isinstance(self.error, HangError):
            return f"did not end: {self.error}"
        return f"raised {_names(self.error)[0]}: {shortened(str(self.error), quote=False)}"


def same_outcome(expected: Outcome, observed: Outcome) -> bool:
    """Tell whether what happened is what the contract says.

    An error is the same if it is of the expected class or one derived from it; its text is the
    backend's own.

    Args:
        expected: the model's.
        observed: the backend's.
    """
    if expected.error is not None:
        return observed.error is not None and type(expected.error).__name__ in _names(
            observed.error
        )
    return observed.error is None and same_value(expected.value, observed.value)


def same_value(expected: Any, observed: Any) -> bool:
    """Tell whether two JSON values are equal and of the same types.

    ``True == 1 == 1.0`` in Python, and ``-0.0 == 0.0``; a memory must keep them apart.

    Args:
        expected: the model's; an instance of `Anything` in it matches anything.
        observed: the backend's.
    """
    kind = type(expected)
    if kind is Anything:
        return True
    if kind is not type(observed):
        return False
    if kind is dict:
        return expected.keys() == observed.keys() and all(
            same_value(value, observed[key]) for key, value in expected.items()
        )
    if kind is list:
        return len(expected) == len(observed) and all(map(same_value, expected, observed))
    if kind is float:
        return repr(expected) == repr(observed)
    return bool(expected == observed)


def lost(expected: Outcome, observed: Outcome) -> bool:
    """Tell whether something that should have been returned is missing.

    Args:
        expected: the model's.
        observed: the backend's.
    """
    here, there = expected.value, observed.value
    return isinstance(here, list) and isinstance(there, list) and len(there) < len(here)


def contrast(expected: Outcome, observed: Outcome) -> tuple[str, str]:
    """Return how two outcomes differ, as text: only the part where they first do.

    Args:
        expected: the model's.
        observed: the backend's.
    """
    if expected.error is not None or observed.error is not None:
        # What was returned in its place may not have been looked at.
        raises = observed.error is not None or observed.value is not None
        return str(expected), str(observed) if raises else "no error"
    path, here, there = "", expected.value, observed.value
    while True:
        if type(here) is list and type(there) is list and len(here) == len(there):
            keys: list[Any] = list(range(len(here)))
        elif type(here) is dict and type(there) is dict and here.keys() == there.keys():
            keys = list(here)
        else:
            break
        key = next(each for each in keys if not same_value(here[each], there[each]))
        path += f"[{key!r}]"
        here, there = here[key], there[key]
    where = f" with {path} == " if path else " "
    if isinstance(here, str) and isinstance(there, str):
        said = _texts(here, there)
    else:
        said = _listed(here), _listed(there)
    return f"returned{where}{said[0]}", f"returned{where}{said[1]}"


def _texts(here: str, there: str) -> tuple[str, str]:
    """Return two texts so that what they differ in is seen: its place, and what it is."""
    as_shown: Callable[[str], str] = repr if here.isascii() and there.isascii() else ascii
    if max(len(here), len(there)) <= MOST_SHOWN:
        return as_shown(here), as_shown(there)
    place = next(
        (n for n, (one, other) in enumerate(zip(here, there, strict=False)) if one != other),
        min(len(here), len(there)),
    )
    start = max(place - BEFORE, 0)

    def around(text: str) -> str:
        return f"{len(text):,} characters, from {start:,}: {as_shown(text[start : place + BEFORE])}"

    return around(here), around(there)


def _listed(value: object) -> str:
    """Return a value as text, with objects in a list named by the first of their fields."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        names = ", ".join(shortened(next(iter(item.values()), {}), characters=40) for item in value)
        items = "1 item" if len(value) == 1 else f"{len(value)} items"
        return shortened(f"{items}: {names}", quote=False)
    return shortened(value)


class Anything:
    """A value of the model's that the contract leaves open, such as the id of a summary."""

    def __repr__(self) -> str:
        return "<anything>"


ANYTHING = Anything()


def shortened(value: object, *, quote: bool = True, characters: int = 300) -> str:
    """Return a value as text of at most so many characters.

    Args:
        value: anything.
        quote: whether it is written as Python does.
        characters: the limit.
    """
    try:
        text = repr(value) if quote else str(value)
    except ValueError:  # an integer of more than 4,300 digits has no decimal text in Python
        text = f"a {type(value).__name__} with a very long integer"
    # What a backend says may hold lone surrogates, which no report could be written with.
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= characters else f"{text[: characters - 3]}..."


def _names(error: BaseException) -> list[str]:
    if isinstance(error, RemoteError):
        return [error.name, *error.families]
    return [kind.__name__ for kind in type(error).__mro__]

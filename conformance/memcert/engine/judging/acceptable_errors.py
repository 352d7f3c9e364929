"""Whether an error is one that a memory may raise when its store fails it."""

from __future__ import annotations

import asyncio

from memcert.engine.programs.outcome import RemoteError

IMPLAUSIBLE = (
    ArithmeticError,
    AssertionError,
    asyncio.CancelledError,
    asyncio.InvalidStateError,
    AttributeError,
    GeneratorExit,
    ImportError,
    LookupError,
    MemoryError,
    NameError,
    RecursionError,
    StopAsyncIteration,
    StopIteration,
    SyntaxError,
    SystemExit,
    TypeError,
    UnicodeError,
)
"""What says of a bug, or of something that nobody did, and not that the store failed."""


def is_plausible(error: BaseException) -> bool:
    """Tell whether an error is a driver's or a documented one, as far as that can be seen.

    Every driver has classes of its own, so that it can only be seen which errors are none of them:
    those that Python raises where a program is wrong, and those that say nothing at all.

    Args:
        error: what an operation raised when its connection broke, or its server was gone.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, RemoteError):
        names = {error.name, *error.families}
        wrong = any(kind.__name__ in names for kind in IMPLAUSIBLE)
    else:
        wrong = isinstance(error, IMPLAUSIBLE)
    # TimeoutError says enough by its name.
    return not wrong and (bool(str(error).strip()) or TimeoutError.__name__ in names)

"""Single values as queries carry them: a PlainBuffer type and its content."""

import math

from tablestore_emulator.plain_buffer import PlainBufferError, decode_value
from tablestore_emulator.search.errors import invalid
from tablestore_emulator.values import Value


def decode(data: bytes) -> Value:
    """Read one value.

    Args:
        data: the value's bytes, nothing before or after it.

    Returns:
        The value.

    Raises:
        SearchError: the bytes are none, or a bound, or a double that is not finite.
    """
    try:
        value = decode_value(data)
    except PlainBufferError as error:
        raise invalid("A value of the query is not in PlainBuffer format.") from error
    if not isinstance(value, int | str | bytes | float):
        raise invalid("A value of the query has an unknown type.")
    if isinstance(value, float) and not math.isfinite(value):
        raise invalid("A value of the query is not a finite number.")
    return value

"""The tokens that lead to the next page.

A token says what the last hit of a page was, not how many hits there were: so the next page starts
after it, whatever was deleted or added meanwhile. It has a digest, since its contents are compared
with values of the index: one that was made up, or is of another index or query, is refused.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from tablestore_emulator.search.errors import invalid
from tablestore_emulator.search.values import Comparable

_DIGEST_SIZE = 8


def packed(items: Sequence[Comparable], identity: bytes) -> bytes:
    """Make a token.

    Args:
        items: values of an index, tuples of them, and None.
        identity: what the token is good for.

    Returns:
        The token, of ASCII letters, digits and signs.
    """
    text = json.dumps([_to_json(item) for item in items]).encode()
    return base64.b64encode(_digest(text, identity) + text)


def unpacked(token: bytes, identity: bytes) -> list[Comparable]:
    """Read a token.

    Args:
        token: the token.
        identity: what it must be good for.

    Returns:
        The items that it was made of.

    Raises:
        SearchError: it was not made by `packed`, or for something else.
    """
    try:
        data = base64.b64decode(token, validate=True)
    except binascii.Error as error:
        raise invalid("The token is invalid.") from error
    digest, text = data[:_DIGEST_SIZE], data[_DIGEST_SIZE:]
    if digest != _digest(text, identity):
        raise invalid("The token is invalid.")
    return [_from_json(item) for item in json.loads(text)]


def _digest(text: bytes, identity: bytes) -> bytes:
    return hashlib.blake2b(text, key=hashlib.sha256(identity).digest(), digest_size=8).digest()


def _to_json(item: Comparable) -> object:
    if isinstance(item, bytes):
        return {"bytes": base64.b64encode(item).decode()}
    return [_to_json(one) for one in item] if isinstance(item, tuple) else item


def _from_json(item: Comparable) -> Comparable:
    if isinstance(item, dict):
        return base64.b64decode(item["bytes"])
    return tuple(_from_json(one) for one in item) if isinstance(item, list) else item

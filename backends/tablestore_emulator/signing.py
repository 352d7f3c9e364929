"""The signatures of requests and answers, in both of their versions.

Version 2 signs with the secret. Version 4 signs with a key that is made of the secret, a day, a
region and the product, and puts a word after the text. Answers are signed with the same key as the
request, always with SHA-1.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

PREFIX = "x-ots-"
"""What the names of the headers that are signed start with."""

SIGNATURE = "x-ots-signature"
SIGNATURE_V4 = "x-ots-signaturev4"
SIGN_DATE = "x-ots-signdate"
SIGN_REGION = "x-ots-signregion"

_SALT = "ots"
_PRODUCT = "ots"
_REQUEST = "aliyun_v4_request"
_KEY_PREFIX = "aliyun_v4"


def request_text(path: str, headers: Mapping[str, str]) -> str:
    """Return the text of a request that is signed.

    Args:
        path: its path, such as ``/GetRow``.
        headers: its headers, with names in lower case; the signatures themselves are left out.
    """
    signed = {
        name: value for name, value in headers.items() if name not in (SIGNATURE, SIGNATURE_V4)
    }
    return f"{path}\nPOST\n\n{_lines(signed)}\n"


def answer_text(path: str, headers: Mapping[str, str]) -> str:
    """Return the text of an answer that is signed.

    Args:
        path: the request's path.
        headers: the answer's headers, with names in lower case.
    """
    return f"{_lines(headers)}\n{path}"


def key_of(secret: str, headers: Mapping[str, str]) -> bytes:
    """Return the key that a request is signed with, and its answer.

    Args:
        secret: the secret of the access key.
        headers: the request's headers.
    """
    if SIGNATURE_V4 not in headers:
        return secret.encode()
    return _key_v4(secret, headers.get(SIGN_DATE, ""), headers.get(SIGN_REGION, ""))


def is_signed(secret: str, path: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request's signature is right, of whichever version it is.

    Args:
        secret: the secret of the access key.
        path: the request's path.
        headers: its headers, with names in lower case.
    """
    text = request_text(path, headers)
    key = key_of(secret, headers)
    if SIGNATURE_V4 in headers:
        return hmac.compare_digest(
            _signature(key, text + _SALT, "sha256").encode(), headers[SIGNATURE_V4].encode()
        )
    return hmac.compare_digest(
        _signature(key, text, "sha1").encode(), headers.get(SIGNATURE, "").encode()
    )


def sign_answer(key: bytes, path: str, headers: Mapping[str, str]) -> str:
    """Return the signature of an answer.

    Args:
        key: the request's key.
        path: the request's path.
        headers: the answer's headers, with names in lower case.
    """
    return _signature(key, answer_text(path, headers), "sha1")


def content_digest(body: bytes) -> str:
    """Return the digest of a body, as its header has it.

    Args:
        body: the body.
    """
    # The protocol's; it finds accidents, and proves nothing.
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _lines(headers: Mapping[str, str]) -> str:
    return "\n".join(
        sorted(
            f"{name}:{value.strip()}" for name, value in headers.items() if name.startswith(PREFIX)
        )
    )


def _signature(key: bytes, text: str, digest: str) -> str:
    return base64.b64encode(hmac.digest(key, text.encode(), digest)).decode()


@lru_cache(maxsize=128)
def _key_v4(secret: str, day: str, region: str) -> bytes:
    key = (_KEY_PREFIX + secret).encode()
    for part in (day, region, _PRODUCT, _REQUEST):
        key = hmac.digest(key, part.encode(), "sha256")
    return base64.b64encode(key)

"""Taking the secrets out of URLs, wherever one may be shown.

A URL may hold a password before its host, as SQLAlchemy and redis-py know it, or behind its
question mark: ``?password=`` of libpq and redis-py, ``?sts_token=`` of Tablestore, and others.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

HIDDEN = "***"
"""What stands where a secret was; SQLAlchemy writes the same."""

_URL = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>`]*")
_SECRET = re.compile(r"pass|pwd|secret|token|credential|key", re.IGNORECASE)
# As libpq and others write options in a text: password=..., password='...'.
_OPTION = re.compile(
    r"\b((?:ssl)?password|passwd|pwd|access_key_secret|sts_token)(\s*=\s*)"
    r"('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s&;,)'\"]+)",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return a URL, or a text with URLs in it, without their secrets.

    Args:
        text: the text; what is no secret of a URL stays as it is.
    """
    text = _URL.sub(lambda found: _hidden(found.group()), text)
    return _OPTION.sub(lambda found: f"{found[1]}{found[2]}{HIDDEN}", text)


def _hidden(url: str) -> str:
    scheme, _, rest = url.partition("://")
    place, mark, query = _without_password(rest).partition("?")
    if mark:
        query = "&".join(map(_without_value, query.split("&")))
    return f"{scheme}://{place}{mark}{query}"


def _without_password(rest: str) -> str:
    """Return what follows ``://``, without the password before the host."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        user, _, _ = authority.rpartition("@")
    elif "@" in rest and re.fullmatch(r"[^:\[]*:(?!\d*$).+", authority):
        # A password with one of these characters in it, as SQLAlchemy takes it, too.
        user = rest.partition("@")[0]
    else:
        return rest
    name, colon, password = user.partition(":")
    hidden = HIDDEN if password else ""
    return f"{name}{colon}{hidden}{rest[len(user) :]}"


def _without_value(option: str) -> str:
    name, equals, value = option.partition("=")
    return f"{name}{equals}{HIDDEN}" if value and _SECRET.search(unquote_plus(name)) else option

"""What cannot be used: what is stored and is not whole or not known, a URL that leads nowhere."""

from __future__ import annotations


class Unusable(RuntimeError):
    """What is stored cannot be used. Nothing was returned and nothing was changed."""


class IncompleteSpace(Unusable):
    """A part of what a space consists of is gone, by other hands than memcert's.

    `import_state` with a backup replaces whatever is left, and the message says what else can be
    done.
    """


class NewerFormat(Unusable):
    """It is in a format that this release does not know: a later one wrote it."""


class UnknownURL(Exception):
    """A URL leads to no store that there is a memory for; one line that says so."""

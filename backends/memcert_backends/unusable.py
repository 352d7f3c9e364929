"""What is stored, and cannot be used: it is not whole, or of a format that is not known."""

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

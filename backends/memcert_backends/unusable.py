"""What is stored, and cannot be used: it is not whole, or of a format that is not known."""

from __future__ import annotations


class IncompleteSpace(RuntimeError):
    """A part of what a space consists of is gone, by other hands than memcert's.

    Nothing was returned and nothing was changed. `import_state` with a backup replaces whatever is
    left, and the message says what else can be done.
    """


class UnknownFormat(RuntimeError):
    """A space is stored in a format that this release does not know: a newer one made it.

    Nothing was returned and nothing was changed.
    """

"""Mutants that take spaces for one another which are not the same."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert_reference.json_text import dump_json


class Named(Kept):
    """A host that makes the key of a space from the user and the session, each in its own way."""

    def _user(self) -> str:
        return self.user_id

    def _session(self) -> str:
        return self.session_id

    def _key(self) -> str:
        return dump_json([self._user(), self._session()])


@mutant("user-in-capitals", "ISO-03")
class UserInCapitals(Named):
    """Users whose names are the same in capital letters share a space: a dotless i and an i do."""

    def _user(self) -> str:
        return self.user_id.upper()


@mutant("user-by-254-characters", "ISO-03")
class UserBy254Characters(Named):
    """Of a user's name the first 254 characters count."""

    def _user(self) -> str:
        return self.user_id[:254]


@mutant("user-as-number", "ISO-03")
class UserAsNumber(Named):
    """Users whose names are digits are the same if they are the same number."""

    def _user(self) -> str:
        digits = self.user_id.isascii() and self.user_id.isdigit()
        return str(int(self.user_id)) if digits else self.user_id


@mutant("session-of-compatible-characters", "ISO-03")
class SessionOfCompatibleCharacters(Named):
    """Sessions whose names have the same normal form KC are one."""

    def _session(self) -> str:
        return unicodedata.normalize("NFKC", self.session_id)


@mutant("session-without-last-dot", "ISO-03")
class SessionWithoutLastDot(Named):
    """Dots at the end of a session's name do not count, as in the name of a folder."""

    def _session(self) -> str:
        return self.session_id.rstrip(".")


@mutant("session-decoded", "ISO-03")
class SessionDecoded(Named):
    """The percent signs in a session's name are decoded."""

    def _session(self) -> str:
        return unquote(self.session_id)


@mutant("session-without-zero-width", "ISO-03")
class SessionWithoutZeroWidth(Named):
    """Characters of no width in a session's name do not count."""

    def _session(self) -> str:
        return "".join(each for each in self.session_id if not "\u200b" <= each <= "\u200d")


@mutant("session-as-file-name", "ISO-03")
class SessionAsFileName(Named):
    """Punctuation in a session's name becomes an underscore."""

    def _session(self) -> str:
        return "".join(
            each if each.isalnum() or each in "-_" or each > "\x7f" else "_"
            for each in self.session_id
        )


@mutant("key-in-either-order", "ISO-04")
class KeyInEitherOrder(Kept):
    """The user and the session of a space are sorted, so that a and b are b and a."""

    def _key(self) -> str:
        first, second = sorted([self.user_id, self.session_id])
        return dump_json([first, second])


@mutant("key-joined-with-nothing", "ISO-04")
class KeyJoinedWithNothing(Kept):
    """The key of a space is its user and its session with nothing in between."""

    def _key(self) -> str:
        return f"{self.user_id}{self.session_id}"

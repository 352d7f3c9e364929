"""Mutants of the rules on spaces."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from memcert.short_term.mutants.folder_host import Kept
from memcert.short_term.mutants.mutant import mutant
from memcert_backends.backend import Space
from memcert_reference.json_text import dump_json


@mutant("key-of-the-user", "ISO-01")
class KeyOfTheUser(Kept):
    """A space is the user's, whatever the session."""

    def _key(self) -> str:
        return self.user_id


@mutant("key-of-the-session", "ISO-02")
class KeyOfTheSession(Kept):
    """A space is the session's, whoever the user is."""

    def _key(self) -> str:
        return self.session_id


@mutant("key-without-case", "ISO-03")
class KeyWithoutCase(Kept):
    """Spaces whose names differ in case only are one."""

    def _key(self) -> str:
        return super()._key().casefold()


@mutant("key-trimmed", "ISO-03")
class KeyTrimmed(Kept):
    """Blanks at the end of a user or a session are trimmed."""

    def _key(self) -> str:
        return dump_json([self.user_id.rstrip(), self.session_id.rstrip()])


@mutant("key-normalised", "ISO-03")
class KeyNormalised(Kept):
    """Spaces whose names have the same normal form are one."""

    def _key(self) -> str:
        return unicodedata.normalize("NFC", super()._key())


@mutant("key-cut", "ISO-03")
class KeyCut(Kept):
    """Of a session's name the first 128 characters count."""

    def _key(self) -> str:
        return dump_json([self.user_id, self.session_id[:128]])


@mutant("key-joined-with-dash", "ISO-04")
class KeyJoinedWithDash(Kept):
    """The key of a space is its user and its session joined with a dash."""

    def _key(self) -> str:
        return f"{self.user_id}-{self.session_id}"


@mutant("key-joined-with-colon", "ISO-04")
class KeyJoinedWithColon(Kept):
    """The key of a space is its user and its session joined with a colon."""

    def _key(self) -> str:
        return f"{self.user_id}:{self.session_id}"


@mutant("key-as-path", "ISO-04")
class KeyAsPath(Kept):
    """The key of a space is a path of its user and its session."""

    def _key(self) -> str:
        return f"memory/{self.user_id}/{self.session_id}"


@mutant("clear-by-prefix", "ISO-03", "ISO-05")
class ClearByPrefix(Kept):
    """clear empties every space whose name begins as its own does."""

    def _file(self, key: str) -> Path:
        # The key itself is the name, cut where a file system ends it.
        return self._folder / f"{key.encode().hex()[:240]}.json"

    def _key(self) -> str:
        return f"{self.user_id}/{self.session_id}"

    async def clear(self) -> None:
        await super().clear()
        for file in self._folder.glob(f"{self._key().encode().hex()[:230]}*.json"):
            file.unlink()


@mutant("summary-of-the-user", "ISO-05")
class SummaryOfTheUser(Kept):
    """The sessions of a user share one summary."""

    def _load(self) -> None:
        super()._load()
        self._summary = self._read(self._file(self.user_id)) or ""

    def _store(self) -> None:
        super()._store()
        self._write(self._file(self.user_id), self._summary)


@mutant("imported-over-one-session", "ISO-05")
class ImportedOverOneSession(Kept):
    """import_state removes what any user has in a session of the same name."""

    _files: ClassVar[defaultdict[str, set[Path]]] = defaultdict(set)

    def __init__(self, space: Space) -> None:
        super().__init__(space)
        self._files[self.session_id].add(self._file(self._key()))

    async def import_state(self, state: Mapping[str, Any]) -> None:
        await super().import_state(state)
        for file in self._files[self.session_id] - {self._file(self._key())}:
            file.unlink(missing_ok=True)

"""Mutants of the rules on the compressed summary."""

from __future__ import annotations

from memcert.short_term.mutants.mutant import mutant
from memcert_reference import InMemoryMemory, Msg


class Summarised(InMemoryMemory):
    """A host that finds the summary's message among those that a read returns."""

    def _is_summary(self, message: Msg) -> bool:
        return message.id not in self._entries


class SummaryChanged(Summarised):
    """A host that changes the summary's message before a read returns it."""

    def _change(self, summary: Msg) -> None:
        raise NotImplementedError

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        for message in messages:
            if self._is_summary(message):
                self._change(message)
        return messages


@mutant("summary-appended", "SUM-01")
class SummaryAppended(InMemoryMemory):
    """A new summary is appended to the old one."""

    async def update_compressed_summary(self, summary: str) -> None:
        earlier = self._summary
        await super().update_compressed_summary(summary)
        self._summary = earlier + self._summary if summary else ""


@mutant("summary-trimmed", "SUM-01")
class SummaryTrimmed(InMemoryMemory):
    """Blanks around a summary are trimmed."""

    async def update_compressed_summary(self, summary: str) -> None:
        await super().update_compressed_summary(summary)
        self._summary = self._summary.strip()


@mutant("empty-summary-ignored", "SUM-02")
class EmptySummaryIgnored(InMemoryMemory):
    """An empty summary does not remove the one before."""

    async def update_compressed_summary(self, summary: str) -> None:
        if summary != "":
            await super().update_compressed_summary(summary)


@mutant("empty-summary-shown", "SUM-02")
class EmptySummaryShown(InMemoryMemory):
    """An empty summary comes as a message without text."""

    def __init__(self) -> None:
        super().__init__()
        self._written = False

    async def update_compressed_summary(self, summary: str) -> None:
        await super().update_compressed_summary(summary)
        self._written = True

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if self._written and prepend_summary and not self._summary:
            messages.insert(0, Msg("user", "", "user"))
        return messages


@mutant("summary-without-an-id", "SUM-03")
class SummaryWithoutAnId(SummaryChanged):
    """The summary's message lacks an id, and so cannot be added anywhere."""

    def _change(self, summary: Msg) -> None:
        summary.id = ""


@mutant("summary-of-the-system", "SUM-03")
class SummaryOfTheSystem(SummaryChanged):
    """The summary comes as a message of the system."""

    def _change(self, summary: Msg) -> None:
        summary.role = "system"


@mutant("summary-filtered", "SUM-03")
class SummaryFiltered(InMemoryMemory):
    """A read with a filter leaves the summary out."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        filtered = mark is not None or exclude_mark is not None
        return await super().get_memory(
            mark, exclude_mark, prepend_summary if not filtered else prepend_summary is None
        )


@mutant("summary-last", "SUM-03")
class SummaryLast(Summarised):
    """The summary comes after the messages."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        return sorted(messages, key=self._is_summary)


@mutant("summary-always-first", "SUM-04")
class SummaryAlwaysFirst(InMemoryMemory):
    """The summary comes with messages that were asked for by their mark, asked for or not."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        return await super().get_memory(mark, exclude_mark, prepend_summary or mark is not None)


@mutant("summary-forgotten", "SUM-04")
class SummaryForgotten(InMemoryMemory):
    """A summary that is not asked for is lost."""

    async def get_memory(
        self,
        mark: str | None = None,
        exclude_mark: str | None = None,
        prepend_summary: bool = True,
    ) -> list[Msg]:
        messages = await super().get_memory(mark, exclude_mark, prepend_summary)
        if mark is None and prepend_summary is False:
            self._summary = ""
        return messages


@mutant("summary-deleted-by-mark", "SUM-05")
class SummaryDeletedByMark(InMemoryMemory):
    """delete_by_mark removes the summary with the messages that it removes."""

    async def delete_by_mark(self, mark: str | list[str]) -> int:
        count = await super().delete_by_mark(mark)
        if count:
            self._summary = ""
        return count


@mutant("summary-gone-with-messages", "SUM-05")
class SummaryGoneWithMessages(InMemoryMemory):
    """The summary goes when the last message is deleted."""

    async def delete(self, msg_ids: list[str]) -> int:
        count = await super().delete(msg_ids)
        if count and not self._entries:
            self._summary = ""
        return count


@mutant("summary-surrogates-replaced", "SUM-06")
class SummarySurrogatesReplaced(InMemoryMemory):
    """A lone surrogate in a summary becomes a question mark."""

    async def update_compressed_summary(self, summary: str) -> None:
        if isinstance(summary, str):
            summary = summary.encode(errors="replace").decode()
        await super().update_compressed_summary(summary)


@mutant("summary-removed-before-check", "SUM-06")
class SummaryRemovedBeforeCheck(InMemoryMemory):
    """The old summary is gone when the new one is refused."""

    async def update_compressed_summary(self, summary: str) -> None:
        self._summary = ""
        await super().update_compressed_summary(summary)

"""Agent memory in a dictionary of this process, for all users."""

from memcert import backend
from memcert_reference import Msg

MESSAGES = {}
SUMMARIES = {}


class DictMemory:
    def __init__(self, user_id, session_id):
        self.key = f"{user_id}:{session_id}"
        MESSAGES.setdefault(self.key, [])

    @property
    def entries(self):
        return MESSAGES[self.key]

    async def add(self, memories, marks=None):
        if memories is None:
            return
        if isinstance(memories, Msg):
            memories = [memories]
        if marks is None:
            marks = []
        if isinstance(marks, str):
            marks = [marks]
        ids = {msg.id for msg, _ in self.entries}
        for msg in memories:
            if msg.id not in ids:
                self.entries.append((msg, marks))

    async def delete(self, msg_ids):
        kept = [(msg, marks) for msg, marks in self.entries if msg.id not in msg_ids]
        count = len(self.entries) - len(kept)
        MESSAGES[self.key] = kept
        return count

    async def delete_by_mark(self, mark):
        if isinstance(mark, str):
            mark = [mark]
        return await self.delete(
            [msg.id for msg, marks in self.entries if any(m in marks for m in mark)]
        )

    async def size(self):
        return len(self.entries)

    async def clear(self):
        self.entries.clear()

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        result = [
            msg
            for msg, marks in self.entries
            if (mark is None or mark in marks)
            and (exclude_mark is None or exclude_mark not in marks)
        ]
        summary = SUMMARIES.get(self.key)
        if prepend_summary and summary:
            result = [Msg("user", summary, "user"), *result]
        return result

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        count = 0
        for msg, marks in self.entries:
            if msg_ids is not None and msg.id not in msg_ids:
                continue
            if old_mark is not None:
                if old_mark not in marks:
                    continue
                marks.remove(old_mark)
            if new_mark is not None and new_mark not in marks:
                marks.append(new_mark)
            count += 1
        return count

    async def update_compressed_summary(self, summary):
        SUMMARIES[self.key] = summary

    def state_dict(self):
        return {
            "_compressed_summary": SUMMARIES.get(self.key, ""),
            "content": [[msg.to_dict(), marks] for msg, marks in self.entries],
        }

    def load_state_dict(self, state, strict=True):
        SUMMARIES[self.key] = state["_compressed_summary"]
        MESSAGES[self.key] = [
            (Msg.from_dict(msg), marks) for msg, marks in state["content"]
        ]


@backend("dict-of-lists", process_local=True)
async def dict_of_lists(space):
    yield DictMemory(space.user_id, space.session_id)

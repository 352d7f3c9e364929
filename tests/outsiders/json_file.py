"""Agent memory in a JSON file."""

import json
import os

from memcert import backend
from memcert_backends.servers.folder import path_of
from memcert_reference import Msg


class JsonFileMemory:
    def __init__(self, folder, user_id, session_id):
        self.filename = os.path.join(folder, f"{user_id}_{session_id}.json")

    def _read(self):
        try:
            with open(self.filename) as f:
                return json.load(f)
        except (FileNotFoundError, json.JSONDecodeError):
            return {"summary": "", "messages": []}

    def _write(self, data):
        with open(self.filename, "w") as f:
            json.dump(data, f, indent=2)

    async def add(self, memories, marks=None):
        if not memories:
            return
        if isinstance(memories, Msg):
            memories = [memories]
        if isinstance(marks, str):
            marks = [marks]
        data = self._read()
        existing = [m["msg"]["id"] for m in data["messages"]]
        for msg in memories:
            if msg.id not in existing:
                data["messages"].append({"msg": msg.to_dict(), "marks": marks or []})
        self._write(data)

    async def delete(self, msg_ids):
        data = self._read()
        before = len(data["messages"])
        data["messages"] = [m for m in data["messages"] if m["msg"]["id"] not in msg_ids]
        self._write(data)
        return before - len(data["messages"])

    async def delete_by_mark(self, mark):
        marks = [mark] if isinstance(mark, str) else mark
        data = self._read()
        before = len(data["messages"])
        data["messages"] = [
            m for m in data["messages"] if not any(x in m["marks"] for x in marks)
        ]
        self._write(data)
        return before - len(data["messages"])

    async def size(self):
        return len(self._read()["messages"])

    async def clear(self):
        if os.path.exists(self.filename):
            os.remove(self.filename)

    async def get_memory(self, mark=None, exclude_mark=None, prepend_summary=True):
        data = self._read()
        result = []
        if prepend_summary and data["summary"]:
            result.append(Msg("user", data["summary"], "user"))
        for m in data["messages"]:
            if mark and mark not in m["marks"]:
                continue
            if exclude_mark and exclude_mark in m["marks"]:
                continue
            result.append(Msg.from_dict(m["msg"]))
        return result

    async def update_messages_mark(self, new_mark, old_mark=None, msg_ids=None):
        data = self._read()
        count = 0
        for m in data["messages"]:
            if msg_ids is not None and m["msg"]["id"] not in msg_ids:
                continue
            if old_mark is not None:
                if old_mark not in m["marks"]:
                    continue
                m["marks"].remove(old_mark)
            if new_mark is not None and new_mark not in m["marks"]:
                m["marks"].append(new_mark)
            count += 1
        self._write(data)
        return count

    async def update_compressed_summary(self, summary):
        data = self._read()
        data["summary"] = summary
        self._write(data)

    def state_dict(self):
        data = self._read()
        return {
            "_compressed_summary": data["summary"],
            "content": [[m["msg"], m["marks"]] for m in data["messages"]],
        }

    def load_state_dict(self, state, strict=True):
        self._write(
            {
                "summary": state.get("_compressed_summary", ""),
                "messages": [
                    {"msg": msg, "marks": marks} for msg, marks in state.get("content", [])
                ],
            }
        )


@backend("json-file", store="folder")
async def json_file(space):
    yield JsonFileMemory(path_of(space.server.url), space.user_id, space.session_id)

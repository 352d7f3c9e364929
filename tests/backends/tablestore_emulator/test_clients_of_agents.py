"""The stores of ``tablestore-for-agent-memory``, unmodified."""

from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest
from tablestore import AsyncOTSClient

from tablestore_emulator import emulator

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("tablestore_for_agent_memory")
    from tablestore_for_agent_memory.base.base_knowledge_store import Document
    from tablestore_for_agent_memory.base.base_memory_store import Message, Session
    from tablestore_for_agent_memory.knowledge.async_knowledge_store import AsyncKnowledgeStore
    from tablestore_for_agent_memory.knowledge.knowledge_store import KnowledgeStore
    from tablestore_for_agent_memory.memory.memory_store import MemoryStore


@pytest.fixture
def at_once(store: Any) -> Any:
    store.control.set_lag("0")
    return store


def test_the_memory_store(at_once: Any) -> None:
    memory = MemoryStore(tablestore_client=at_once.client)
    memory.init_table()
    memory.init_search_index()
    for number in range(3):
        memory.put_session(Session(user_id="u", session_id=f"s{number}", update_time=number))
        memory.put_message(
            Message(session_id="s1", message_id=f"m{number}", content="text", create_time=number)
        )
    assert memory.get_session("u", "s1").session_id == "s1"
    assert {it.session_id for it in memory.list_sessions("u")} == {"s0", "s1", "s2"}
    recent = memory.list_recent_sessions_paginated("u").hits
    assert [it.session_id for it in recent] == ["s2", "s1", "s0"]
    messages = memory.list_messages_paginated("s1").hits
    assert {it.message_id for it in messages} == {"m0", "m1", "m2"}
    memory.delete_message("s1", "m1", 1)
    assert {it.message_id for it in memory.list_messages("s1")} == {"m0", "m2"}
    memory.delete_session("u", "s1")
    assert memory.get_session("u", "s1") is None


def test_the_knowledge_store(at_once: Any) -> None:
    knowledge = KnowledgeStore(
        tablestore_client=at_once.client, vector_dimension=2, enable_multi_tenant=False
    )
    knowledge.init_table()
    knowledge.put_document(Document(document_id="1", text="hello world", embedding=[1.0, 0.0]))
    knowledge.put_document(Document(document_id="2", text="other words", embedding=[0.0, 1.0]))
    assert knowledge.get_document("1").text == "hello world"
    assert [it.document.document_id for it in knowledge.full_text_search("hello").hits] == ["1"]
    found = knowledge.vector_search(query_vector=[0.0, 0.9], top_k=1).hits
    assert found[0].document.document_id == "2"
    knowledge.delete_document("1")
    assert knowledge.get_document("1") is None


def test_the_async_knowledge_store_with_tenants(at_once: Any) -> None:
    async def run() -> None:
        client = at_once.new_client(AsyncOTSClient)
        try:
            knowledge = AsyncKnowledgeStore(
                tablestore_client=client, vector_dimension=2, enable_multi_tenant=True
            )
            await knowledge.init_table()
            for tenant in ("a", "b"):
                document = Document(document_id="1", tenant_id=tenant, text=f"text of {tenant}")
                document.embedding = [1.0, 0.0]
                await knowledge.put_document(document)
            found = await knowledge.search_documents(tenant_id="a")
            assert [it.document.text for it in found.hits] == ["text of a"]
        finally:
            await client.close()

    asyncio.run(run())


def test_with_the_lag_of_the_service_a_search_misses_what_was_just_written(store_of: Any) -> None:
    with emulator() as running:
        store = store_of(running)
        knowledge = KnowledgeStore(
            tablestore_client=store.client, vector_dimension=2, enable_multi_tenant=False
        )
        knowledge.init_table()
        store.control.catch_up()
        with store.control.frozen("clock"):
            knowledge.put_document(Document(document_id="1", text="hello", embedding=[1.0, 0.0]))
            assert knowledge.get_document("1").text == "hello"
            assert knowledge.full_text_search("hello").hits == []
        store.control.catch_up()
        assert len(knowledge.full_text_search("hello").hits) == 1
        store.client.connection.pool.clear()

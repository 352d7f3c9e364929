"""The conformance kit for agent-memory backends."""

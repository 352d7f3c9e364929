"""How long connections may keep the emulator waiting."""

REQUEST_SECONDS = 60.0
"""How long the headers of a request may take, and then its body, in seconds: on the loopback, any
client that means it takes less."""

KEEP_ALIVE_SECONDS = 75.0
"""How long a connection may wait for its next request, whole headers included, in seconds."""

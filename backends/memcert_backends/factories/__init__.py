"""The built-in backends: one factory each."""

"""Automatic mutants: small changes of the code that nobody chose, each certified by itself."""

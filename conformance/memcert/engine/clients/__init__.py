"""The memories of a program's clients: opened in this process or in another, and watched there."""

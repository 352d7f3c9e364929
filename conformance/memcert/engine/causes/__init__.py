"""What makes programs fail: one cause, however many programs show it."""

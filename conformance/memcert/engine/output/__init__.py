"""What is written: files that nobody finds half of, and text that others wrote, made safe."""

"""How what was seen is judged: step by step, or by an order of operations that explains it all."""

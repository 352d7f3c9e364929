"""The engine: programs, executions, verdicts, levels, certificates.

Nothing here knows what a memory can do. A contract (`memcert.engine.contract`) brings the
operations, the model that they are judged by, the rules and the mutants.
"""

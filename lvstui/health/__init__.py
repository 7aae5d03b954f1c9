"""Health checking without I/O: verdicts, judgements of replies, quorum, the pool."""

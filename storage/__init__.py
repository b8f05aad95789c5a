"""Everything that is kept: SQL, Redis and in-memory implementations of the cores' ports."""

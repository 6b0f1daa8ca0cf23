"""Kilat's intent pipeline beside its peers, on public intent data: `make bench-nlu DATA=path` (docs/benchmarks.md)."""

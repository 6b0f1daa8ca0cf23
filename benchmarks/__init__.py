"""Benchmarks: each compares two things in one run on one machine and reports the ratio."""

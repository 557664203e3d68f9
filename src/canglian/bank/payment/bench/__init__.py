"""The benchmarks of payments."""

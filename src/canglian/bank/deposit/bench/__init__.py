"""The benchmarks of deposit accounts."""

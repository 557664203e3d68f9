"""The benchmarks of settlement."""

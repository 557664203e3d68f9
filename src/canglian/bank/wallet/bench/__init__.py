"""The benchmarks of wallets."""

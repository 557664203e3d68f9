"""What the screens and the API of wallets read."""

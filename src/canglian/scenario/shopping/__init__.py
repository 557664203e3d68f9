"""Consumption: vouchers, monthly-swipe rewards, lucky draws and flash sales. Empty today."""

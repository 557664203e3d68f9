"""Coupons: claimed by people, used in payments, given back by refunds, expired."""

"""Coupons that are earned: by paying so often in a month (月月刷), and by inviting people who then pay."""

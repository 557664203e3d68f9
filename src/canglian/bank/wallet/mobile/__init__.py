"""A person's own pages about wallets. They translate: who may see what is asked in ``owning``, and nowhere else."""

from canglian.bank.wallet.mobile import codes, home, limits, money, opening, pins, safety, statements, transfers

HANDLERS = (
    *home.handlers,
    *transfers.handlers,
    *money.handlers,
    *opening.handlers,
    *pins.handlers,
    *safety.handlers,
    *codes.handlers,
    *statements.handlers,
    *limits.handlers,
)

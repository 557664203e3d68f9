"""A person's own pages about wallets. They translate: who may see what is asked in ``owning``, and nowhere else."""

from canglian.bank.wallet.mobile import (
    codes,
    home,
    limits,
    money,
    opening,
    pins,
    safety,
    statement_files,
    statements,
    transfers,
)
from canglian.web.mobile import refusals

HANDLERS = (
    *home.handlers,
    *transfers.handlers,
    *money.handlers,
    *opening.handlers,
    *pins.handlers,
    *safety.handlers,
    *codes.handlers,
    *statements.handlers,
    *statement_files.handlers,
    *limits.handlers,
)

refusals.say_plainly(
    "transfer.insufficient_funds", "The balance is not enough: {available} available, {amount} needed."
)
refusals.say_plainly("transfer.above_ceiling", "No more fits in than {room}; {amount} is too much.")
refusals.say_plainly("wallet.sub_merchant", "This sub-wallet pays one merchant alone.")
refusals.say_plainly("wallet_pin.not_set", "This wallet has no payment PIN yet.")
refusals.say_plainly("wallet_pin.locked", "The payment PIN is locked after too many wrong ones, until {until}.")
refusals.offer("transfer.insufficient_funds", "Put money in", "/m/wallets/{wallet}/top-up")
refusals.offer("limit.exceeded", "See my limits", "/m/wallets/{wallet}/limits")
refusals.offer("wallet_pin.not_set", "Set it now", "/m/wallets/{wallet}/pin")

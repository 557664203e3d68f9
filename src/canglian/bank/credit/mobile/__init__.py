"""A person's own pages about credit: what they may borrow, applying and signing, drawing, bills, and paying back."""

from canglian.bank.credit.mobile import applying, bills, debiting, drawing, home, paying, relatives
from canglian.bank.wallet.mobile import others

HANDLERS = (
    *home.handlers,
    *applying.handlers,
    *drawing.handlers,
    *paying.handlers,
    *debiting.handlers,
    *bills.handlers,
    *relatives.handlers,
)

others.on_home(home.on_home)
others.on_lines(home.lines)

"""The ledger over HTTP, one noun a file. Handlers translate: a body becomes a command, a query string a filter."""

from canglian.ledger.api.accounts import router as accounts
from canglian.ledger.api.books import routers as books
from canglian.ledger.api.holds import router as holds
from canglian.ledger.api.transfers import router as transfers

ROUTERS = (*books, accounts, transfers, holds)

"""``canglian facility``, ``limit-hold``, ``credit-application``, ``loan``, ``loan-transaction``, ``bill`` and so on."""

from datetime import datetime
from typing import Annotated

import msgspec
import typer

from canglian.bank.credit.applications.actions import APPLICATIONS
from canglian.bank.credit.benchmarks import queries as benchmarks
from canglian.bank.credit.benchmarks.versions import BENCHMARKS
from canglian.bank.credit.collection.actions import AGREEMENTS, ATTEMPTS
from canglian.bank.credit.facilities.actions import FACILITIES, HOLDS
from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.actions import LOANS, TRANSACTIONS
from canglian.bank.credit.pay_later.actions import BILLS, RELATIVES
from canglian.bank.credit.products import queries as products
from canglian.bank.credit.products.versions import PRODUCTS
from canglian.bank.credit.quote_cli import quote
from canglian.kernel.amounts import major
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts, table


async def payoff(
    context: BookContext,
    loan: Annotated[str, typer.Argument(help="The loan's id.")],
    on: Annotated[datetime | None, typer.Option("--on", help="By default today.", formats=["%Y-%m-%d"])] = None,
) -> Answer:
    """Say what pays a loan off on a day, if nothing is paid until then."""
    found = await queries.payoff(context.reader, context.book, loan, None if on is None else on.date())
    parts = ("principal", "interest", "penalty", "fees", "total", "due")
    rows = [(name, major(getattr(found, name))) for name in parts]
    return Answer(msgspec.to_builtins(found), facts(rows, f"{loan} on {found.on.isoformat()}, in {found.asset}"))


async def portfolio(context: BookContext) -> Answer:
    """Show all loans that bear interest, by how long they are overdue."""
    found = await queries.portfolio(context.reader, context.book)
    rows = [
        (bucket.bucket, bucket.asset, f"{bucket.loans:,}", major(bucket.outstanding), major(bucket.overdue))
        for bucket in found.data
    ]
    return Answer(
        msgspec.to_builtins(found), table([">days overdue from", "asset", ">loans", ">outstanding", ">overdue"], rows)
    )


async def list_products(context: BookContext) -> Answer:
    """List all versions of all loan products, by code and the latest first."""
    found = await products.versions(context.reader, context.book)
    rows = [
        (
            product.code,
            product.version,
            product.name,
            product.method.value,
            f"{major(product.rate_ppm, 4)} %",
            product.effective_from.isoformat(),
            "yes" if product.active else "no",
        )
        for product in found
    ]
    names = ["code", ">version", "name", "method", ">rate", "from", "open"]
    return Answer({"data": msgspec.to_builtins(found)}, table(names, rows))


async def list_rates(context: BookContext) -> Answer:
    """List all versions of all published rates, by code and the latest first."""
    found = await benchmarks.versions(context.reader, context.book)
    rows = [
        (rate.code, rate.version, rate.name, f"{major(rate.rate_ppm, 4)} %", rate.effective_from.isoformat())
        for rate in found
    ]
    return Answer({"data": msgspec.to_builtins(found)}, table(["code", ">version", "name", ">rate", "from"], rows))


list_rates.__name__ = "list"
list_products.__name__ = "list"  # the builtin keeps its name here

NOUNS = {
    "loan-product": Noun(resource=PRODUCTS.resource(), verbs=(list_products,)),
    "facility": Noun(resource=FACILITIES),
    "benchmark-rate": Noun(resource=BENCHMARKS.resource(), verbs=(list_rates,)),
    "limit-hold": Noun(resource=HOLDS),
    "credit-application": Noun(resource=APPLICATIONS),
    "loan": Noun(resource=LOANS, verbs=(quote, payoff, portfolio)),
    "loan-transaction": Noun(resource=TRANSACTIONS),
    "bill": Noun(resource=BILLS),
    "relative": Noun(resource=RELATIVES),
    "debit-agreement": Noun(resource=AGREEMENTS),
    "debit-attempt": Noun(resource=ATTEMPTS),
}

"""django-oscar's offer applicator, asked for the same baskets, in a process of its own.

``python -m canglian.bank.reward.bench.oscar`` reads baskets as JSON from its input and writes what each was given and
took. A basket has one line of goods; an offer takes an amount off from a price on, and is exclusive or not. The shop is
Oscar's own code with its own models in a SQLite database in memory, without search and without a web site. Its
applicator cannot do without the database, which it asks several times an offer; offers and baskets are loaded and put
together before the clock runs. Django is configured here and nowhere else.
"""

import os
import subprocess
import sys
import time
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import msgspec


class OscarOffer(msgspec.Struct, frozen=True, array_like=True):
    """So many fen off from a price on; an exclusive one is used with no other."""

    over: int
    off: int
    exclusive: bool


class Basket(msgspec.Struct, frozen=True, array_like=True):
    """A price of goods and what is offered, in the order in which it was made."""

    price: int
    offers: tuple[OscarOffer, ...]


class Given(msgspec.Struct, frozen=True, array_like=True):
    """What was taken off a basket, in fen, how long that took, and how often the database was asked."""

    off: int
    seconds: float
    queries: int


def is_installed() -> bool:
    """Whether django-oscar is there: it is in the group ``dev``."""
    return find_spec("oscar") is not None


def asked(baskets: list[Basket]) -> list[Given]:
    """What Oscar takes off each basket."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", __spec__.name],
        input=msgspec.json.encode(baskets),
        capture_output=True,
        check=False,
        env=dict(os.environ),
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2_000:])
    return msgspec.json.decode(done.stdout, type=list[Given])


_SHOP_APPS = {
    "analytics": "Analytics",
    "address": "Address",
    "catalogue": "Catalogue",
    "catalogue.reviews": "CatalogueReviews",
    "partner": "Partner",
    "basket": "Basket",
    "offer": "Offer",
    "order": "Order",
    "customer": "Customer",
    "voucher": "Voucher",
    "communication": "Communication",
    "payment": "Payment",
    "shipping": "Shipping",
    "checkout": "Checkout",
    "search": "Search",
    "wishlists": "Wishlists",
}
_OTHER_APPS = ("auth", "contenttypes", "sites", "sessions", "messages", "flatpages")


class _NoMigrations:
    """Tables are made from the models as they are."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def _open_shop() -> Any:
    """Configure Django, and make the tables; gives the function that finds Oscar's models."""
    defaults: Any = import_module("oscar.defaults")
    own = {name: getattr(defaults, name) for name in dir(defaults) if name.isupper()}
    settings: Any = import_module("django.conf").settings
    settings.configure(
        **own,
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in _OTHER_APPS),
            *(f"oscar.apps.{name}.apps.{config}Config" for name, config in _SHOP_APPS.items()),
            "treebeard",
            "django_tables2",
            "haystack",
            "widget_tweaks",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        MIGRATION_MODULES=_NoMigrations(),
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        SECRET_KEY="benchmark",  # noqa: S106 - nothing is signed
        SITE_ID=1,
        USE_TZ=True,
    )
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", run_syncdb=True, verbosity=0)
    return import_module("oscar.core.loading")


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


class _Shop:
    """One product in all baskets, at the price of each."""

    def __init__(self) -> None:
        loading = _open_shop()
        self.model = loading.get_model
        self.applicator = loading.get_class("offer.applicator", "Applicator")()
        self.strategy = loading.get_class("partner.strategy", "Default")()
        self.connection: Any = import_module("django.db").connection
        kind = self._new("catalogue", "ProductClass", name="goods", track_stock=False, requires_shipping=False)
        self.product = self._new("catalogue", "Product", title="goods", product_class=kind)
        partner = self._new("partner", "Partner", name="shop")
        self.stock = self._new(
            "partner", "StockRecord", product=self.product, partner=partner, partner_sku="1", price=Decimal(1)
        )
        self.range = self._new("offer", "Range", name="all", includes_all_products=True)

    def _new(self, app: str, entity: str, /, **fields: Any) -> Any:
        return self.model(app, entity).objects.create(**fields)

    def give(self, number: int, asked_for: Basket) -> Given:
        self.stock.price = _yuan(asked_for.price)
        self.stock.save()
        offers = [
            self._offer(f"{number}-{place}", place, offer, asked_for) for place, offer in enumerate(asked_for.offers)
        ]
        basket = self._new("basket", "Basket")
        basket.strategy = self.strategy
        basket.add_product(self.model("catalogue", "Product").objects.get(pk=self.product.pk), 1)
        basket.all_lines()
        queries = 0

        def count(execute: Any, *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        with self.connection.execute_wrapper(count):
            begun = time.perf_counter()
            self.applicator.apply_offers(basket, offers)
            seconds = time.perf_counter() - begun
        return Given(int(basket.total_discount.scaleb(2)), seconds, queries)

    def _offer(self, name: str, place: int, offer: OscarOffer, asked_for: Basket) -> Any:
        condition = self._new("offer", "Condition", range=self.range, type="Value", value=_yuan(offer.over))
        benefit = self._new("offer", "Benefit", range=self.range, type="Absolute", value=_yuan(offer.off))
        return self._new(
            "offer",
            "ConditionalOffer",
            name=name,
            condition=condition,
            benefit=benefit,
            offer_type="Site",
            exclusive=offer.exclusive,
            priority=len(asked_for.offers) - place,
            max_basket_applications=1,
        )


def _main() -> None:
    baskets = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Basket])
    shop = _Shop()
    given = [shop.give(number, basket) for number, basket in enumerate(baskets)]
    sys.stdout.buffer.write(msgspec.json.encode(given))


if __name__ == "__main__":
    _main()

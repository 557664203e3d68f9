"""``canglian bench promotion``: the best lawful combination of twenty discounts, timed, and held against brute force.

*Quotes*: baskets of a few yuan to a thousand, each with twenty discounts that all reach their price, stack, and are of
some groups; each is decided by itself. *Brute force*: baskets of up to twelve discounts of every kind, each lawful
combination tried. *In order*: the same baskets, every discount used that may be used when its turn comes, as a cart
does that looks no further; what shoppers would lose by it.

*django-oscar*: its applicator in the same run (``oscar.py``), for quotes of as many offers, and for baskets whose
offers both sides understand alike: so much off from a price on, exclusive, or up to three that go together. It uses
offers by their priority, as far as they go, so shoppers lose what a better choice would have given. What it gives is
held against a calculation of that rule, so that no misunderstanding counts as a loss. Where django-oscar is not
installed, it is left out of the report.
"""

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from canglian.bank.reward.bench import oscar
from canglian.bank.reward.bench.oscar import Basket, OscarOffer
from canglian.bank.reward.campaigns.model import Tier
from canglian.bank.reward.stacking import TOGETHER_MAX, Candidate, applied, are_lawful, best, in_order
from canglian.ledger.bench.ground import bars
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread

OFFERS = 20
OFFERS_MAX = 12
"""How many discounts a basket has at most where brute force tries them all."""

GROUPS = ("", "", "brand", "city", "mall")


class Size(msgspec.Struct, frozen=True):
    """How many baskets are quoted in a round, how many rounds, and how many are held against brute force."""

    quotes: int
    baskets: int
    rounds: int = 3
    oscar_quotes: int = 100
    oscar_baskets: int = 500


FULL = Size(10_000, 10_000)
QUICK = Size(2_000, 1_000, oscar_quotes=30, oscar_baskets=100)
TINY = Size(50, 30, rounds=1, oscar_quotes=2, oscar_baskets=5)


def run(folder: Path, size: Size) -> Report:
    """Measure; nothing is kept, so the folder stays empty."""
    del folder
    rates, seconds = list[float](), list[float]()
    with bars() as progress:
        task = progress.add_task("quoting", total=size.rounds + 2)
        for number in range(size.rounds):
            taken = list(_quoted(size.quotes, number))
            seconds += taken
            rates.append(len(taken) / sum(taken))
            progress.advance(task)
        differing, lost, baskets = _compared(size.baskets)
        progress.advance(task)
        beside = beside_oscar(size) if oscar.is_installed() else None
        progress.advance(task)
    slowest = percentile(seconds, 0.99) * 1_000
    return Report(
        "promotion",
        {
            "offers": OFFERS,
            "quotes_per_second": round(median(rates)),
            "spread": spread(rates),
            "p50_ms": round(percentile(seconds, 0.5) * 1_000, 3),
            "p99_ms": round(slowest, 3),
            "baskets": size.baskets,
            "baskets_that_lose_in_order": baskets,
            "fen_lost_in_order": lost,
            "oscar": None if beside is None else beside.figures(size.oscar_baskets),
        },
        [
            Bar("p99 of a quote with 20 offers, ms", slowest, 10, at_most=True),
            Bar("baskets that differ from brute force", differing, 0, at_most=True),
            *([] if beside is None else beside.bars(median(rates))),
        ],
    )


def _quoted(quotes: int, seed: int) -> Iterator[float]:
    """How long each quote takes, in seconds."""
    chance = random.Random(f"quotes {seed}")  # noqa: S311 - the same baskets every time
    for _ in range(quotes):
        price = chance.randint(5_000, 100_000)
        offered = [_eligible(chance, str(number), price) for number in range(OFFERS)]
        begun = time.perf_counter()
        best(price, offered)
        yield time.perf_counter() - begun


def _compared(baskets: int) -> tuple[int, int, int]:
    """Baskets that differ from brute force; what the order alone loses, in fen, and in how many baskets."""
    chance = random.Random("baskets")  # noqa: S311 - the same baskets every time
    differing = lost = losing = 0
    for _ in range(baskets):
        price = chance.randint(1_000, 50_000)
        offered = [_any(chance, str(number)) for number in range(chance.randint(1, OFFERS_MAX))]
        most = _brute(price, offered)
        differing += best(price, offered).off != most
        less = most - _in_order(price, offered)
        lost, losing = lost + less, losing + (less > 0)
    return differing, lost, losing


class _Beside(msgspec.Struct, frozen=True):
    """django-oscar's quotes a second and its queries for one; in how many baskets what came of it, and in fen."""

    per_second: float
    queries: int
    losing: int
    lost: int
    off: int
    unlike: int
    better: int

    def figures(self, baskets: int) -> dict[str, float]:
        return {
            "quotes_per_second": round(self.per_second, 1),
            "queries_of_a_quote": self.queries,
            "baskets": baskets,
            "baskets_that_lose": self.losing,
            "fen_lost": self.lost,
            "fen_taken_off": self.off,
        }

    def bars(self, per_second: float) -> list[Bar]:
        return [
            Bar("quotes a second / django-oscar", per_second / self.per_second, 1),
            Bar("baskets in which django-oscar does not follow its rule", self.unlike, 0, at_most=True),
            Bar("baskets in which django-oscar takes more off", self.better, 0, at_most=True),
        ]


def beside_oscar(size: Size) -> _Beside:
    """The same baskets, by the applicator and by the best lawful combination."""
    chance = random.Random("oscar")  # noqa: S311 - the same baskets every time
    quotes = [_shop_basket(chance, OFFERS) for _ in range(size.oscar_quotes)]
    baskets = [_shop_basket(chance, chance.randint(1, OFFERS_MAX)) for _ in range(size.oscar_baskets)]
    given = oscar.asked([*quotes, *baskets])
    timed, compared = given[: len(quotes)], list(zip(baskets, given[len(quotes) :], strict=True))
    losses = [best(basket.price, _candidates(basket)).off - got.off for basket, got in compared]
    return _Beside(
        len(timed) / sum(got.seconds for got in timed),
        max(got.queries for got in timed),
        sum(loss > 0 for loss in losses),
        sum(losses),
        sum(got.off for _, got in compared),
        sum(_by_priority(basket) != got.off for basket, got in compared),
        sum(loss < 0 for loss in losses),
    )


def _shop_basket(chance: random.Random, offers: int) -> Basket:
    """Some exclusive offers whose price this one may reach, up to three that go together, in an order of chance."""
    price = chance.randint(5_000, 50_000)
    together = chance.randint(0, min(TOGETHER_MAX, offers))
    made = [OscarOffer(0, chance.randint(100, 900), False) for _ in range(together)]
    for _ in range(offers - together):
        over = chance.randint(3_000, 60_000)
        made.append(OscarOffer(over, chance.randint(100, max(101, over // 5)), True))
    chance.shuffle(made)
    return Basket(price, tuple(made))


def _candidates(basket: Basket) -> list[Candidate]:
    return [
        Candidate(f"{place:02d}", (Tier(offer.over, offer.off),), stacks=not offer.exclusive)
        for place, offer in enumerate(basket.offers)
    ]


def _by_priority(basket: Basket) -> int:
    """What offers take off that are used in their order: an exclusive one by itself, others beside others."""
    used: list[OscarOffer] = []
    for offer in basket.offers:
        if basket.price >= offer.over and not (used and (offer.exclusive or used[0].exclusive)):
            used.append(offer)
    return sum(offer.off for offer in used)


def _eligible(chance: random.Random, identity: str, price: int) -> Candidate:
    """A discount that stacks, and whose price this one reaches."""
    return _candidate(chance, identity, chance.randint(0, price), stacks=True)


def _any(chance: random.Random, identity: str) -> Candidate:
    return _candidate(chance, identity, chance.choice((0, chance.randint(0, 50_000))), stacks=chance.random() < 0.8)


def _candidate(chance: random.Random, identity: str, over: int, *, stacks: bool) -> Candidate:
    share = chance.choice((None, chance.randint(100, 5_000)))
    tier = Tier(over, chance.randint(100, max(101, over // 2)), share)
    return Candidate(identity, (tier,), chance.randint(1, 4), stacks, chance.choice(GROUPS))


def _brute(price: int, offered: Sequence[Candidate]) -> int:
    """The most that any lawful combination takes off."""
    lawful = (
        in_order(chosen)
        for size in range(min(len(offered), TOGETHER_MAX) + 1)
        for chosen in itertools.combinations(offered, size)
        if are_lawful(chosen)
    )
    return max(sum(applied(price, [candidate.tiers for candidate in chosen])) for chosen in lawful)


def _in_order(price: int, offered: Sequence[Candidate]) -> int:
    """What is taken off where each discount is used that may be when its turn comes."""
    used: list[Candidate] = []
    for candidate in in_order(offered):
        amounts = applied(price, [found.tiers for found in (*used, candidate)])
        if amounts[-1] and are_lawful([*used, candidate]):
            used.append(candidate)
    return sum(applied(price, [candidate.tiers for candidate in used]))

"""What happens at the demo branch: sixty business days of salaries, shopping, fees, loans and sunlight, and some more.

A day is made from its place after the first one alone, so a fill that was killed goes on with the same movements, and a
fresh branch ends at the same transfer whatever the date.
"""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from canglian.app.demo.branch import Branch
from canglian.kernel.values import SHANGHAI
from canglian.ledger.commands import HistoryLine

DAYS = 60
WEEKEND = 5
PURCHASES_A_DAY = 190

_OPENS, _CLOSES = 7 * 3600, 22 * 3600
_NOON = 12 * 3600

Leg = tuple[str, str, int, str]
"""From whom, to whom, how many fen, and the code."""


class Intent(NamedTuple):
    """Legs that happen together at a second of the day, or not at all."""

    second: int
    legs: tuple[Leg, ...]
    reference: str | None
    metadata: dict[str, str] | None


def business_days(before: date) -> list[date]:
    """The last sixty weekdays before a date, oldest first."""
    days: list[date] = []
    day = before
    while len(days) < DAYS:
        day -= timedelta(days=1)
        if day.weekday() < WEEKEND:
            days.append(day)
    return days[::-1]


def history(branch: Branch, numbers: dict[str, int], before: date) -> Iterator[tuple[date, list[HistoryLine]]]:
    """The sixty days before a date with their movements, in the order of their time; ``numbers`` are the accounts' by
    reference."""
    return itertools.islice(history_and_on(branch, numbers, before), DAYS)


def history_and_on(branch: Branch, numbers: dict[str, int], before: date) -> Iterator[tuple[date, list[HistoryLine]]]:
    """The same, and the weekdays from the date on, without an end."""
    town = Town(branch, numbers)
    later = (before + timedelta(days=n) for n in itertools.count())
    days = itertools.chain(business_days(before), (day for day in later if day.weekday() < WEEKEND))
    for place, day in enumerate(days):
        yield day, town.live(place, day)


class Town:
    """The branch's customers over the days: it knows what each has, so nobody spends what is not there."""

    def __init__(self, branch: Branch, numbers: dict[str, int]) -> None:
        self._branch = branch
        self._numbers = numbers
        self._money: defaultdict[str, int] = defaultdict(int)
        self._intents: list[Intent] = []
        self._chance = random.Random()  # noqa: S311 - repeatable on purpose
        self._day = date.min

    def live(self, place: int, day: date) -> list[HistoryLine]:
        """All movements of one day, by the clock."""
        self._day = day
        self._intents = []
        self._chance.seed(f"新城支行 {place}")
        if place == 0:
            self._begin()
        monthly = {1: self._month, 3: self._sunlight, 4: self._repayments, 6: self._salaries}
        if place % 21 in monthly:
            monthly[place % 21]()
        if place % 5 == 2:
            self._suppliers()
        if place == DAYS - 5:
            self._deposit_interest()
        for part in (self._wires, self._cash, self._wallets, self._meals):
            part()
        self._shopping(busy=place % 5 == 4)
        return list(self._settled())

    def _settled(self) -> Iterator[HistoryLine]:
        """What was meant for the day, by the clock, without what the payer has not got."""
        for intent in sorted(self._intents, key=lambda intent: intent.second):
            debit, _, amount, _ = intent.legs[0]
            if _is_customer(debit) and self._money[debit] < amount:
                continue
            happened_at = _instant(self._day, intent.second)
            for debit, credit, amount, code in intent.legs:
                self._money[debit] -= amount
                self._money[credit] += amount
                yield HistoryLine(
                    debit=self._numbers[debit],
                    credit=self._numbers[credit],
                    amount=amount,
                    code=code,
                    reference=intent.reference,
                    metadata=intent.metadata,
                    happened_at=happened_at,
                    date=self._day,
                )

    # -- the parts of a day ----------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The first day: capital, cash in the vault, what customers bring along, and the first loans."""
        self._plan(_OPENS - 600, ("central-bank", "capital", 80_000_000_00, "capital.paid_in"))
        self._plan(_OPENS - 500, ("cash-vault", "central-bank", 3_000_000_00, "cash.supply"))
        self._plan(_OPENS - 400, *((f"cash-atm-{n}", "cash-vault", 200_000_00, "cash.supply") for n in (1, 2, 3)))
        self._plan(_OPENS - 300, ("interbank", "central-bank", 5_000_000_00, "interbank.placement"))
        for kind, low, high in (
            (self._branch.people, 2_000, 60_000),
            (self._branch.shops, 10_000, 90_000),
            (self._branch.companies, 900_000, 4_000_000),
        ):
            for customer in kind:
                self._plan(_OPENS - 200, ("clearing-large", customer, self._yuan(low, high), "deposit.opening"))
        for borrower, loan in self._branch.loans.items():
            amount = 120_000_00 + 10_000_00 * self._chance.randrange(8)
            self._plan(_OPENS - 50, (loan, borrower, amount, "loan.disbursement"))
            if "solar" in loan:
                self._plan(_OPENS - 10, (borrower, self._branch.companies[3], amount, "solar.installation"))

    def _wires(self) -> None:
        for _ in range(self._chance.randint(8, 16)):
            company = self._chance.choice(self._branch.companies)
            self._plan(self._time(), ("clearing-large", company, self._yuan(3_000, 90_000), "transfer.in"))
        for _ in range(self._chance.randint(6, 14)):
            company = self._chance.choice(self._branch.companies)
            fee = self._chance.choice((500, 1000, 1500))
            self._plan(
                self._time(),
                (company, "clearing-small", self._yuan(2_000, 60_000), "transfer.out"),
                (company, "income-fees", fee, "fee.transfer"),
            )
        for _ in range(self._chance.randint(10, 20)):
            person = self._chance.choice(self._branch.people)
            self._plan(self._time(), ("clearing-small", person, self._yuan(100, 3_000), "transfer.in"))

    def _salaries(self) -> None:
        companies = self._branch.companies
        for n, person in enumerate(self._branch.people[:140]):
            leg = (companies[n % len(companies)], person, self._yuan(4_200, 13_800), "salary")
            self._plan(9 * 3600 + n, leg, reference=self._paper("SA", n))

    def _sunlight(self) -> None:
        """The grid pays every household for its energy, and the subsidy on top."""
        for n, (household, loan) in enumerate(self._branch.loans.items()):
            if "solar" in loan:
                energy = self._chance.randint(5_200, 9_100)
                self._plan(
                    10 * 3600 + n,
                    ("clearing-grid", household, energy * 3949 // 100, "solar.income"),
                    ("clearing-grid", household, energy * 3, "solar.subsidy"),
                    reference=self._paper("PV", n),
                    metadata={"kwh": str(energy)},
                )

    def _repayments(self) -> None:
        for n, (borrower, loan) in enumerate(self._branch.loans.items()):
            interest = self._yuan(380, 620)
            self._plan(
                11 * 3600 + n,
                (borrower, "income-interest", interest, "loan.interest"),
                (borrower, loan, 2_700_00 - interest, "loan.principal"),
                reference=self._paper("RP", n),
            )

    def _month(self) -> None:
        """Once a month: rent, water and gas, the account fee, the office's bills, and the meal subsidy."""
        rent, water, gas = (self._branch.companies[n] for n in (7, 5, 6))
        for n, shop in enumerate(self._branch.shops):
            self._plan(self._time(), (shop, rent, self._yuan(1_800, 6_500), "rent"), reference=self._paper("RT", n))
        for n, person in enumerate(self._branch.people[:150]):
            bills = (
                (person, water, self._yuan(25, 140), "utility.water"),
                (person, gas, self._yuan(30, 210), "utility.gas"),
            )
            for bill in bills:
                self._plan(self._time(), bill, reference=self._paper("UT", n))
        for company in self._branch.companies:
            self._plan(17 * 3600, (company, "income-fees", 30_00, "fee.account"))
        self._plan(17 * 3600 + 60, ("expense-office", water, self._yuan(2_000, 4_000), "office.utilities"))
        for n, purse in enumerate(self._branch.purses):
            leg = ("meals-receivable", purse, 300_00, "subsidy.meals")
            self._plan(_OPENS + n, leg, reference=self._paper("EM", n))

    def _suppliers(self) -> None:
        for n, shop in enumerate(self._branch.shops):
            company = self._branch.companies[self._chance.choice((0, 2, 4, 8, 14))]
            leg = (shop, company, self._yuan(300, 2_600), "supplier.payment")
            self._plan(self._time(), leg, reference=self._paper("SP", n))

    def _deposit_interest(self) -> None:
        """The quarter's interest on demand deposits at 0.05 % a year: accrued whole, then paid one by one."""
        owed = {person: self._money[person] * 5 // 40_000 for person in self._branch.people}
        total = sum(owed.values())
        self._plan(18 * 3600, ("expense-interest", "interest-payable", total, "interest.accrual"))
        for person, amount in owed.items():
            if amount:
                self._plan(18 * 3600 + 60, ("interest-payable", person, amount, "interest.deposit"))

    def _cash(self) -> None:
        for _ in range(self._chance.randint(8, 14)):
            person = self._chance.choice(self._branch.people)
            machine = f"cash-atm-{self._chance.randint(1, 3)}"
            amount = self._chance.randint(1, 20) * 100_00
            if self._chance.randrange(2):
                self._plan(self._time(), (machine, person, amount, "cash.deposit"))
            else:
                self._plan(self._time(), (person, machine, amount, "cash.withdrawal"))

    def _wallets(self) -> None:
        """Deposits become digital yuan (two legs under one paper), and digital yuan is spent."""
        for n in range(self._chance.randint(7, 12)):
            whose, amount = self._chance.randrange(len(self._branch.wallets)), self._yuan(50, 800)
            self._plan(
                self._time(),
                (self._branch.people[whose], "exchange-cny", amount, "wallet.recharge"),
                ("exchange-ecny", self._branch.wallets[whose], amount, "wallet.recharge"),
                reference=self._paper("WR", n),
            )
        for _ in range(self._chance.randint(9, 15)):
            leg = (self._chance.choice(self._branch.wallets), "shop-ecny", self._yuan(8, 120), "shop.payment")
            self._plan(self._time(), leg, metadata={"channel": "ecny"})

    def _meals(self) -> None:
        for purse in self._branch.purses:
            if self._chance.randrange(10) < 7:
                price = self._chance.choice((800, 1000, 1200))
                self._plan(_NOON + self._chance.randrange(3600), (purse, "meals-canteen", price, "meal.payment"))

    def _shopping(self, *, busy: bool) -> None:
        count = PURCHASES_A_DAY * self._chance.randint(85, 115) // 100
        if busy:
            count = count * 13 // 10
        shops = self._branch.shops
        for n in range(count):
            person = self._chance.choice(self._branch.people)
            shop = shops[min(self._chance.randrange(len(shops)), self._chance.randrange(len(shops)))]
            amount = self._chance.randint(6, 40) * self._chance.randint(50, 400)
            leg = (person, shop, amount, "shop.payment")
            self._plan(self._time(), leg, reference=self._paper("OR", n), metadata={"channel": "qr"})

    # -- the pieces ------------------------------------------------------------------------------------------

    def _plan(
        self, second: int, *legs: Leg, reference: str | None = None, metadata: dict[str, str] | None = None
    ) -> None:
        self._intents.append(Intent(second, legs, reference, metadata))

    def _time(self) -> int:
        """A second within opening hours."""
        return self._chance.randint(_OPENS, _CLOSES)

    def _yuan(self, low: int, high: int) -> int:
        """An amount in fen between so many yuan."""
        return self._chance.randint(low * 100, high * 100)

    def _paper(self, kind: str, number: int) -> str:
        return f"{kind}{self._day:%Y%m%d}-{number:05d}"


def _is_customer(account: str) -> bool:
    return account.startswith(("person", "shop", "company", "wallet", "meals-0", "meals-1", "interest-payable"))


def _instant(day: date, second: int) -> datetime:
    moment = datetime.combine(day, time(), SHANGHAI) + timedelta(seconds=second)
    return moment.astimezone(UTC)

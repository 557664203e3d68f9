"""A new version of the rules, from a business date on."""

from collections import Counter
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.limit.commands.values import Channel, LimitFigure, Product, RuleCode
from canglian.bank.limit.measures import Counterparty, Direction, Holder, Measure
from canglian.bank.limit.model import RULES, LimitRule, LimitRules
from canglian.bank.limit.rules import rules_in_force
from canglian.bank.party import Level
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Note, doc
from canglian.kernel.values import AssetCode, Name
from canglian.kernel.versions import refuse_past

RULES_MAX = 500


class RuleAsked(LimitRule, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A rule as it is asked for: ``LimitRule`` within bounds."""

    code: RuleCode
    name: Annotated[Name, doc("What the rule is called.")]
    products: Annotated[
        list[Product],
        Meta(min_length=1, max_length=20),
        doc("The products that the rule is about: codes, or beginnings such as `deposit.*`."),
    ]
    measure: Annotated[
        Measure,
        doc("What is measured: one movement, the sum or count of a day, month or year, or the balance."),
    ]
    limit: LimitFigure
    asset: Annotated[AssetCode, doc("The unit of value that it is about.")]
    direction: Annotated[Direction | None, doc("`in` or `out`; null for both.")] = None
    levels: Annotated[
        list[Level],
        Meta(max_length=3),
        doc("The levels of verification that the rule is about; empty for all."),
    ] = msgspec.field(default_factory=list)
    channels: Annotated[
        list[Channel],
        Meta(max_length=20),
        doc("The channels that the rule is about; empty for all."),
    ] = msgspec.field(default_factory=list)
    counterparties: Annotated[
        list[Counterparty],
        Meta(max_length=20),
        doc("Who on the other side is counted; empty for everybody who is not exempt."),
    ] = msgspec.field(default_factory=list)
    exempt: Annotated[
        list[Counterparty],
        Meta(max_length=20),
        doc("Who on the other side is not counted."),
    ] = msgspec.field(default_factory=list)
    per: Annotated[
        Holder,
        doc("Whose movements are added up: of one `subject`, or all of its `party`."),
    ] = Holder.SUBJECT
    counter: Annotated[
        RuleCode | None,
        doc("What it adds up into together with other rules; null for a counter of its own."),
    ] = None

    @property
    def kept(self) -> LimitRule:
        """The rule as it is kept."""
        return LimitRule(**{name: getattr(self, name) for name in LimitRule.__struct_fields__})


class AddLimitRules(Command[LimitRules], kind="limit.add_rules"):
    """A new version of all rules, in force from ``effective_from`` on; what was used before counts on under it.

    Rejects ``limit_rules.in_past``, ``limit_rules.code_twice`` and ``limit_rules.balance_out``.
    """

    effective_from: Annotated[date, doc("The business date from which the rules count.")]
    content: Annotated[list[RuleAsked], Meta(max_length=RULES_MAX), doc("All rules of the version.")]
    note: Note

    def decide(self, book: Book) -> LimitRules:
        refuse_past(book, LimitRules, self.effective_from)
        for code, times in Counter(rule.code for rule in self.content).items():
            if times > 1:
                book.reject("limit_rules.code_twice", rule=code)
        for rule in self.content:
            if rule.measure is Measure.BALANCE and rule.direction is Direction.OUT:
                book.reject("limit_rules.balance_out", rule=rule.code)
        rules_in_force(book)  # a book that has no rules yet gets those that apply until then
        version = LimitRules(
            book.next_number(LimitRules),
            RULES,
            self.effective_from,
            [rule.kept for rule in self.content],
            self.note,
            book.today,
            book.now,
            book.actor,
        )
        book.emit(
            "limit_rules.added",
            f"limit_rules:{version.version}",
            version=version.version,
            effective_from=self.effective_from.isoformat(),
        )
        return book.add(version)

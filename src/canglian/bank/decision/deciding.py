"""Asking a rule set from inside of a decision: ``decide_by(book, "small_loan", inputs)``.

It is pure and fast: the champion's rules are compiled once a process. A version in the shadow decides the same case
beside it; what it says is counted and changes nothing. Where no version decides, the case goes to a person.
"""

from collections.abc import Mapping

from canglian.bank.decision.engine.inputs import Scalar
from canglian.bank.decision.engine.rules import Outcome, ready_by_hash, to_person
from canglian.bank.decision.model import RuleSet, RuleShadow, RuleVersion
from canglian.kernel.book import Book
from canglian.kernel.command import Read


def reads(code: str) -> list[Read]:
    """What a command that asks a rule set will read."""
    return [(RuleSet, code)]


def decide_by(book: Book, code: str, inputs: Mapping[str, Scalar]) -> Outcome:
    """What the champion of a rule set says of a case. It rejects nothing: what it cannot decide goes to a person."""
    rule_set = book.maybe(RuleSet, code)
    if rule_set is None or rule_set.champion is None:
        return to_person(code, 0, "", "rule_set.no_champion")
    champion = book.get(RuleVersion, (code, rule_set.champion))
    outcome = decide_with(champion, inputs)
    if rule_set.shadow is not None:
        _count(book, outcome, decide_with(book.get(RuleVersion, (code, rule_set.shadow)), inputs))
    return outcome


def decide_with(version: RuleVersion, inputs: Mapping[str, Scalar]) -> Outcome:
    """What a version says of a case, in whatever state it is."""
    return ready_by_hash(version.hash, version.rules).decide(version.code, version.version, inputs)


def _count(book: Book, champion: Outcome, shadow: Outcome) -> None:
    same = champion.verdict == shadow.verdict and champion.outputs == shadow.outputs
    pair = f"{champion.verdict or 'none'}/{shadow.verdict or 'none'}"
    tally = book.maybe(RuleShadow, (shadow.rule_set, shadow.version))
    if tally is None:
        book.add(RuleShadow(shadow.rule_set, shadow.version, 1, int(same), {pair: 1}, book.today, book.now))
        return
    pairs = {**tally.pairs, pair: tally.pairs.get(pair, 0) + 1}
    book.put(tally.replace(decided=tally.decided + 1, same=tally.same + same, pairs=pairs, updated_at=book.now))

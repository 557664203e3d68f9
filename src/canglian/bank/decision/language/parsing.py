"""Text of a rule into its syntax. Numbers are plain decimal digits; nothing else passes for one.

``parse`` reads a whole expression, ``parse_test`` a cell of a decision table, where the column's value is left out:
``> 5``, ``[1..9]``, ``"a", "b"``. What is not understood is a ``Fault`` with a code, never a guess.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from canglian.bank.decision.language.syntax import (
    Binary,
    Call,
    Conditional,
    Current,
    Expression,
    Fault,
    Interval,
    Items,
    Literal,
    Name,
    Own,
    Unary,
)

TEXT_MAX = 2_000
"""How long an expression may be."""

DEPTH_MAX = 40
"""How deep parentheses, calls and conditions may nest."""

CLOCKS = {"now", "today", "yesterday", "tomorrow"}
CHANCE = {"rand", "random", "uuid"}
FUNCTIONS = {
    "len": (1, 1),
    "contains": (2, 2),
    "startsWith": (2, 2),
    "endsWith": (2, 2),
    "abs": (1, 1),
    "min": (1, 1),
    "max": (1, 1),
    "sum": (1, 1),
    "round": (1, 2),
    "floor": (1, 1),
    "ceil": (1, 1),
    "upper": (1, 1),
    "lower": (1, 1),
    "trim": (1, 1),
}
"""The functions of the language that are supported, and how many arguments each takes."""

_COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
_TOKENS = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.(?!\.)[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>"[^"\\]*"|'[^'\\]*')
    |(?P<sign>\.\.|==|!=|<=|>=|\?\?|[-+*/%^<>()\[\],?:$.!]))""",
    re.VERBOSE,
)
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}\Z", re.ASCII)


class Token(NamedTuple):
    """A word of the text: ``kind`` is number, name, text, sign or end."""

    kind: str
    text: str


def parse(text: str) -> Expression:
    """An expression. Raises a Fault."""
    parser = _Parser(text)
    found = parser.expression()
    parser.end()
    return found


def parse_test(text: str) -> Expression | None:
    """A cell as a condition on ``$``; None where it says nothing, which every value passes. Raises a Fault."""
    if text.strip() in ("", "-"):
        return None
    parser = _Parser(text, is_test=True)
    found = parser.tests()
    parser.end()
    return found


def _tokens(text: str) -> list[Token]:
    if len(text) > TEXT_MAX:
        raise Fault("rule_lint.too_long", limit=TEXT_MAX)
    tokens: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKENS.match(text, place)
        if found is None:
            raise _unreadable(text, place)
        kind = found.lastgroup or "sign"
        place = found.end()
        if kind == "number" and place < end and (text[place].isalnum() or text[place] == "_"):
            raise Fault("rule_lint.number_form", text=_word(text, found.start(kind)))
        tokens.append(Token(kind, found[kind]))
    tokens.append(Token("end", ""))
    return tokens


def _unreadable(text: str, place: int) -> Fault:
    rest = text[place:].lstrip()
    if rest[0].isdigit() or rest[0].isnumeric():
        return Fault("rule_lint.number_form", text=_word(rest, 0))
    return Fault("rule_lint.character", text=rest[0])


def _word(text: str, place: int) -> str:
    found = re.match(r"[\w.+-]+", text[place:].lstrip())
    return found[0][:40] if found else text[place : place + 1]


class _Parser:
    def __init__(self, text: str, *, is_test: bool = False) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0
        self._is_test = is_test

    # -- words -----------------------------------------------------------------------------------------------------

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _at(self, *texts: str) -> bool:
        token = self._next
        return token.kind in ("sign", "name") and token.text in texts

    def _take(self) -> Token:
        token = self._tokens[self._place]
        self._place += token.kind != "end"
        return token

    def _expect(self, text: str) -> None:
        if not self._at(text):
            raise self._unexpected()
        self._place += 1

    def _unexpected(self) -> Fault:
        return Fault("rule_lint.syntax", text=self._next.text or "end of the text")

    def end(self) -> None:
        """Nothing may follow."""
        if self._next.kind != "end":
            raise self._unexpected()

    # -- tests of cells --------------------------------------------------------------------------------------------

    def tests(self) -> Expression:
        """Tests of which one has to hold, with commas between them."""
        found = self._or()
        while self._at(","):
            self._place += 1
            found = Binary("or", found, self._or())
        return found

    def _as_test(self, found: Expression) -> Expression:
        """An operand of a test as a condition: a value stands for being equal to it, a list for being in it."""
        match found:
            case Interval() | Items():
                return Binary("in", Current(), found)
            case Binary(operator=operator) if operator in (*_COMPARISONS, "in", "not in", "and", "or"):
                return found
            case Unary(operator="not"):
                return found
            case Call(function="contains" | "startsWith" | "endsWith"):
                return found
            case _:
                return Binary("==", Current(), found)

    # -- from what binds least to what binds most ------------------------------------------------------------------

    def expression(self) -> Expression:
        """A whole expression."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Fault("rule_lint.too_deep", limit=DEPTH_MAX)
        was_test, self._is_test = self._is_test, False
        found = self._or()
        if self._at("?"):
            self._place += 1
            yes = self.expression()
            self._expect(":")
            found = Conditional(found, yes, self.expression())
        self._is_test = was_test
        self._depth -= 1
        return found

    def _or(self) -> Expression:
        return self._chain(("or",), self._and)

    def _and(self) -> Expression:
        return self._chain(("and",), self._operand_of_logic)

    def _operand_of_logic(self) -> Expression:
        if not self._is_test:
            return self._comparison()
        begins_with_operator = self._at(*_COMPARISONS, "in") or (
            self._at("not") and self._tokens[self._place + 1].text == "in"
        )
        found = self._compared(Current()) if begins_with_operator else self._comparison()
        return self._as_test(found)

    def _comparison(self) -> Expression:
        return self._compared(self._sum())

    def _compared(self, left: Expression) -> Expression:
        if self._at(*_COMPARISONS) or self._at("in"):
            operator = self._take().text
        elif self._at("not") and self._tokens[self._place + 1].text == "in":
            self._place += 2
            operator = "not in"
        else:
            return left
        right = self._sum()
        if operator.endswith("in") and not isinstance(right, Items | Interval):
            raise Fault("rule_lint.list_needed")
        if self._at(*_COMPARISONS):
            raise Fault("rule_lint.chained")
        return Binary(operator, left, right)

    def _sum(self) -> Expression:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Expression:
        return self._chain(("*", "/", "%"), self._power)

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Expression]) -> Expression:
        found = operand()
        while self._at(*operators):
            operator = self._take().text
            found = Binary(operator, found, operand())
        return found

    def _power(self) -> Expression:
        found = self._signed()
        if self._at("^"):
            self._place += 1
            return Binary("^", found, self._power())
        return found

    def _signed(self) -> Expression:
        if self._at("-", "not", "!"):
            operator = self._take().text
            self._depth += 1
            if self._depth > DEPTH_MAX:
                raise Fault("rule_lint.too_deep", limit=DEPTH_MAX)
            operand = self._signed()
            self._depth -= 1
            if operator == "-" and isinstance(operand, Literal) and isinstance(operand.value, int | Decimal):
                return Literal(-operand.value)
            return Unary("-" if operator == "-" else "not", operand)
        return self._otherwise()

    def _otherwise(self) -> Expression:
        found = self._primary()
        while self._at("??"):
            self._place += 1
            found = Binary("??", found, self._primary())
        return found

    def _primary(self) -> Expression:
        token = self._take()
        match token.kind:
            case "number":
                return Literal(Decimal(token.text) if "." in token.text else int(token.text))
            case "text":
                return Literal(token.text[1:-1])
            case "name":
                return self._named(token.text)
            case _:
                pass
        if token.text == "$":
            if self._at("."):
                self._place += 1
                if self._next.kind != "name":
                    raise self._unexpected()
                return Own(self._take().text)
            return Current()
        if token.text in ("(", "[", "]") and (bracket := self._bracket(token.text)) is not None:
            return bracket
        self._place -= token.kind != "end"
        raise self._unexpected()

    def _bracket(self, opening: str) -> Expression | None:
        """A list, an interval, or an expression in parentheses."""
        if opening == "[" and self._at("]"):
            raise Fault("rule_lint.list_empty")
        first = self.expression()
        if self._at(".."):
            self._place += 1
            last = self.expression()
            if not self._at("]", ")", "["):
                raise self._unexpected()
            closing = self._take().text
            return Interval(first, last, opening != "[", closing != "]")
        if opening == "(":
            self._expect(")")
            return first
        if opening == "]":
            return None
        items = [first]
        while self._at(","):
            self._place += 1
            items.append(self.expression())
        self._expect("]")
        return Items(tuple(items))

    def _named(self, name: str) -> Expression:
        match name:
            case "true" | "false":
                return Literal(name == "true")
            case "null":
                return Literal(None)
            case "and" | "or" | "not" | "in":
                self._place -= 1
                raise self._unexpected()
            case _:
                pass
        if not self._at("("):
            if self._at("."):
                raise Fault("rule_lint.path", name=name)
            return Name(name)
        self._place += 1
        if name in CLOCKS:
            raise Fault("rule_lint.clock", name=name)
        if name in CHANCE:
            raise Fault("rule_lint.chance", name=name)
        arguments: list[Expression] = []
        while not self._at(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.expression())
        self._expect(")")
        if name in ("d", "date"):
            return _day(arguments, name)
        if name not in FUNCTIONS:
            raise Fault("rule_lint.function_unknown", name=name)
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(arguments) <= most:
            raise Fault("rule_lint.arguments", name=name, count=len(arguments))
        return Call(name, tuple(arguments))


def _day(arguments: list[Expression], name: str) -> Literal:
    """A day that stands in the text; without one, or with "now", it would read the clock."""
    if not arguments or arguments == [Literal("now")]:
        raise Fault("rule_lint.clock", name=name)
    match arguments:
        case [Literal(value=str() as text)] if _DATE.match(text):
            try:
                return Literal(date.fromisoformat(text))
            except ValueError:
                raise Fault("rule_lint.date", text=text) from None
        case _:
            raise Fault("rule_lint.date", text=name)

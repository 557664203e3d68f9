"""Syntax into a checked expression: Python source of our own making, and the type of its value.

What could fail at run time is refused here: names that nothing gives, values that may be missing, kinds that do not go
together, a divisor that may be zero, integers without bounds. Texts and numbers of the rule never stand in the source;
they are constants beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from canglian.bank.decision.language.arithmetic import bounds_of
from canglian.bank.decision.language.syntax import (
    Binary,
    Call,
    Conditional,
    Constant,
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
from canglian.bank.decision.language.typing import (
    BOOLEAN,
    NUMBERS,
    Kind,
    Type,
    joined,
    name_of,
    present,
    type_of,
)

INTEGER_MAX = 10**30
"""How large a whole number can become by a product."""

POWER_MAX = 10


@dataclass(frozen=True)
class Checked:
    """Python source, and the type of what it gives."""

    source: str
    type: Type


@dataclass
class Constants:
    """The values that the source names."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def add(self, value: Any) -> str:
        """Keep a value; the name by which the source has it."""
        name = f"k{len(self.values)}"
        self.values[name] = value
        return name

    def literal(self, value: Constant) -> str:
        """A value as source; only what cannot be text of somebody stands in it."""
        if value is None or isinstance(value, bool):
            return repr(value)
        if isinstance(value, int):
            return f"({value})"
        return self.add(value)


@dataclass(frozen=True)
class Scope:
    """What an expression can name: ``names``, in a node also what it has made above, in a cell its column's value."""

    names: Mapping[str, Checked]
    own: Mapping[str, Checked] | None = None
    current: Checked | None = None
    used: set[str] = field(default_factory=set[str])


def check(expression: Expression, scope: Scope, constants: Constants) -> Checked:
    """An expression as source, with its type. Raises a Fault."""
    return _Checker(scope, constants).value(expression)


def check_condition(expression: Expression, scope: Scope, constants: Constants) -> Checked:
    """An expression that has to be true or false."""
    return _Checker(scope, constants).condition(expression)


class _Checker:
    def __init__(self, scope: Scope, constants: Constants) -> None:
        self._scope = scope
        self._constants = constants

    def value(self, expression: Expression) -> Checked:
        match expression:
            case Literal(value=value):
                return Checked(self._constants.literal(value), type_of(value))
            case Name(name=name):
                return self._name(name)
            case Own(name=name):
                if self._scope.own is None or name not in self._scope.own:
                    raise Fault("rule_lint.name_unknown", name=f"$.{name}")
                return self._scope.own[name]
            case Current():
                if self._scope.current is None:
                    raise Fault("rule_lint.current")
                return self._scope.current
            case Items() | Interval():
                raise Fault("rule_lint.list_here")
            case Unary(operator="not", operand=operand):
                return Checked(f"(not {self.condition(operand).source})", BOOLEAN)
            case Unary(operand=operand):
                return self._minus(operand)
            case Binary(operator="and" | "or" as operator, left=left, right=right):
                first = self.condition(left)
                second = self._knowing(left, holds=operator == "and").condition(right)
                return Checked(f"({first.source} {operator} {second.source})", BOOLEAN)
            case Binary(operator="??", left=left, right=right):
                return self._otherwise(left, right)
            case Binary(operator="in" | "not in" as operator, left=left, right=right):
                found = self._membership(self.value(left), right)
                return Checked(f"(not {found})" if operator == "not in" else found, BOOLEAN)
            case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=" as operator, left=left, right=right):
                return self._comparison(operator, self.value(left), self.value(right))
            case Binary(operator=operator, left=left, right=right):
                return self._arithmetic(operator, self.value(left), self.value(right), right)
            case Conditional(test=test, yes=yes, no=no):
                condition = self.condition(test)
                then = self._knowing(test, holds=True).value(yes)
                otherwise = self._knowing(test, holds=False).value(no)
                source = f"({then.source} if {condition.source} else {otherwise.source})"
                return Checked(source, joined(then.type, otherwise.type))
            case Call(function=function, arguments=arguments):
                return self._call(function, arguments)

    def condition(self, expression: Expression) -> Checked:
        found = self.value(expression)
        if found.type.kind is not Kind.BOOLEAN:
            raise Fault("rule_lint.condition", kind=name_of(found.type))
        return self._present(found)

    def _name(self, name: str) -> Checked:
        if name not in self._scope.names:
            raise Fault("rule_lint.name_unknown", name=name)
        self._scope.used.add(name)
        return self._scope.names[name]

    def _present(self, found: Checked) -> Checked:
        if found.type.nullable:
            raise Fault("rule_lint.null_possible")
        return found

    def _number(self, expression: Expression) -> Checked:
        found = self._present(self.value(expression))
        if not found.type.is_number or found.type.is_rows:
            raise Fault("rule_lint.number_needed", kind=name_of(found.type))
        return found

    def _text(self, expression: Expression) -> Checked:
        found = self._present(self.value(expression))
        if found.type.kind is not Kind.TEXT:
            raise Fault("rule_lint.text_needed", kind=name_of(found.type))
        return found

    # -- comparing -------------------------------------------------------------------------------------------------

    def _comparison(self, operator: str, left: Checked, right: Checked) -> Checked:
        if left.type.kind is None or right.type.kind is None:
            if operator not in ("==", "!="):
                raise Fault("rule_lint.null_possible")
            some = right if left.type.kind is None else left
            return Checked(f"({some.source} is{' not' if operator == '!=' else ''} None)", BOOLEAN)
        self._present(left)
        self._present(right)
        joined(left.type, right.type)
        if operator not in ("==", "!=") and left.type.kind not in (*NUMBERS, Kind.DATE):
            raise Fault("rule_lint.order", kind=name_of(left.type))
        return Checked(f"({left.source} {operator} {right.source})", BOOLEAN)

    def _membership(self, left: Checked, right: Expression) -> str:
        match right:
            case Interval(low=low, high=high, low_open=low_open, high_open=high_open):
                bottom = self._comparison(">" if low_open else ">=", left, self.value(low))
                top = self._comparison("<" if high_open else "<=", left, self.value(high))
                return f"({bottom.source} and {top.source})"
            case Items(items=items):
                compared = [self._comparison("==", left, self.value(item)) for item in items]
                return f"({' or '.join(each.source for each in compared)})"
            case _:
                raise Fault("rule_lint.list_needed")

    def _otherwise(self, left: Expression, right: Expression) -> Checked:
        first, second = self.value(left), self.value(right)
        found = joined(present(first.type) if first.type.kind is not None else first.type, second.type)
        held = first.source
        if not held.isidentifier():
            raise Fault("rule_lint.otherwise")
        return Checked(f"({held} if {held} is not None else {second.source})", found)

    # -- reckoning -------------------------------------------------------------------------------------------------

    def _minus(self, operand: Expression) -> Checked:
        found = self._number(operand)
        low, high = found.type.low, found.type.high
        flipped = replace(
            found.type,
            low=None if high is None else -high,  # pyright: ignore[reportOperatorIssue]
            high=None if low is None else -low,  # pyright: ignore[reportOperatorIssue]
            excluded=frozenset(-value for value in found.type.excluded),
        )
        source = f"(-{found.source})" if found.type.kind is Kind.INTEGER else f"minus({found.source})"
        return Checked(source, flipped)

    def _arithmetic(self, operator: str, left: Checked, right: Checked, right_expression: Expression) -> Checked:
        self._present(left)
        self._present(right)
        if operator == "+" and left.type.kind is Kind.TEXT and right.type.kind is Kind.TEXT:
            return Checked(f"({left.source} + {right.source})", Type(Kind.TEXT))
        for side in (left, right):
            if not side.type.is_number or side.type.is_rows:
                raise Fault("rule_lint.number_needed", kind=name_of(side.type))
        if operator in ("/", "%") and right.type.may_be(0):
            raise Fault("rule_lint.division_by_zero")
        if operator == "^":
            return self._power(left, right_expression)
        whole = left.type.kind is Kind.INTEGER and right.type.kind is Kind.INTEGER
        low, high = bounds_of(operator, left.type, right.type)
        found = Type(Kind.INTEGER if whole and operator != "/" else Kind.DECIMAL, low=low, high=high)
        if whole and operator in ("+", "-", "*"):
            return Checked(f"({left.source} {operator} {right.source})", self._bounded(found))
        name = {"+": "plus", "-": "less", "*": "times", "/": "over", "%": "whole_rest" if whole else "rest"}[operator]
        return Checked(f"{name}({left.source}, {right.source})", found)

    def _power(self, left: Checked, right: Expression) -> Checked:
        match right:
            case Literal(value=int() as exponent) if not isinstance(exponent, bool) and 0 <= exponent <= POWER_MAX:
                pass
            case _:
                raise Fault("rule_lint.power", limit=POWER_MAX)
        low, high = Decimal(1), Decimal(1)
        found = Type(left.type.kind, low=1, high=1)
        for _ in range(exponent):
            low, high = bounds_of("*", found, left.type)  # pyright: ignore[reportAssignmentType]
            found = Type(left.type.kind, low=low, high=high)
        if left.type.kind is Kind.INTEGER:
            return Checked(f"({left.source} ** {exponent})", self._bounded(found))
        return Checked(f"to_the({left.source}, {exponent})", found)

    @staticmethod
    def _bounded(found: Type) -> Type:
        for bound in (found.low, found.high):
            if not isinstance(bound, int | Decimal) or abs(bound) > INTEGER_MAX:
                raise Fault("rule_lint.too_large")
        return found

    # -- functions -------------------------------------------------------------------------------------------------

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> Checked:
        match function:
            case "len":
                found = self._present(self.value(arguments[0]))
                if found.type.kind is not Kind.TEXT and not found.type.is_rows:
                    raise Fault("rule_lint.text_needed", kind=name_of(found.type))
                return Checked(f"len({found.source})", Type(Kind.INTEGER, low=0, high=10**6))
            case "contains":
                if isinstance(arguments[0], Items):
                    return Checked(self._membership(self.value(arguments[1]), arguments[0]), BOOLEAN)
                whole, part = self._text(arguments[0]), self._text(arguments[1])
                return Checked(f"({part.source} in {whole.source})", BOOLEAN)
            case "startsWith" | "endsWith":
                whole, part = self._text(arguments[0]), self._text(arguments[1])
                return Checked(f"{whole.source}.{function.lower()}({part.source})", BOOLEAN)
            case "upper" | "lower" | "trim":
                method = "strip" if function == "trim" else function
                return Checked(f"{self._text(arguments[0]).source}.{method}()", Type(Kind.TEXT))
            case "min" | "max" | "sum":
                return self._of_list(function, arguments[0])
            case "abs":
                found = self._number(arguments[0])
                low, high = bounds_of("abs", found.type, found.type)
                source = f"{'abs' if found.type.kind is Kind.INTEGER else 'absolute'}({found.source})"
                return Checked(source, replace(found.type, low=low, high=high))
            case _:
                return self._rounded(function, arguments)

    def _of_list(self, function: str, listed: Expression) -> Checked:
        if not isinstance(listed, Items):
            raise Fault("rule_lint.list_needed")
        if function == "sum":
            total: Expression = listed.items[0]
            for item in listed.items[1:]:
                total = Binary("+", total, item)
            return self.value(total)
        found = [self._number(item) for item in listed.items]
        kind = Kind.INTEGER if all(each.type.kind is Kind.INTEGER for each in found) else Kind.DECIMAL
        choose: Callable[[list[Any]], Any] = min if function == "min" else max
        lows: list[Any] = [each.type.low for each in found]
        highs: list[Any] = [each.type.high for each in found]
        low = None if None in lows else choose(lows)
        high = None if None in highs else choose(highs)
        return Checked(f"{function}(({''.join(each.source + ', ' for each in found)}))", Type(kind, low=low, high=high))

    def _rounded(self, function: str, arguments: tuple[Expression, ...]) -> Checked:
        found = self._number(arguments[0])
        places = 0
        if len(arguments) > 1:
            match arguments[1]:
                case Literal(value=int() as places) if not isinstance(places, bool) and 0 <= places <= 10:
                    pass
                case _:
                    raise Fault("rule_lint.places")
        if found.type.kind is Kind.INTEGER:
            return found
        low, high = found.type.low, found.type.high
        limit = 10**34
        bounded = Type(
            Kind.DECIMAL if places else Kind.INTEGER,
            low=int(low) - 1 if isinstance(low, int | Decimal) else -limit,
            high=int(high) + 1 if isinstance(high, int | Decimal) else limit,
        )
        if places:
            return Checked(f"rounded({found.source}, {self._constants.add(Decimal(1).scaleb(-places))})", bounded)
        name = {"round": "rounded_whole", "floor": "floor", "ceil": "ceiling"}[function]
        return Checked(f"{name}({found.source})", bounded)

    # -- what a condition tells ------------------------------------------------------------------------------------

    def _knowing(self, test: Expression, *, holds: bool) -> "_Checker":
        names = dict(self._scope.names)
        _learn(test, names, holds=holds)
        return _Checker(replace(self._scope, names=names), self._constants)


_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _learn(test: Expression, names: dict[str, Checked], *, holds: bool) -> None:
    """What is known of names where a condition holds, or where it does not."""
    match test:
        case Unary(operator="not", operand=operand):
            _learn(operand, names, holds=not holds)
        case Binary(operator="and", left=left, right=right) if holds:
            _learn(left, names, holds=True)
            _learn(right, names, holds=True)
        case Binary(operator="or", left=left, right=right) if not holds:
            _learn(left, names, holds=False)
            _learn(right, names, holds=False)
        case Binary(operator=operator, left=Name(name=name), right=Literal(value=value)) if operator in _OPPOSITE:
            _learn_one(names, name, operator if holds else _OPPOSITE[operator], value)
        case Binary(operator=operator, left=Literal(value=value), right=Name(name=name)) if operator in _OPPOSITE:
            mirrored = _MIRRORED[operator]
            _learn_one(names, name, mirrored if holds else _OPPOSITE[mirrored], value)
        case _:
            pass


def _learn_one(names: dict[str, Checked], name: str, operator: str, value: Constant) -> None:
    known = names.get(name)
    if known is None:
        return
    found = known.type
    if value is None:
        found = present(found) if operator == "!=" else found
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and found.is_number and not found.nullable:
        found = _narrowed(found, operator, value)
    names[name] = Checked(known.source, found)


def _narrowed(found: Type, operator: str, value: int | Decimal) -> Type:
    low, high, excluded = found.low, found.high, found.excluded
    if operator in (">", ">=", "==") and (low is None or low < value):  # pyright: ignore[reportOperatorIssue]
        low = value
    if operator in ("<", "<=", "==") and (high is None or high > value):  # pyright: ignore[reportOperatorIssue]
        high = value
    if operator in ("<", ">", "!="):
        excluded = excluded | {value}
    return replace(found, low=low, high=high, excluded=excluded)

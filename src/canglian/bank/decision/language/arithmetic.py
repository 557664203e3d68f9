"""The numbers of rules: whole numbers are exact, decimals have 34 digits and are rounded half to even.

The context is this module's own, so that no setting of a thread changes a decision.
"""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

from canglian.bank.decision.language.typing import Type

CONTEXT = Context(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=999, traps=[InvalidOperation, DivisionByZero, Overflow]
)

Number = int | Decimal
_ONE = Decimal(1)


def _whole_rest(left: int, right: int) -> int:
    """What is left over, with the sign of what is divided."""
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP, CONTEXT)


def _whole(rounding: str) -> Callable[[Decimal], int]:
    return lambda value: int(value.quantize(_ONE, rounding, CONTEXT))


FUNCTIONS: dict[str, Any] = {
    "plus": CONTEXT.add,
    "less": CONTEXT.subtract,
    "times": CONTEXT.multiply,
    "over": CONTEXT.divide,
    "rest": CONTEXT.remainder,
    "minus": CONTEXT.minus,
    "absolute": CONTEXT.abs,
    "to_the": CONTEXT.power,
    "whole_rest": _whole_rest,
    "rounded": _rounded,
    "rounded_whole": _whole(ROUND_HALF_UP),
    "floor": _whole(ROUND_FLOOR),
    "ceiling": _whole(ROUND_CEILING),
    "len": len,
    "min": min,
    "max": max,
    "abs": abs,
}
"""What the source of a rule may call; nothing else is there."""


def bounds_of(operator: str, left: Type, right: Type) -> tuple[Number | None, Number | None]:
    """Between which bounds a result lies; None where it is not known."""
    a, b, c, d = left.low, left.high, right.low, right.high
    if not (isinstance(a, Number) and isinstance(b, Number) and isinstance(c, Number) and isinstance(d, Number)):
        return None, None
    add, subtract, multiply, divide = CONTEXT.add, CONTEXT.subtract, CONTEXT.multiply, CONTEXT.divide
    match operator:
        case "+":
            return add(a, c), add(b, d)
        case "-":
            return subtract(a, d), subtract(b, c)
        case "*":
            corners = [multiply(x, y) for x in (a, b) for y in (c, d)]
        case "/" if c > 0 or d < 0:
            corners = [divide(x, y) for x in (a, b) for y in (c, d)]
        case "%":
            largest = max(abs(c), abs(d))
            corners = [Decimal(0) if a >= 0 else -Decimal(largest), Decimal(0) if b <= 0 else Decimal(largest)]
        case "abs":
            corners = [abs(a), abs(b), *([Decimal(0)] if a <= 0 <= b else [])]
        case _:
            return None, None
    return min(corners), max(corners)

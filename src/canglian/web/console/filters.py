"""The filters of a list as its address has them: what is no value of a filter asks for nothing."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from canglian.kernel.fields import fields_of

F = TypeVar("F", bound=msgspec.Struct)


def asked_for(kind: type[F], query: Mapping[str, Any]) -> F:
    """A struct of filters from a query; each field is read by its type, and left out where that does not do."""
    asked: dict[str, Any] = {}
    for name, annotation, _ in fields_of(kind):
        text = query.get(name)
        if text:
            try:
                asked[name] = msgspec.convert(text, annotation, strict=False)
            except msgspec.ValidationError:
                continue
    return kind(**asked)

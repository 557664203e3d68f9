"""Links of the API's description: from an answer to the operations that take what it gives."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Link(msgspec.Struct, frozen=True):
    """From an answer to the operation ``target``: parameters and parts of a body that the answer gives."""

    target: str
    parameters: dict[str, str] = {}
    body: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Its name among the links of one answer."""
        return self.target + "".join(sorted(key.title() for key in self.body))


ID = "$response.body#/id"


def by_number(*targets: str, name: str = "number", value: str = ID) -> list[Link]:
    """Links to operations that take what the answer gives as their parameter ``name``."""
    return [Link(target, {name: value}) for target in targets]


def by_id(links: Mapping[str, Mapping[str, str]]) -> dict[str, list[Link]]:
    """Links by the id of the answer: for each operation its targets, each with the parameter that takes the id."""
    return {source: [Link(target, {name: ID}) for target, name in targets.items()] for source, targets in links.items()}

"""Scenarios as files: TOML or JSON, read whole and strictly."""

from pathlib import Path

import msgspec

from canglian.bank.purpose.simulating import Scenario
from canglian.kernel.errors import Malformed
from canglian.kernel.untrusted import read_json

BYTES_MAX = 1 << 20
"""How long a scenario may be."""


def read_scenario(path: Path) -> Scenario:
    """The scenario of a file, JSON where its name ends so, else TOML. Malformed ``simulation.*``."""
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise Malformed("simulation.file", file=path.name, problem=error.strerror or "it is not there") from None
    if len(raw) > BYTES_MAX:
        raise Malformed("simulation.file", file=path.name, problem="it is longer than a mebibyte")
    return parse_scenario(raw, as_json=path.suffix == ".json")


def parse_scenario(raw: bytes, *, as_json: bool = False) -> Scenario:
    """A scenario as TOML or JSON."""
    try:
        return read_json(raw, Scenario) if as_json else msgspec.toml.decode(raw, type=Scenario)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("simulation.malformed", problem=str(error).rstrip(".")) from None

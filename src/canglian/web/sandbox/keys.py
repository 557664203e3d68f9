"""The keys of the sandboxes: what each world signs with, and what the bank signs with when it speaks to it.

In life the bank makes its own keys and hands out the public ones. Here both ends are made at once, so that there is
something to try: the folder has a file of settings that connect a bank to the worlds.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from canglian.kernel.folders import private_folder
from canglian.web.signing_keys import ED25519, SigningKey


class Pair(msgspec.Struct, frozen=True):
    """Both ends of a line: the bank's key, and the world's."""

    bank: SigningKey
    world: SigningKey


def pair(folder: Path, world: str, algorithm: str = ED25519) -> Pair:
    """The keys of a world, made when they are first asked for."""
    path = folder / f"{world}.keys.json"
    private_folder(folder)
    if not path.exists():
        bank = SigningKey.new("bank", algorithm)
        peer = SigningKey.new(world, algorithm)
        _write(path, msgspec.json.encode({"bank": str(bank), "world": str(peer)}))
    stored = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return Pair(SigningKey.read(stored["bank"]), SigningKey.read(stored["world"]))


def settings(
    pairs: Mapping[str, Pair], addresses: Mapping[str, str], public: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, str]:
    """The bank's settings that connect it to the worlds; ``public`` are those of worlds that nobody signs to."""
    made: dict[str, str] = {}
    for world, address in addresses.items():
        made[f"{world}_url"] = address
        if world in (public or {}):
            made |= (public or {})[world]
            continue
        made[f"{world}_key"] = str(pairs[world].bank)
        made[f"{world}_peer"] = str(pairs[world].world.public)
    return made


def write_environment(folder: Path, made: Mapping[str, str]) -> Path:
    """The settings as a file for a shell: ``set -a; . canglian.env``."""
    path = folder / "canglian.env"
    lines = [f"CANGLIAN_{name.upper()}={value}\n" for name, value in made.items()]
    path.unlink(missing_ok=True)
    _write(path, "".join(lines).encode())
    return path


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)

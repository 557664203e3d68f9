"""Where somebody is sent back to after signing in: to an address of our own pages, and nowhere else."""


def inside(address: str, home: str) -> str:
    """An address at or below ``home``, or ``home`` itself for any other one.

    It is compared at the boundaries of its parts, and has nothing in it that a browser reads in another way: no second
    slash or backslash, which lead to another host, and no control character.
    """
    path, _, _ = address.partition("?")
    path, _, _ = path.partition("#")
    ours = path == home or path.startswith(f"{home}/")
    plain = address.isprintable() and not any(odd in address for odd in ("\\", "//", "/.."))
    return address if ours and plain else home

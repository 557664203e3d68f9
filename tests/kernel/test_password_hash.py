"""Hashes of passwords and PINs: only the secret matches, and nothing stored takes as long as something."""

from argon2 import PasswordHasher

from canglian.kernel.password_hash import hashed, matches, unmatchable


async def test_only_the_secret_matches() -> None:
    stored = await hashed("correct horse")
    assert await matches(stored, "correct horse")
    assert not await matches(stored, "correct house")


async def test_the_same_salt_gives_the_same_hash() -> None:
    salt = bytes(range(16))
    assert await hashed("246810", salt) == await hashed("246810", salt) != await hashed("246810")


async def test_nothing_is_matched_where_nothing_is_stored_or_it_is_no_hash() -> None:
    assert not await matches(None, "correct horse")
    assert not await matches("no hash", "correct horse")


def test_a_comparison_with_nothing_costs_what_any_other_does() -> None:
    assert unmatchable() != unmatchable()
    assert not PasswordHasher().check_needs_rehash(unmatchable())

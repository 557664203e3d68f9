"""What the command line prints of values."""

from canglian.web.cli.output import shown


def test_a_hidden_character_is_printed_by_its_number() -> None:
    assert shown("a\u202eb\u2069\U0001ffff") == "a⟨U+202E⟩b⟨U+2069⟩⟨U+1FFFF⟩"
    assert shown("a\x1b[2Jb\u2028\U000e0041\n") == "a⟨U+001B⟩[2Jb⟨U+2028⟩⟨U+E0041⟩\n"
    assert shown("工资 👩🏽‍🌾 José") == "工资 👩🏽‍🌾 José"

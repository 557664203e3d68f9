"""The reader of the docs' sessions cannot be fooled: a page that lies fails."""

import os
from pathlib import Path

import pytest

from tests.docs_console import MismatchError, Shell, Step, matches, steps

PAGE = """
Text.

```console
$ echo one
one
$ printf 'a\\nb\\n' |
> cat
a
b
```

<!-- not run: it is about another machine -->
```console
$ rm -rf everything
```

```sh
$ not a session
```

<!-- runs on as: sh -c 'echo up; sleep 60' -->
```console
$ make demo
up
```
"""


def test_a_page_is_read_as_commands_with_their_output(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert list(steps(page)) == [
        Step(5, "echo one", ["one"], False),
        Step(7, "printf 'a\\nb\\n' |\ncat", ["a", "b"], False),
        Step(24, "sh -c 'echo up; sleep 60'", ["up"], True),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (["one"], ["one"], True),
        (["one"], ["one  ", ""], True),
        (["one"], ["two"], False),
        ([], ["surprise"], False),
        (["one"], [], False),
        (["transfer … posted"], ["transfer 12 posted"], True),
        (["transfer … posted"], ["transfer 12 refused"], False),
        (["a", "…", "z"], ["a", "b", "c", "z"], True),
        (["a", "…", "z"], ["a", "z"], True),
        (["a", "…", "z"], ["a", "b"], False),
        (["a.c"], ["abc"], False),
    ],
)
def test_output_matches_word_for_word_but_for_the_wildcards(shown: list[str], printed: list[str], same: bool) -> None:
    assert matches(shown, printed) is same


def test_a_shell_keeps_its_state_and_a_lie_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    shell = Shell(tmp_path, dict(os.environ), 8123)
    try:
        for step in steps(page):
            shell.run(step)
        shell.run(Step(1, "name=value", [], False))
        shell.run(Step(2, "echo $name http://127.0.0.1:8000/", ["value http://127.0.0.1:8000/"], False))
        with pytest.raises(MismatchError, match="line 3"):
            shell.run(Step(3, "echo true", ["false"], False))
    finally:
        shell.close()

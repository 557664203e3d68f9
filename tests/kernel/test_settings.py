"""Configuration: what wins, what is refused, what is hidden."""

import stat
from pathlib import Path

import pytest

from canglian.kernel.errors import Malformed
from canglian.kernel.settings import load


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    (tmp_path / "canglian.toml").write_text('port = 9001\nhost = "0.0.0.0"\n')
    loaded = load({"CANGLIAN_PORT": "9002", "CANGLIAN_DATA_DIR": str(tmp_path / "d")}, tmp_path)
    assert (loaded.settings.port, loaded.settings.host, loaded.settings.batch_max) == (9002, "0.0.0.0", 8192)
    assert loaded.sources["port"] == "CANGLIAN_PORT"


def test_unknown_key_is_refused_and_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as refused:
        load({"CANGLIAN_PROT": "1"}, tmp_path)
    assert (refused.value.code, refused.value.fields["nearest"]) == ("settings.unknown", "port")


@pytest.mark.parametrize(("key", "text"), [("PORT", "none"), ("PORT", "70000"), ("LOG_LEVEL", "loud")])
def test_wrong_value_is_refused(tmp_path: Path, key: str, text: str) -> None:
    with pytest.raises(Malformed) as refused:
        load({f"CANGLIAN_{key}": text}, tmp_path)
    assert refused.value.code == "settings.invalid"


def test_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "canglian.toml").write_text("port = = 1")
    with pytest.raises(Malformed) as refused:
        load({}, tmp_path)
    assert refused.value.code == "settings.unreadable"


def test_secrets_are_generated_once_for_the_owner_only_and_masked(tmp_path: Path) -> None:
    environment = {"CANGLIAN_DATA_DIR": str(tmp_path / "d")}
    first, second = load(environment, tmp_path), load(environment, tmp_path)
    assert first.settings.encryption_keys == second.settings.encryption_keys != ""
    assert stat.S_IMODE((tmp_path / "d" / "secrets.toml").stat().st_mode) == 0o600
    shown = " ".join(setting.value for setting in first.describe())
    assert first.settings.index_key not in shown
    assert first.settings.encryption_keys not in shown

"""Typed configuration: defaults, then a TOML file, then the environment; unknown keys are refused.

The file is ``canglian.toml`` in the working directory, or what ``CANGLIAN_CONFIG`` names. A setting ``queue_max`` is
``CANGLIAN_QUEUE_MAX`` in the environment. Secrets that nobody sets are generated once into ``secrets.toml`` in the
data folder, readable by its owner only.
"""

import base64
import difflib
import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from canglian.kernel.errors import Malformed, declare
from canglian.kernel.folders import private_folder

declare(
    {
        "settings.unknown": "There is no setting {name}; did you mean {nearest}?",
        "settings.invalid": "The setting {name} is not valid: {problem}.",
        "settings.unreadable": "The file {file} cannot be read: {problem}.",
    }
)

_PREFIX = "CANGLIAN_"
_SECRETS = ("encryption_keys", "index_key")
_MASKED = (
    *(*_SECRETS, "database_url", "read_url", "metrics_token"),
    *("identity_key", "identity_peer", "sms_key", "sms_peer", "rail_key", "rail_peer"),
    *("channel_key", "channel_peer"),
)

Positive = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=0, le=65535)]


def _help(text: str) -> Meta:
    return Meta(description=text)


_KEY = "What signs requests to it: name:ed25519:base64 of the private key, or name:hmac-sha256:base64."
_PEER = "What its answers are signed with: name:ed25519:base64 of the public key, or name:hmac-sha256:base64."


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be configured."""

    data_dir: Annotated[str, _help("The folder of the embedded database and of generated secrets.")] = ".canglian"
    database_url: Annotated[str | None, _help("An external PostgreSQL 15 or later; empty: the embedded one.")] = None
    read_url: Annotated[str | None, _help("A standby for queries; empty: the same database.")] = None
    host: Annotated[str, _help("The address to listen on.")] = "127.0.0.1"
    port: Annotated[Port, _help("The port to listen on.")] = 8000
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _help("What is logged at least.")] = "info"
    log_format: Annotated[Literal["json", "console"], _help("How it is logged.")] = "json"
    queue_max: Annotated[Positive, _help("How many movements may wait for one book; then 429.")] = 20_000
    batch_max: Annotated[Positive, _help("How many movements one batch carries.")] = 8192
    cache_max: Annotated[Positive, _help("How many entities of a kind a book keeps in memory.")] = 500_000
    days_ahead_max: Annotated[
        Positive,
        _help("How many days ahead, at once and of the calendar, the business date may go without others' approval."),
    ] = 7
    eod_at: Annotated[
        str,
        Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?\Z"),
        _help("The clock time in Shanghai at which the end of the business day starts by itself: 22:30; empty: never."),
    ] = ""
    encryption_keys: Annotated[str, _help("Keys for personal data, newest first: 2:base64,1:base64.")] = ""
    index_key: Annotated[str, _help("The key of blind indexes, base64.")] = ""
    session_idle_minutes: Annotated[Positive, _help("After how much idleness a session ends.")] = 30
    session_hours: Annotated[Positive, _help("After how long a session ends in any case.")] = 12
    login_attempts_max: Annotated[
        Positive, _help("After how many wrong passwords from one address a login is locked for that address.")
    ] = 5
    lockout_minutes: Annotated[Positive, _help("For how long it is locked.")] = 15
    rate_per_second: Annotated[Positive, _help("Requests a second that one API key may make for long.")] = 1000
    rate_burst: Annotated[Positive, _help("Requests that one API key may make at once.")] = 2000
    failures_per_second: Annotated[Positive, _help("Wrong keys a second that one address may send for long.")] = 1
    failures_burst: Annotated[Positive, _help("Wrong keys that one address may send at once.")] = 50
    sign_in_codes_per_minute: Annotated[
        Positive, _help("Codes a minute that one address, or one person's devices, may have sent to sign in, for long.")
    ] = 6
    sign_in_codes_burst: Annotated[Positive, _help("Codes that it may have sent at once.")] = 20
    lookups_per_hour: Annotated[
        Positive, _help("Numbers of other people that a person may ask about on their own pages in an hour, for long.")
    ] = 120
    lookups_burst: Annotated[Positive, _help("Numbers that a person may ask about at once.")] = 60
    mobile_lookups_per_day: Annotated[
        Positive, _help("Of these, mobiles in a day: unlike numbers of wallets, they are easily guessed.")
    ] = 60
    lookups_per_address: Annotated[
        Positive, _help("How many times as many an address may, where nobody has signed in on the device before.")
    ] = 20
    key_lookups_per_minute: Annotated[
        Positive, _help("Numbers and names of people that one API key may ask about in a minute, known or not.")
    ] = 60
    key_lookups_per_day: Annotated[Positive, _help("Numbers and names that it may ask about in a day.")] = 2000
    trusted_hops: Annotated[
        int, Meta(ge=0, le=10), _help("How many proxies stand before the server and add to X-Forwarded-For.")
    ] = 0
    trusted_proxies: Annotated[
        str, _help("From which addresses or networks they connect; from others X-Forwarded-For says nothing.")
    ] = "127.0.0.0/8,::1"
    body_bytes_max: Annotated[Positive, _help("The largest request body.")] = 4 * 2**20
    header_seconds: Annotated[Positive, _help("How long the headers of a request may take to arrive.")] = 10
    body_seconds: Annotated[
        Positive, _help("How long a body may take to arrive, with one more second for each KiB of it.")
    ] = 30
    connections_max: Annotated[
        Positive, _help("How many connections one address may have; loopback and trusted proxies may have any number.")
    ] = 500
    shutdown_seconds: Annotated[Positive, _help("How long a shutdown waits for requests under way.")] = 20
    outbox_poll_ms: Annotated[Positive, _help("How often the outbox looks for new events.")] = 500
    outbox_allow_private: Annotated[bool, _help("Let webhooks go to loopback and private addresses.")] = False
    identity_url: Annotated[str | None, _help("The service that checks faces and elements; empty: not connected.")] = (
        None
    )
    identity_key: Annotated[str | None, _help(_KEY)] = None
    identity_peer: Annotated[str | None, _help(_PEER)] = None
    sms_url: Annotated[str | None, _help("The service that sends short messages; empty: not connected.")] = None
    sms_key: Annotated[str | None, _help(_KEY)] = None
    sms_peer: Annotated[str | None, _help(_PEER)] = None
    rail_url: Annotated[str | None, _help("The rail to accounts at other banks; empty: not connected.")] = None
    rail_key: Annotated[str | None, _help(_KEY)] = None
    rail_peer: Annotated[str | None, _help(_PEER)] = None
    rail_callback_url: Annotated[
        str | None,
        _help("Where the rail reports outcomes: https://this-server/outside/rail; empty: they are queried."),
    ] = None
    channel_url: Annotated[str | None, _help("The card and QR channel; empty: not connected.")] = None
    channel_key: Annotated[str | None, _help(_KEY)] = None
    channel_peer: Annotated[str | None, _help(_PEER)] = None
    channel_callback_url: Annotated[
        str | None,
        _help("Where the channel reports outcomes: https://this-server/outside/channel; empty: they are enquired."),
    ] = None
    drand_url: Annotated[str | None, _help("The public beacon drand: https://api.drand.sh; empty: not connected.")] = (
        None
    )
    drand_chain: Annotated[str | None, _help("The hash of its chain, by which it is believed.")] = None
    outside_timeout_ms: Annotated[Positive, _help("How long a service outside may take to answer.")] = 10_000
    public_url: Annotated[
        str | None,
        _help("Where people reach the server: https://bank.example. With https, cookies and browsers stay with HTTPS."),
    ] = None
    secure_cookies: Annotated[bool, _help("Send cookies over HTTPS only, also where public_url does not say so.")] = (
        False
    )
    metrics_token: Annotated[str | None, _help("A bearer token for /metrics; empty: loopback only.")] = None

    @property
    def over_https(self) -> bool:
        """Whether people reach the server over HTTPS."""
        return (self.public_url or "").lower().startswith("https://")

    @property
    def has_secure_cookies(self) -> bool:
        """Whether cookies are sent over HTTPS only."""
        return self.secure_cookies or self.over_https


class Setting(msgspec.Struct, frozen=True):
    """One setting as ``canglian config`` shows it."""

    name: str
    value: str
    source: str
    help: str


class Loaded(msgspec.Struct, frozen=True):
    """The settings, and where each came from."""

    settings: Settings
    sources: dict[str, str]

    def describe(self) -> list[Setting]:
        """Every setting with its value (secrets masked), source and help."""
        hints = get_type_hints(Settings, include_extras=True)
        return [
            Setting(
                name,
                _shown(name, getattr(self.settings, name)),
                self.sources.get(name, "default"),
                next(m.description for m in hints[name].__metadata__ if m.description),
            )
            for name in Settings.__struct_fields__
        ]


def load(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Loaded:
    """Read the configuration. Rejects ``settings.unknown``, ``settings.invalid`` and ``settings.unreadable``."""
    environment = os.environ if environment is None else environment
    values, sources = _from_file(environment, folder or Path.cwd())
    for key, text in environment.items():
        if key.startswith(_PREFIX) and key not in ("CANGLIAN_CONFIG", "CANGLIAN_BOOK"):
            name = key.removeprefix(_PREFIX).lower()
            _known(name)
            values[name] = _parsed(name, text)
            sources[name] = key
    settings = _convert(values)
    return Loaded(_with_secrets(settings, sources), sources)


def _from_file(environment: Mapping[str, str], folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    named = environment.get("CANGLIAN_CONFIG")
    path = Path(named) if named else folder / "canglian.toml"
    if not named and not path.exists():
        return {}, {}
    values = _toml(path)
    for name in values:
        _known(name)
    return values, dict.fromkeys(values, str(path))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise Malformed("settings.unreadable", file=str(path), problem=str(problem)) from None


def _known(name: str) -> None:
    if name not in Settings.__struct_fields__:
        nearest = difflib.get_close_matches(name, Settings.__struct_fields__, n=1, cutoff=0.0)[0]
        raise Malformed("settings.unknown", name=name, nearest=nearest)


def _parsed(name: str, text: str) -> Any:
    hint = get_type_hints(Settings)[name]
    try:
        return msgspec.convert(None if text == "" and hint is not str else text, hint, strict=False)
    except msgspec.ValidationError as problem:
        raise Malformed("settings.invalid", name=name, problem=str(problem)) from None


def _convert(values: dict[str, Any]) -> Settings:
    hints = get_type_hints(Settings, include_extras=True)
    for name, value in values.items():
        try:
            msgspec.convert(value, hints[name])
        except msgspec.ValidationError as problem:
            raise Malformed("settings.invalid", name=name, problem=str(problem)) from None
    return Settings(**values)


def _with_secrets(settings: Settings, sources: dict[str, str]) -> Settings:
    missing = [name for name in _SECRETS if not getattr(settings, name)]
    if not missing:
        return settings
    path = Path(settings.data_dir) / "secrets.toml"
    if not path.exists():
        _generate(path)
    stored = _toml(path)
    sources.update(dict.fromkeys(missing, str(path)))
    return msgspec.structs.replace(settings, **{name: stored[name] for name in missing})


def _generate(path: Path) -> None:
    private_folder(path.parent)
    fresh = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in _SECRETS}
    text = f'encryption_keys = "1:{fresh["encryption_keys"]}"\nindex_key = "{fresh["index_key"]}"\n'
    half = path.with_suffix(f".{os.getpid()}")
    half.touch(mode=0o600)
    half.write_text(text)
    try:
        os.link(half, path)
    except FileExistsError:
        pass  # another process was faster; its secrets are the ones
    finally:
        half.unlink()


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    return "••••••" if name in _MASKED else str(value)

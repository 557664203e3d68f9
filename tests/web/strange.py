"""Strange requests as bytes: odd paths, queries, headers, cookies and bodies, the same ones for the same seed."""

import random
from collections.abc import Iterator, Sequence
from urllib.parse import quote

TEXTS = (
    *("", " ", "0", "-1", "1", "99999999999999999999", "1e400", "NaN", "null", "true", "[]", "{}", "%", "%%", "%zz"),
    *("..", "../..", "%2e%2e%2f", "..;/", "//", "\\", "~", "*", "?", "#", ";", "&", "=", ",", ":", "@", "`", "'", '"'),
    *("http://[", "http://[::1", "https://]", "//[", "http://\u2100", "javascript:alert(1)", "http://a:b@c:d", "::"),
    *("127.0.0.1", "garbage", "[::1]:x", "999.1.1.1", "::ffff:1.2.3.4%eth0", "unknown", "_hidden", "1.2.3.4, ,5"),
    *("\x00", "a\x00b", "%00", "\x7f", "\u00e9", "\u00ff\u00fe", "\uff11\uff12", "\u202e", "\ufffe", "\u4f60"),
    *("'; DROP TABLE x --", "<script>", "${7*7}", "{{7*7}}", "%s%n", "\r\nx: y", "Bearer", "Bearer ck_a_b"),
    *("Basic YTpi", "ck_abcdefgh_x", "sealed:1:xxxx", "1.abc", "0.abc", "999999999.abc", "\u0661.abc", "-1.abc"),
    *("bytes=9-1", 'W/"x"'),
    *("zh;q=x", "en;q=99e999", "q=,;;", "gzip, \u00e9", "text/html; charset=\u00e9", "multipart/form-data"),
    *("multipart/form-data; boundary=", "multipart/form-data; boundary=x", "application/json; charset=utf-99"),
    *("sha-256=:\u00e9:", "sig=:YWJj:", 'sig=();created=1;keyid="x"', "Thu, 99 Foo 2026", "-", "+", "1_0", "0x10"),
)
"""Pieces that mean something to somebody: a parser, a file system, a shell, a database, a proxy."""

LONG = (300, 5_000, 20_000)

HEADERS = (
    *("host", "origin", "referer", "cookie", "authorization", "content-type", "content-encoding", "accept"),
    *("accept-language", "accept-encoding", "user-agent", "range", "if-range", "if-none-match", "if-modified-since"),
    *("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-real-ip", "sec-fetch-site"),
    *("request-id", "x-request-id", "idempotency-key", "x-form-token", "hx-request", "hx-target", "hx-current-url"),
    *("content-digest", "signature", "signature-input", "upgrade", "te", "trailer", "expect", "via", "date", "x-any"),
)
COOKIES = (
    *("canglian", "canglian_person", "canglian_form", "canglian_person_form", "canglian_language", "canglian_type"),
    *("canglian_device", "canglian_wallet_device", "__Host-canglian", "", "a b", "\u00e9"),
)
METHODS = ("GET",) * 6 + ("POST",) * 4 + ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


Forms = dict[str, str]
"""The token of forms by the cookie that it belongs to; all cookies have the value ``COOKIE``."""

COOKIE = "strange"

Signed = Sequence[dict[str, str]]
"""Headers of who is signed in: with a key, or with a session and the token of its forms."""

OUT = ("/console/logout",)
"""Where a session ends."""


def requests(paths: list[str], forms: Forms, signed: Signed, seed: int, count: int) -> Iterator[bytes]:
    """So many requests, as they stand on the wire, to each path in turn."""
    chance = random.Random(seed)
    for number in range(count):
        yield _request(chance, paths[number % len(paths)], forms, signed)


def _request(chance: random.Random, path: str, forms: Forms, signed: Signed) -> bytes:
    method = chance.choice(METHODS)
    target = _target(chance, path)
    headers = {"host": "canglian.test"}
    for name in chance.sample(HEADERS, chance.randint(0, 4)):
        headers[name] = _header(_text(chance))
    if chance.random() < 0.5:
        names = chance.sample(COOKIES, chance.randint(1, 3))
        headers["cookie"] = _header("; ".join(f"{name}={_text(chance)}" for name in names))
    form = chance.choice(list(forms)) if chance.random() < 0.5 else None
    if form is not None:
        headers["cookie"] = "; ".join([f"{form}={COOKIE}", *filter(None, [headers.get("cookie")])])
        headers["x-form-token"] = forms[form]
    if path not in OUT and chance.random() < 0.5:
        headers |= chance.choice(signed)
    body = _body(chance, headers) if method in ("POST", "PUT", "PATCH", "DELETE") else b""
    headers["content-length"] = str(len(body))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _target(chance: random.Random, path: str) -> str:
    parts = path.split("/")
    for at, part in enumerate(parts):
        if part.startswith("{") or chance.random() < 0.1:
            parts[at] = _escaped(chance, _text(chance)) if chance.random() < 0.7 else "1"
    if chance.random() < 0.15:
        parts.append(_escaped(chance, _text(chance)))
    target = "/".join(parts) or "/"
    if chance.random() < 0.4:
        names = ("next", "limit", "cursor", "sort", "q", "of", "page", "date", "done", _escaped(chance, _text(chance)))
        query = [f"{chance.choice(names)}={_escaped(chance, _text(chance))}" for _ in range(chance.randint(1, 3))]
        target += "?" + "&".join(query)
    return target if target.startswith("/") else f"/{target}"


def _text(chance: random.Random) -> str:
    text = chance.choice(TEXTS)
    kind = chance.random()
    if kind < 0.1:
        return (text or "a") * (chance.choice(LONG) // max(1, len(text)))
    if kind < 0.2:
        return text + chance.choice(TEXTS)
    if kind < 0.3:
        return "".join(chr(chance.randrange(256)) for _ in range(chance.randint(1, 30)))
    return text


def _escaped(chance: random.Random, text: str) -> str:
    """A piece of an address: in UTF-8, or in single bytes that are none."""
    raw = text.encode("utf-8" if chance.random() < 0.8 else "latin-1", "replace")
    return quote(raw, safe="" if chance.random() < 0.8 else "%~*;:@!$&'()+,=[]")


def _header(text: str) -> str:
    """A value that HTTP lets through: any bytes, on one line."""
    line = text.encode("utf-8").decode("latin-1") if any(ord(character) > 255 for character in text) else text
    return "".join(character for character in line if character == "\t" or 31 < ord(character) != 127)


def _body(chance: random.Random, headers: dict[str, str]) -> bytes:
    kind = chance.randrange(8)
    if kind == 0:
        return b""
    if kind in (1, 2):
        headers.setdefault("content-type", "application/json")
        deep = [b"[" * 50_000, b'{"a":' * 20_000]
        return chance.choice([*deep, b"{", b'{"a":"\\ud800"}', b"\xff\xfe", b"null", b'"\\u0000"', b"1e999"])
    if kind in (3, 4, 5):
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
        names = ("next", "login", "password", "code", "mobile", "challenge", "language", "type", "_token", "_key", "x")
        return "&".join(f"{chance.choice(names)}={_escaped(chance, _text(chance))}" for _ in range(4)).encode()
    if kind == 6:
        headers.setdefault("content-type", "multipart/form-data; boundary=x")
        part = b'--x\r\ncontent-disposition: form-data; name="\xff"\r\n\r\nv\r\n--x--'
        return chance.choice([b"--x\r\n", b"--x--", part])
    return chance.randbytes(chance.randint(1, 200))

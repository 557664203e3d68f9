"""A street for the benchmark: merchants, people with two wallets each, and pay codes that they have shown."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import asyncpg
import msgspec

from canglian.bank.deposit import DepositAccount
from canglian.bank.deposit.bench.interest import account_row as deposit_row
from canglian.bank.party.numbering import check_digit
from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.wallet import CodeKind, Wallet, WalletKind, WalletPin
from canglian.bank.wallet.bench.wallet import account_row, wallet_row
from canglian.bank.wallet.codes import digest
from canglian.bank.wallet.model import WalletCode
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger.bench.ground import BOOK, TODAY
from canglian.ledger.model import Account, Balance
from canglian.web.services import Services

FUNDS = 1_000_000
"""What each wallet has in the beginning, in fen."""
FIRST_SHARE = 4_000
"""What the first of two wallets pays of each payment, in fen: its code is shown for as much."""


class Payer(msgspec.Struct, frozen=True):
    """A person with an e-CNY wallet and an e-wallet on a Class II account, and the pay codes of each."""

    ecny: str
    ewallet: str
    codes: list[tuple[str, str]]


class Street(msgspec.Struct, frozen=True):
    """Who pays and who is paid."""

    merchants: list[str]
    payers: list[Payer]


def rival_digest(code: str) -> str:
    """What the rival stores of a code."""
    return sha256(b"bench" + code.encode()).hexdigest()


async def build(services: Services, url: str, merchants: int, payers: int, codes: int) -> Street:
    """Register the merchants, and put the people with their codes into the database."""
    shops = [
        await services.engine.execute(
            BOOK, RegisterMerchant(name=f"商户{number}", category="5411", region="330106"), actor="bench"
        )
        for number in range(merchants)
    ]
    first = (await services.store.state(BOOK)).counters[Account.__table__] + 1
    found = [_payer(number, codes) for number in range(payers)]
    now = utc_now()
    rows: dict[type[Entity], list[Any]] = {
        Account: [],
        Balance: [],
        DepositAccount: [],
        Wallet: [],
        WalletPin: [],
        WalletCode: [],
    }
    for number, payer in enumerate(found):
        _add_payer(rows, first + 2 * number, payer, now)
        for turn, pair in enumerate(payer.codes):
            for which, wallet in enumerate((payer.ecny, payer.ewallet)):
                identity = f"wcd_{(number * codes + turn) * 2 + which:026d}"
                shown = digest(services.keyring, pair[which])
                rows[WalletCode].append(_code(identity, wallet, shown, FIRST_SHARE if which == 0 else None, now))
    connection: Any = await asyncpg.connect(url)
    try:
        for kind, things in rows.items():
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        sql = "UPDATE book SET counters = counters || jsonb_build_object('account', $2::bigint) WHERE book = $1"
        await connection.execute(sql, BOOK, first + 2 * payers - 1)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return Street([shop.id for shop in shops], found)


def _payer(number: int, codes: int) -> Payer:
    ecny, ewallet = (f"wal_{2 * number + which:026d}" for which in (0, 1))
    begin = number * codes * 2
    return Payer(ecny, ewallet, [(_digits(begin + 2 * turn), _digits(begin + 2 * turn + 1)) for turn in range(codes)])


def _digits(serial: int) -> str:
    body = f"28{serial:015d}"
    return body + check_digit(body)


def _add_payer(rows: dict[type[Entity], list[Any]], account: int, payer: Payer, now: datetime) -> None:
    party = f"pty_{account:026d}"
    deposit = msgspec.structs.replace(deposit_row(account + 1, now), party=party)
    rows[DepositAccount].append(deposit)
    ecny = msgspec.structs.replace(wallet_row(account, payer.ecny, now), party=party)
    on_account = {"kind": WalletKind.EWALLET, "tier": None, "product": "wallet.ewallet", "deposit": deposit.id}
    ewallet = msgspec.structs.replace(
        wallet_row(account + 1, payer.ewallet, now), party=party, asset="CNY", **on_account
    )
    rows[Wallet] += [ecny, ewallet]
    rows[WalletPin] += [
        WalletPin(wallet.id, "$argon2id$bench", 1, 1, 0, False, None, now, "bench") for wallet in (ecny, ewallet)
    ]
    rows[Account] += [
        account_row(account, ecny.id, now),
        msgspec.structs.replace(account_row(account + 1, deposit.id, now), asset="CNY"),
    ]
    rows[Balance] += [Balance(number, 0, FUNDS, 0, 0, 1, 0, TODAY, now) for number in (account, account + 1)]


def _code(identity: str, wallet: str, shown: str, amount: int | None, now: datetime) -> WalletCode:
    return WalletCode(
        identity, CodeKind.PAY, wallet, shown, amount, None, now, "bench", now + timedelta(days=1), None, None
    )


def rival_codes(payers: Iterable[Payer]) -> list[tuple[int, str, str, str, int | None]]:
    """The codes as the rival stores them: book, id, wallet, digest, amount."""
    rows: list[tuple[int, str, str, str, int | None]] = []
    for payer in payers:
        for pair in payer.codes:
            for wallet, code, most in zip((payer.ecny, payer.ewallet), pair, (FIRST_SHARE, None), strict=True):
                rows.append((BOOK, f"wcd_{len(rows):026d}", wallet, rival_digest(code), most))
    return rows

"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

_PARTY = "pty_" + "0" * 26
_WALLET = "wal_" + "0" * 26
_DEPOSIT = "dep_" + "0" * 26
_DOCUMENT = "doc_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "WalletRequest": {"product": "wallet.ecny4", "mobile": "13800138000", "name": "零花钱"},
    "SubWalletRequest": {"name": "早餐", "merchant": _WALLET, "single_max": 5000, "day_max": 10000},
    "SubWalletChange": {"day_max": 20000},
    "WalletSearch": {"number": "8806 0000 0000 0009"},
    "WalletUpgradeRequest": {"product": "wallet.ecny2", "party": _PARTY, "deposit": _DEPOSIT},
    "SeenRequest": {"document": _DOCUMENT, "place": "新城支行"},
    "LockRequest": {"locked_by": "holder", "reason": "在找手机"},
    "UnlockRequest": {"unlocked_by": "holder", "reason": "找到了", "pin": "719064"},
    "LiftRequest": {"reason": "本人持证到柜台", "document": _DOCUMENT},
    "CloseRequest": {"reason": "不再使用", "deposit": _DEPOSIT, "pin": "719064"},
    "PinRequest": {"pin": "719064"},
    "PinCheck": {"pin": "719064"},
    "DeviceRequest": {"device": "5f0c1e9a-phone", "name": "我的手机", "platform": "android"},
    "PocketRequest": {"kind": "benefit", "name": "助农权益", "asset": "ECNY", "purpose": "benefit:village7"},
    "WalletRailRequest": {"bound_account": "bnd_" + "0" * 26, "amount": 30000, "pin": "719064"},
    "ExchangeRequest": {"direction": "to_ecny", "amount": 30000, "pin": "719064"},
    "CodeRequest": {"kind": "collect", "amount": 1880, "note": "一碗面"},
    "TakeRequest": {"code": "280000000000000016", "amount": 1880, "reference": "till-1-0007"},
    "PayRequest": {"code": "380000000000000014", "pin": "719064"},
    "WalletTransferRequest": {"payer": _WALLET, "payee": "wal_" + "1" * 26, "amount": 2550, "pin": "719064"},
    "SetWalletProduct": {
        "code": "wallet.ecny2",
        "name": "数字人民币二类钱包",
        "level": "remote",
        "document": False,
        "account": True,
        "anonymous": False,
        "rate_ppm": 500,
        "day_count": 360,
        "sub_wallets_max": 20,
        "note": "新规生效",
        "effective_from": "2099-01-01",
    },
    "AddWalletPolicy": {
        "effective_from": "2099-01-01",
        "number_prefix": "8806",
        "code_seconds": 60,
        "pay_code_max": 100000,
        "pin_tries": 5,
        "pin_lock_minutes": 1440,
        "devices_max": 5,
        "pockets_max": 50,
        "note": "新规生效",
    },
}
"""An example by the name of the body's schema."""

TAGS = {
    "wallets": "E-wallets and e-CNY wallets: open, pay, recharge, exchange, raise, lock, close; PINs and codes.",
}

LINKS: dict[str, dict[str, str]] = {
    "openWallet": {
        "getWallet": "wallet",
        "getWalletStatement": "wallet",
        "setWalletPin": "wallet",
        "showWalletCode": "wallet",
        "lockWallet": "wallet",
        "addWalletDevice": "wallet",
        "closeWallet": "wallet",
    },
    "transferBetweenWallets": {"getWalletTransfer": "move", "reverseWalletTransfer": "move"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""

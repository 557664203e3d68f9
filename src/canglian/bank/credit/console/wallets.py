"""The wallets of a customer that a form offers."""

from canglian.bank.wallet.model import WalletState
from canglian.bank.wallet.queries import wallets
from canglian.kernel.postgres.reader import Reader
from canglian.web.console import Pages
from canglian.web.console.formats import money


async def wallet_choices(
    pages: Pages, reader: Reader, book: int, party: str, asset: str | None = None
) -> list[tuple[str, str]]:
    """Wallets of a customer that pay and are paid, with what they have."""
    own = await wallets.views(reader, book, await wallets.of_party(reader, book, party))
    return [
        (
            wallet.id,
            f"{pages._(wallet.name)} {wallet.number[-4:]} · {money(wallet.balance - wallet.held, wallet.asset)}",
        )
        for wallet in own
        if wallet.state is WalletState.ACTIVE and wallet.parent is None and asset in (None, wallet.asset)
    ]

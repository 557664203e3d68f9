"""The codes of chain finance. None of their fields ever holds personal data."""

from canglian.kernel.errors import declare

declare(
    {
        "chain_member.not_found": "There is no member {chain_member} of a chain in this book.",
        "chain_member.exists": "There is already a member {chain_member} of a chain.",
        "chain_member.enrolled": "This customer is a member of this chain already: {chain_member}.",
        "chain_member.not_core": "Member {chain_member} is no core company.",
        "chain_member.account_other": "The account {deposit_account} is not this customer's.",
        "chain_member.account_asset": "Vouchers are in CNY; the account {deposit_account} holds {asset}.",
        "chain_member.facility_other": "The facility {facility} is not this customer's.",
        "chain_member.other_chain": "Member {chain_member} belongs to another chain.",
        "voucher.not_found": "There is no voucher {voucher} in this book.",
        "voucher.exists": "There is already a voucher {voucher}.",
        "voucher.state": "Voucher {voucher} is {state}.",
        "voucher.term_long": "A voucher runs for a year at most: until {until}.",
        "voucher.term_needs_approval": (
            "A term beyond six months, until {until}, needs a reason and the approval of a second person."
        ),
        "voucher.term_short": "A voucher matures after the business date, {today}.",
        "voucher.invoice_used": "This invoice is on voucher {voucher} already.",
        "voucher.invoice_small": "The invoice is over {total}; the voucher cannot be over {face}.",
        "voucher.invoice_later": "The invoice is dated {dated}, after the business date, {today}.",
        "voucher.parts_sum": "The parts come to {total}; the voucher is over {face}.",
        "voucher.parts_few": "A voucher is split into two parts at least.",
        "voucher.deep": "A voucher is split {most} times in a row at most.",
        "voucher.too_much": "The voucher is over {face}; {amount} is more.",
        "voucher.holder_same": "Voucher {voucher} belongs to this member already.",
        "voucher.to_core": "A voucher goes to a supplier; the core company itself pays it.",
        "voucher.small": "An advance on this voucher would come to nothing.",
        "voucher.matured": "The voucher has matured on {matures_on}: it is paid at the end of the day.",
        "voucher.not_due": "The voucher matures on {matures_on}.",
        "voucher.not_financed": "The bank has advanced nothing on voucher {voucher}, or is paid.",
        "voucher.no_recourse": "Voucher {voucher} was bought without recourse: its seller owes nothing.",
        "voucher.nothing_unclaimed": "Nothing of voucher {voucher} waits for its holder.",
        "voucher.reason_needed": "Say why it is declined.",
        "voucher.wallet_needed": "Name the wallet whose PIN signs this.",
        "voucher.wallet_other": "This is signed with a wallet of the member, or of who represents it by law.",
        "voucher_invoice.not_found": "There is no invoice {voucher_invoice} on a voucher.",
        "voucher_invoice.exists": "There is already an invoice {voucher_invoice}.",
        "voucher_financing.not_found": "Nothing was advanced on voucher {voucher_financing}.",
        "voucher_financing.exists": "Something was advanced on voucher {voucher_financing} already.",
        "voucher_move.not_found": "There is no entry {voucher_move} of a voucher.",
        "voucher_move.exists": "There is already an entry {voucher_move} of a voucher.",
    }
)

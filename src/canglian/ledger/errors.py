"""The ledger's error codes."""

from canglian.kernel.errors import declare

declare(
    {
        "account.not_found": "There is no account {account} in this book.",
        "account.exists": "There is already an account with reference {reference}.",
        "account.reference_digits": "A reference is more than digits, which stand for a number: {reference}.",
        "account.closed": "Account {account} is closed.",
        "account.frozen": "Account {account} is {state} and does not allow this transaction.",
        "account.limits_crossed": "The balance {balance} of account {account} lies outside {floor} to {ceiling}.",
        "account.not_empty": "Account {account} still has a balance of {balance} or pending holds of {held}.",
        "account.turnover_exceeded": "The turnover of account {account} has reached the largest figure that is kept.",
        "account.kept": (
            "Account {account} is managed by {owner}: change its balance and state there, not in the ledger."
        ),
        "account.state_same": "Account {account} is {state} already.",
        "asset.not_found": "There is no asset {asset} in this book.",
        "asset.exists": "Asset {asset} exists already.",
        "head.not_found": "GL account {head} not found in the chart of accounts.",
        "head.exists": "GL account {head} already exists.",
        "book.day_not_later": "The business date is {today}; it moves forward only, not to {asked}.",
        "transfer.not_found": "There is no transfer {transfer} in this book.",
        "transfer.same_account": "A transfer needs two different accounts; both are {account}.",
        "transfer.amount_invalid": "The amount {amount} is not between 1 and {most}.",
        "transfer.asset_mismatch": "Account {debit} holds {debit_asset} and account {credit} holds {credit_asset}.",
        "transfer.asset_unexpected": "The accounts hold {asset}, not {expected}.",
        "transfer.purpose_mismatch": "The money of account {debit} is bound to {debit_purpose}, account {credit} to "
        "{credit_purpose}.",
        "transfer.insufficient_funds": "Account {account} has {available} available; {amount} is needed.",
        "transfer.above_ceiling": "Account {account} can receive {room} at most; {amount} exceeds its ceiling.",
        "transfer.nothing_available": "No amount to transfer from account {debit} to account {credit}.",
        "transfer.not_balancing": "Only a balancing transfer is bounded by one side, or may come to nothing.",
        "transfer.in_future": "It cannot have happened at {happened_at}, which is later than {now}.",
        "transfer.too_early": "It cannot have happened at {happened_at}: nothing here is older than {earliest}.",
        "transfer.already_reversed": "Transfer {transfer} was reversed by transfer {reversed_by}.",
        "transfer.is_reversal": "Transfer {transfer} is itself a reversal.",
        "transfers.line_refused": "Line {line} was refused, so nothing of the group was posted: {reason}.",
        "history.out_of_order": "Account {account} has entries of {last}; history must come in the order of its dates, "
        "not back to {date}.",
        "history.date_in_future": "The date {date} is later than the business date {today}.",
        "hold.not_found": "There is no hold {hold} in this book.",
        "hold.not_pending": "Hold {hold} is {state}.",
        "hold.expired": "Hold {hold} expired at {expires_at}.",
        "hold.exceeded": "Hold {hold} has {remaining} remaining, less than {amount}.",
        "hold.expires_in_past": "A hold cannot expire at {expires_at}, which is not later than {now}.",
        "hold.expires_too_late": "A hold cannot expire at {expires_at}, which is later than {latest}.",
        "hold.not_due": "Hold {hold} has not expired yet.",
    }
)

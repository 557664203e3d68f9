"""Why an import, or one line of it, is refused."""

from canglian.kernel.errors import declare

declare(
    {
        "import.file_unreadable": "The file {file} cannot be read: {problem}.",
        "import.file_empty": "The file {file} has no header line.",
        "import.mapping_unreadable": "The mapping {file} cannot be read: {problem}.",
        "import.mapping_invalid": "The mapping is not valid: {problem}.",
        "import.mapping_changed": "This file was imported before with another mapping or in other chunks; nothing was "
        "booked twice. Correct what was refused and import that alone.",
        "import.under_way": "Another import into this book is under way. Run this one again when it has ended; "
        "nothing is booked twice.",
        "import.reference_differs": "The book has {reference} of this account with other figures: transfer {transfer}.",
        "import.reference_repeated": "The file has {reference} of this account twice; see identity in the mapping.",
        "import.account_repeated": "Line {line} of the file has the account {reference} already.",
        "import.value_mangled": "{value} in {column} is what a spreadsheet made of a number; export it as text.",
        "import.opening_doubtful": "The account has movements, and none of them is this opening balance.",
        "import.column_missing": "The file has no column {column}; it has {columns}.",
        "import.column_twice": "The file has more than one column {column}; give them different names.",
        "import.header_unreadable": "The line with the names of the columns cannot be read: {problem}.",
        "import.encoding_differs": "The file {file} begins with the mark of {marked}, the mapping says {encoding}.",
        "import.quote_open": "A quotation mark opens a field that does not end; the lines below are read alone.",
        "import.quote_doubtful": "A quotation mark opened in line {line} leaves in doubt whether this is a line.",
        "import.line_unreadable": "The line cannot be read: {problem}.",
        "import.fields_count": "The line has {found} fields, the header {expected}.",
        "import.value_missing": "The column {column} is empty.",
        "import.date_invalid": "{value} is not a date of the form {format}.",
        "import.amount_invalid": "{value} is not an amount.",
        "import.amount_fractional": "{value} is finer than the {scale} decimals of {asset}.",
        "import.amount_zero": "The amount is zero.",
        "import.amount_twice": "Both {first} and {second} have an amount.",
        "import.sign_contradicts": "{value} is negative in a line that goes in; see negative in the mapping.",
        "import.sign_mixed": "{value} has another sign than what went out before; see negative in the mapping.",
        "import.direction_unknown": "{value} is neither in nor out.",
        "import.kind_unknown": "No rule of the mapping fits, and there is no code or no counter account for all lines.",
        "import.counter_unknown": "There is no account with reference {reference}, and the mapping does not open one.",
        "import.account_unknown": "There is no account with reference {reference}, and the mapping does not open it.",
    }
)

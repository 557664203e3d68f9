"""Versions of templates are always approved by a second person, who reads what they allow; their cases run before."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.purpose.commands import AddPurposeTemplate
from canglian.ledger.book import Book


def _template(book: Book, command: AddPurposeTemplate) -> Description:
    command.refuse_nonconforming(book)
    facts = [
        Fact("Code", "code", command.code),
        Fact("Name", "text", command.name),
        Fact("Cases that hold", "text", str(len(command.cases))),
        Fact("Note", "text", command.note),
    ]
    return Description(f"purpose_template:{command.code}", facts)


approvable(
    Approvable(
        AddPurposeTemplate,
        "Add a template of contracts",
        _template,
        outcome=lambda template: f"purpose_template:{template.code}",
        always=True,
        matter=lambda command: f"purpose_template:{command.code}",
    )
)

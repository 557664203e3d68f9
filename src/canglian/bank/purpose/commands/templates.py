"""Templates of contracts, by version."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.purpose.commands.values import TemplateCode
from canglian.bank.purpose.model import PurposeTemplate, TemplateKind
from canglian.bank.purpose.rules import Case, Rules, contradiction, failed_case
from canglian.bank.purpose.seeds import TEMPLATES
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import Note, doc
from canglian.kernel.values import Name
from canglian.kernel.versions import effective_date, next_version

Day = date  # the field of the same name would hide the type


class AddPurposeTemplate(Command[PurposeTemplate], kind="purpose.add_template"):
    """Add a version of a template; contracts that were drafted before keep theirs. Its cases have to hold.

    Rejects ``purpose_template.effective_past``, ``.rules``, ``.no_cases`` and ``.case_failed``.
    """

    code: TemplateCode
    kind: Annotated[TemplateKind, doc("What its contracts are for.")]
    name: Annotated[Name, doc("What people read.")]
    rules: Annotated[Rules, doc("What money of its contracts may do.")]
    cases: Annotated[tuple[Case, ...], Meta(max_length=200), doc("Cases that the rules have to decide so.")]
    note: Note
    effective_from: Annotated[Day | None, doc("From which business date; null for today.")] = None

    def decide(self, book: Book) -> PurposeTemplate:
        self.refuse_nonconforming(book)
        version = next_version(TEMPLATES.of(book, self.code))
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        fields["effective_from"] = effective_date(book, PurposeTemplate, self.effective_from, field="effective_from")
        book.emit("purpose_template.added", f"purpose_template:{self.code}", code=self.code, version=version)
        return book.add(PurposeTemplate(**fields, version=version, created_at=book.now, created_by=book.actor))

    def refuse_nonconforming(self, book: Book) -> None:
        """Run its cases: before it is filed for approval, and again when it is added."""
        problem = contradiction(self.rules)
        if problem is not None:
            book.reject("purpose_template.rules", problem=problem, field="rules")
        if {case.expected is None for case in self.cases} != {True, False}:
            book.reject("purpose_template.no_cases", field="cases")
        failed = failed_case(self.rules, self.cases)
        if failed is not None:
            case, outcome = failed
            book.reject(
                "purpose_template.case_failed",
                case=case.name,
                outcome=outcome or "—",
                expected=case.expected or "—",
                field="cases",
            )

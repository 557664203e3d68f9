"""Grants of a whole file on a page: issued in chunks while it shows how far they are, and then which lines got none.

What is under way is remembered by the server that does it. Where that server ends, the same file is sent again: nobody
is granted anything twice.
"""

import asyncio
import csv
import shutil
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import structlog
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.purpose import availability, queries
from canglian.bank.purpose.console.lists import CONTRACTS
from canglian.bank.purpose.importing import Summary, Target, import_grants, wallets_by_numbers
from canglian.bank.purpose.model import PurposeContract
from canglian.bank.wallet.numbers import WALLET_NUMBERS
from canglian.kernel.errors import CanglianError, Conflict, Malformed, NotFound, Unavailable
from canglian.ledger.queries import chart
from canglian.web.console import Pages
from canglian.web.console.forms import Wrong
from canglian.web.console.submitting import Form, answer_form
from canglian.web.csv import BOM, CSV, file_headers
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import form_of
from canglian.web.services import Services

REFUSED_SHOWN = 100
"""So many of the lines without a grant stand on the page; the file of outcomes has all."""

_MEMORY: Final = "purpose.imports"
log = structlog.get_logger()


@dataclass(eq=False)
class FileImport:
    """A file on its way: ``summary`` or ``problem`` once it is over."""

    name: str
    folder: Path
    total: int = 0
    done: int = 0
    summary: Summary | None = None
    problem: CanglianError | None = None
    task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def is_over(self) -> bool:
        """Whether all of it was looked at, or it broke off."""
        return self.summary is not None or self.problem is not None

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def file(self) -> Path:
        """The file that was sent."""
        return self.folder / "grants.csv"

    @property
    def outcomes(self) -> Path:
        """What became of each of its lines."""
        return self.folder / "outcomes.csv"

    def reach(self, done: int, total: int) -> None:
        """So much is done."""
        self.done, self.total = done, total

    def refused(self) -> list[tuple[int, str]]:
        """The first lines that got no grant, each with its code."""
        with self.outcomes.open(encoding="utf-8", newline="") as file:
            rows = (row for row in csv.DictReader(file) if row["outcome"] == "refused")
            return [(int(row["line"]), row["code"]) for row in islice(rows, REFUSED_SHOWN)]


def _known(services: Services, book: int, contract: str) -> FileImport | None:
    return services.memory.setdefault(_MEMORY, {}).get((book, contract))


@get("/purpose-contracts/{contract:str}/import", guards=[needs(Permission.POST)])
async def import_page(pages: NamedDependency[Pages], contract: FromPath[str]) -> Response[Any]:
    """The form of a file; how far the last one is, and what became of it."""
    return await _show(pages, contract)


async def _show(pages: Pages, identity: str, status: int = 200, problem: Wrong | None = None) -> Response[Any]:
    assert pages.principal is not None
    reader, book = pages.services.reader, pages.principal.book
    contract = await queries.contract(reader, book, identity)
    last, reason = _known(pages.services, book, identity), availability.issuing(contract)
    broken = None if last is None or last.problem is None else pages.refusal(last.problem)
    refused = await asyncio.to_thread(last.refused) if last is not None and last.summary is not None else []
    return await pages.render(
        "purpose/import.html",
        status=status,
        contract=contract,
        reason=pages._(reason) if reason else "",
        last=last,
        broken=broken,
        refused=refused,
        scales=await chart.scales(reader, book),
        problem=problem,
    )


@post("/purpose-contracts/{contract:str}/import", status_code=200, guards=[needs(Permission.POST)])
async def begin_import(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: FromPath[str],
) -> Response[Any]:
    """Begin to issue the grants of a file; one at a time for a contract."""
    found = await queries.contract(services.reader, principal.book, contract)

    async def act(form: Form) -> str:
        sent = (await form_of(pages.request)).get("file")
        raw = await sent.read() if isinstance(sent, UploadFile) else b""
        if not raw or not isinstance(sent, UploadFile):
            raise Malformed("import.file_empty", field="file")
        last = _known(services, principal.book, contract)
        if last is not None and not last.is_over:
            raise Conflict("purpose_list.under_way", file=last.name)
        await _begin(services, principal, found, sent.filename, raw, further=form.get("further") == "yes")
        return f"{CONTRACTS}/{contract}/import"

    async def again(status: int, problem: Wrong, values: Mapping[str, str]) -> Response[Any]:
        return await _show(pages, contract, status, problem)

    return await answer_form(pages, act, again)


async def _begin(
    services: Services, principal: Principal, contract: PurposeContract, name: str, raw: bytes, *, further: bool
) -> None:
    begun = FileImport(name, Path(mkdtemp(prefix="canglian-grants-")), total=raw.count(b"\n"))
    services.memory.setdefault(_MEMORY, {})[principal.book, contract.id] = begun
    await asyncio.to_thread(begun.file.write_bytes, raw)
    scale = (await chart.scales(services.reader, principal.book)).get(contract.asset, 2)
    target = Target(contract.id, contract.asset, scale, further)
    begun.task = asyncio.create_task(_issued(services, principal.book, target, begun, principal.actor))


async def _issued(services: Services, book: int, target: Target, begun: FileImport, actor: str) -> None:
    """Issue them, and remember what came of it."""
    find = wallets_by_numbers(
        lambda number: WALLET_NUMBERS.index(services.keyring, number),
        lambda indexes: queries.wallets_by_number(services.reader, book, indexes),
    )
    try:
        begun.summary = await import_grants(
            services.engine,
            book,
            target,
            begun.file,
            find,
            actor=actor,
            outcomes=begun.outcomes,
            report=begun.reach,
        )
    except CanglianError as error:
        begun.problem = error
    except Exception:
        log.exception("import of grants broke off", book=book, contract=target.contract)
        begun.problem = Unavailable("database.outcome_unknown")


@get("/purpose-contracts/{contract:str}/import/outcomes", guards=[needs(Permission.POST)])
async def import_outcomes(
    services: NamedDependency[Services], principal: NamedDependency[Principal], contract: FromPath[str]
) -> Response[bytes]:
    """What became of each line of the last file, as CSV. Raises NotFound ``purpose_list.none``."""
    await queries.contract(services.reader, principal.book, contract)
    last = _known(services, principal.book, contract)
    if last is None or last.summary is None:
        raise NotFound("purpose_list.none", contract=contract)
    content = await asyncio.to_thread(last.outcomes.read_bytes)
    return Response(BOM + content, media_type=CSV, headers=file_headers("grants-outcomes"))


handlers = (import_page, begin_import, import_outcomes)

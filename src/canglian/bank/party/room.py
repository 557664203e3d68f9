"""Parties as a room."""

import canglian.bank.party.error_text  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
from canglian.bank.party.actions import CONSENTS, OPENINGS, PARTIES
from canglian.bank.party.api import examples
from canglian.bank.party.api.lists import router as lists
from canglian.bank.party.api.unmaskings import router as unmaskings
from canglian.bank.party.auth import who
from canglian.bank.party.commands import ExpireOpening, LetClaimLapse
from canglian.bank.party.console import HANDLERS
from canglian.bank.party.console.additions import FINDS, WAITING, belongs
from canglian.bank.party.console.picks import PICKS
from canglian.bank.party.demo import PHONES, fill_people
from canglian.bank.party.mobile import HANDLERS as MOBILE
from canglian.bank.party.outside import ADAPTERS
from canglian.bank.party.queries import openings
from canglian.bank.party.versions import POLICIES
from canglian.kernel.values import utc_now
from canglian.web.additions import PageLink
from canglian.web.console.versions import version_pages
from canglian.web.due import settle
from canglian.web.links import by_id
from canglian.web.principal import Permission
from canglian.web.room import Job, NavItem, Room, Workspace
from canglian.web.services import Services

EXPIRY_SECONDS = 30.0


async def expire_openings(services: Services, book: int) -> None:
    """End every opening whose time has passed; the key names the opening, so twice is harmless."""
    identities = await openings.due(services.reader, book, utc_now())
    due = {f"expire:opening:{identity}": ExpireOpening(opening=identity) for identity in identities}
    await settle(services, book, due, actor="job:expire-openings")


async def let_claims_lapse(services: Services, book: int) -> None:
    """Forget every number that was claimed and not proven in time."""
    now = utc_now()
    identities = await openings.claims_due(services.reader, book, now)
    due = {f"lapse:claim:{identity}:{now:%Y%m%d%H}": LetClaimLapse(party=identity) for identity in identities}
    await settle(services, book, due, actor="job:let-claims-lapse")


ROOM = Room(
    "party",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill_people,
    demo_notes=(f"phone    /m  sign in as {' or '.join(PHONES.values())}; the code comes to the inbox of sms",),
    who=who,
    api=(PARTIES.router(), unmaskings, CONSENTS.router(), OPENINGS.router(), lists, POLICIES.router()),
    console=(*HANDLERS, *version_pages(POLICIES)),
    mobile=MOBILE,
    finds=FINDS,
    picks=PICKS,
    page_links={"home": (PageLink("Register a customer", "/console/people/new", "address-book", Permission.POST),)},
    waiting=WAITING,
    nav=(
        NavItem(
            Workspace.CUSTOMERS, "", "Customers", "/console/people", "address-book", covers=("/console/unmaskings",)
        ),
        NavItem(Workspace.CUSTOMERS, "", "Remote onboarding (eKYC)", "/console/openings", "user-check"),
        NavItem(Workspace.RISK, "", "Watchlist", "/console/lists", "user-exclamation"),
        NavItem(Workspace.OPERATIONS, "Parameters", "Customer policy", "/console/party-policies", "adjustments"),
    ),
    outside=ADAPTERS,
    jobs=(
        Job("expire-openings", EXPIRY_SECONDS, expire_openings),
        Job("let-claims-lapse", EXPIRY_SECONDS, let_claims_lapse),
    ),
    templates=("canglian.bank.party",),
    belongings={"pty": belongs},
    things={"pty": "/console/people/{}"},
    objects={
        **dict.fromkeys(("party", "survivor", "representative"), "/console/people/{}"),
        "opening": "/console/openings/{}",
    },
)

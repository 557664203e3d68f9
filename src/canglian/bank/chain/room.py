"""Chain finance as a room."""

import canglian.bank.chain.error_text  # noqa: F401  # pyright: ignore[reportUnusedImport] - registers the texts of refusals
from canglian.bank.chain import examples, running
from canglian.bank.chain.actions import RESOURCES
from canglian.bank.chain.console import HANDLERS
from canglian.bank.chain.console.work import FINDS, OBJECTS, SECTIONS, WAITING
from canglian.bank.chain.demo import fill
from canglian.bank.chain.mobile import HANDLERS as MOBILE
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace

ROOM = Room(
    "chain",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill,
    demo_notes=("chain    /m/chain  13900139005 pays for 禾丰农产品合作社, 13900139004 supplies, 13900139001 deals",),
    api=tuple(resource.router() for resource in RESOURCES),
    console=HANDLERS,
    mobile=MOBILE,
    nav=(
        NavItem(Workspace.CREDIT, "Chain finance", "Work list of chains", "/console/chain-finance", "list-details"),
        NavItem(Workspace.CREDIT, "Chain finance", "Vouchers", "/console/vouchers", "receipt"),
        NavItem(Workspace.CREDIT, "Chain finance", "Orders and purchases", "/console/trade-contracts", "receipt"),
        NavItem(Workspace.CREDIT, "Chain finance", "Members of chains", "/console/chain-members", "users"),
    ),
    jobs=(Job("chain", running.EVERY_SECONDS, running.run),),
    templates=("canglian.bank.chain",),
    finds=FINDS,
    waiting=WAITING,
    sections=SECTIONS,
    objects=OBJECTS,
)

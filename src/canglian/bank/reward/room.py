"""Rewards as a room."""

from canglian.bank.reward import examples, running
from canglian.bank.reward.actions import RESOURCES
from canglian.bank.reward.console import HANDLERS
from canglian.bank.reward.console.additions import FINDS, PICKS, SECTIONS, WAITING
from canglian.bank.reward.demo import fill
from canglian.bank.reward.mobile import HANDLERS as MOBILE
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace

ROOM = Room(
    "reward",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill,
    api=tuple(resource.router() for resource in RESOURCES),
    console=HANDLERS,
    mobile=MOBILE,
    nav=(
        NavItem(Workspace.ACCOUNTS, "Rewards", "Campaigns", "/console/campaigns", "speakerphone"),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Coupons", "/console/coupons", "ticket"),
    ),
    jobs=(Job("reward", running.EVERY_SECONDS, running.run),),
    templates=("canglian.bank.reward",),
    finds=FINDS,
    picks=PICKS,
    waiting=WAITING,
    sections=SECTIONS,
    objects={"campaign": "/console/campaigns/{}", "coupon": "/console/coupons/{}"},
)

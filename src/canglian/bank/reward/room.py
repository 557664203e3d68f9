"""Rewards as a room."""

from canglian.bank.reward import examples, running
from canglian.bank.reward.actions import RESOURCES
from canglian.bank.reward.console import HANDLERS
from canglian.bank.reward.console.additions import FINDS, PICKS, SECTIONS, WAITING
from canglian.bank.reward.demo import fill
from canglian.bank.reward.draws import running as draws_running
from canglian.bank.reward.draws.console import additions as draws_additions
from canglian.bank.reward.draws.demo import hold
from canglian.bank.reward.mobile import HANDLERS as MOBILE
from canglian.bank.reward.points import running as points_running
from canglian.bank.reward.points.console import additions as points
from canglian.web.links import by_id
from canglian.web.room import Job, NavItem, Room, Workspace

ROOM = Room(
    "reward",
    examples=examples.EXAMPLES,
    tags=examples.TAGS,
    links=by_id(examples.LINKS),
    demo=fill,
    demo_day=hold,
    api=tuple(resource.router() for resource in RESOURCES),
    console=HANDLERS,
    mobile=MOBILE,
    nav=(
        NavItem(Workspace.ACCOUNTS, "Rewards", "Campaigns", "/console/campaigns", "speakerphone"),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Coupons", "/console/coupons", "ticket"),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Quotes of coupons", "/console/coupon-quotes", "receipt"),
        NavItem(
            Workspace.ACCOUNTS,
            "Rewards",
            "Point schemes",
            "/console/point-schemes",
            "coin",
            covers=("/console/point-lots",),
        ),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Points of people", "/console/point-members", "users"),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Exchanges of points", "/console/point-exchanges", "arrows-exchange"),
        NavItem(Workspace.ACCOUNTS, "Rewards", "Draws", "/console/draws", "gift", covers=("/console/draw-wins",)),
    ),
    jobs=(
        Job("reward", running.EVERY_SECONDS, running.run),
        Job("points", points_running.EVERY_SECONDS, points_running.run),
        Job("draws", draws_running.EVERY_SECONDS, draws_running.run),
    ),
    templates=("canglian.bank.reward",),
    finds=(*FINDS, *points.FINDS),
    picks=(*PICKS, *points.PICKS),
    waiting=(*WAITING, *points.WAITING),
    sections={**SECTIONS, "party": (*SECTIONS["party"], *points.SECTIONS["party"])},
    things={"cmp": "/console/campaigns/{}", "cpn": "/console/coupons/{}", "cqt": "/console/coupon-quotes/{}"},
    objects={
        "campaign": "/console/campaigns/{}",
        "coupon": "/console/coupons/{}",
        "coupon_quote": "/console/coupon-quotes/{}",
        **draws_additions.OBJECTS,
        **points.OBJECTS,
    },
)

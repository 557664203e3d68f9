"""What happens in the demo's year: its themes, 200 campaigns and who buys what on a day; the same every time."""

import random
from datetime import date, timedelta
from typing import Final

import msgspec

from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.campaigns.model import Audience, OfferKind, Tier

DAYS: Final = 364
CAMPAIGNS: Final = 200
PEOPLE: Final = 120
SHARES_BPS: Final = (5_000, 3_000, 2_000)
"""The shares of the bureau, the bank and the merchants."""

THEMES: Final = (
    ("岁末暖冬", "热饮火锅，暖心暖胃"),
    ("年货节", "南北年货，一街办齐"),
    ("元宵灯会", "赏灯猜谜，汤圆点心"),
    ("踏青赏花", "郊游茶点，花木市集"),
    ("青团季", "时令糕团，老字号"),
    ("劳动欢购", "工会会员，商圈同享"),
    ("龙舟粽香", "粽子咸蛋，端午好味"),
    ("夏夜集市", "夜宵冷饮，晚风相伴"),
    ("七夕花礼", "鲜花甜品，双人同行"),
    ("开学季", "文具图书，新学期好"),
    ("中秋团圆", "月饼茶礼，全家团圆"),
    ("金秋美食", "湖蟹桂花，秋日限定"),
    ("双旦预热", "年终好礼，先买先省"),
)
"""Four weeks each, one after the other."""

STREETS: Final = ("观前", "山塘", "平江", "石路", "南门", "金鸡湖", "狮山", "木渎", "浒关", "尹山")
GOODS: Final = ("牛肉面套餐", "鲜果一篮", "糕团礼盒", "手冲咖啡两杯", "文具一套", "花束", "晚市双人餐", "日用百货")
THEME_DAYS: Final = DAYS // len(THEMES)
_BUYS_PER_CAMPAIGN = 3


class Planned(msgspec.Struct, frozen=True):
    """A campaign, with the days of the year from which and until which it runs, both from 0 and included."""

    number: int
    theme: int
    name: str
    first: int
    last: int
    offer: OfferAsked
    shops: tuple[int, ...]

    @property
    def budget(self) -> int:
        """What all its coupons take off at most, in fen."""
        return self.offer.stock * max(tier.off for tier in self.offer.tiers)


class Purchase(msgspec.Struct, frozen=True):
    """Somebody buys something at a shop, with a coupon of a campaign or without one."""

    person: int
    shop: int
    subject: str
    amount: int
    campaign: int | None
    comes: bool = True
    """Whether a coupon that is claimed is used; some are forgotten."""


def campaigns(count: int = CAMPAIGNS, shops: int = 40) -> list[Planned]:
    """That many campaigns over the year, as many of each theme as of any other."""
    return [_planned(number, count, shops) for number in range(count)]


def _planned(number: int, count: int, shops: int) -> Planned:
    chance = random.Random(f"campaign {number}")  # noqa: S311 - repeatable on purpose
    theme = number * len(THEMES) // count
    first = chance.randrange(THEME_DAYS // 2)
    last = chance.randrange(first + 5, THEME_DAYS)
    offer = _offer(number, chance)
    street = STREETS[number % len(STREETS)]
    return Planned(
        number=number,
        theme=theme,
        name=f"{THEMES[theme][0]} {street}{offer.name.partition(' ')[0]}",
        first=theme * THEME_DAYS + first,
        last=theme * THEME_DAYS + last,
        offer=offer,
        shops=tuple(sorted(chance.sample(range(shops), min(shops, chance.randint(3, 8))))),
    )


def _offer(number: int, chance: random.Random) -> OfferAsked:
    """Money off from a price on, in steps, as a share, or as chance says."""
    over, off = chance.choice(((2_000, 400), (3_000, 800), (5_000, 1_500)))
    least = f"满{over // 100}减{off // 100}"
    kinds = (
        (OfferKind.SPEND_AND_SAVE, f"{least} 立减", (Tier(over, off),)),
        (OfferKind.TIERED, f"{least} 多买多减", (Tier(over, off), Tier(2 * over, 3 * off))),
        (OfferKind.PERCENT, f"九折 最多减{off // 50}元", (Tier(over, 2 * off, 1_000),)),
        (OfferKind.RANDOM, "随机立减 手气最佳", tuple(Tier(over, off * n // 2, None, 7 - n) for n in (1, 2, 4))),
    )
    kind, name, tiers = kinds[number % len(kinds)]
    return OfferAsked(
        kind=kind,
        name=name,
        tiers=tiers,
        stock=chance.choice((60, 90, 150)),
        per_person=5,
        audience=Audience(holdout_bps=1_000 if number % 4 == 0 else 0),
    )


def purchases(day: int, on: date, running: list[Planned], people: int, shops: int) -> list[Purchase]:
    """What people buy on a day, more at weekends; some of it without any coupon."""
    chance = random.Random(f"purchases {day}")  # noqa: S311 - repeatable on purpose
    busy = 2 if on.isoweekday() > 5 else 1
    found = [
        _purchase(chance, people, chance.choice(planned.shops), planned)
        for planned in running
        for _ in range(chance.randint(0, _BUYS_PER_CAMPAIGN * busy))
    ]
    return [*found, *(_purchase(chance, people, chance.randrange(shops), None) for _ in range(8 * busy))]


def _purchase(chance: random.Random, people: int, shop: int, planned: Planned | None) -> Purchase:
    least = 1_000 if planned is None else planned.offer.tiers[0].over
    return Purchase(
        person=chance.randrange(people),
        shop=shop,
        subject=chance.choice(GOODS),
        amount=least + chance.randint(0, 4_000),
        campaign=None if planned is None else planned.number,
        comes=chance.random() < 0.92,
    )


def day_of(first: date, day: int) -> date:
    """A day of a year that begins on ``first``."""
    return first + timedelta(days=day)

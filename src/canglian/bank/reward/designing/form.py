"""The designer's form: its inputs, row by row, and what was typed as fields of a command.

Each row has a prefix, ``f1_name`` or ``o2_tiers``. A row whose first field is empty is none.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Annotated, Any

import msgspec

from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignName,
    DayBudget,
    EndsAt,
    OfferAsked,
    StartsAt,
    StoreBudget,
    Summary,
)
from canglian.bank.reward.campaigns.model import Campaign, OfferKind
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.bank.reward.designing.rows import StepRow, TierRow, cap_texts, has_several, in_texts, step_rows, tier_rows
from canglian.bank.reward.designing.typed import (
    FunderTyped,
    OfferTyped,
    funder_texts,
    local_text,
    money_text,
    offer_texts,
)
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import Field, fields_of
from canglian.kernel.values import SHANGHAI
from canglian.web.console.actions import InputView, input_view
from canglian.web.console.forms import Wrong, read
from canglian.web.console.inputs import FormField, form_field
from canglian.web.console.pages import Pages
from canglian.web.form import Input

FUNDERS_MAX = 5
OFFERS_MAX = 20
DAYS_ON = 30
"""For how many days a new campaign takes claims, unless somebody says otherwise."""
FORM = "design"
DAYS = tuple(range(1, 8))
_REST = ("merchants", "categories", "regions", "goods", "from_clock", "until_clock", "segments", "holdout_bps")
_ASSETS = (("CNY", "Money in accounts"), ("ECNY", "e-CNY"))
_WHAT = ("kind", "name", "stock", "per_person")
_EARNED = ("purchase_min", "claw_back", "verified_days")
_LIMITS = ("per_day", "valid_days", "refund")
_FLASH = ("opens_at", "closes_at", "again")
_TOGETHER = ("stacks", "rank", "group", "group_rule", "together_max")
_BUDGETS = ("day_budget", "store_budget")
_OF_ROWS = {
    "campaign_offer.tier_typed": "campaign_offer.tier_row",
    "campaign_offer.step_typed": "campaign_offer.step_row",
}
"""What is said of rows of numbers, where a text is read otherwise."""

_PICKED = (
    ("f", "wallet", "wallet"),
    ("o", "merchants", "merchant"),
    ("o", "categories", "category"),
    ("o", "regions", "division"),
    ("o", "segments", "segment"),
)
_ROW = re.compile(r"(?P<kind>[fo])(?P<place>[0-9]+)_(?P<name>\w+)")
_KINDS: Mapping[str, type[msgspec.Struct]] = {"f": FunderTyped, "o": OfferTyped}
_INSTANTS = ("uses_until", "opens_at", "closes_at")


class HeadTyped(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign is called, and when it is."""

    name: CampaignName
    summary: Summary
    starts_at: StartsAt
    ends_at: EndsAt
    uses_until: Annotated[datetime | None, Field(label="Used until", help="Empty for the end of claims.")] = None
    asset: Annotated[Asset, Field(label="Asset")] = "CNY"
    day_budget: DayBudget | None = None
    store_budget: StoreBudget | None = None


class OfferRow(msgspec.Struct, frozen=True):
    """The inputs of an offer, by what they are about; those that its kind has no use for are empty.

    ``wrong`` is what is wrong with the rows of ``tiers`` or ``steps``, or with the caps.
    """

    place: int
    title: str
    kind: str
    what: list[InputView]
    tiers: list[TierRow]
    several: bool
    limits: list[InputView]
    together: list[InputView]
    earned: list[InputView]
    steps: list[StepRow]
    flash: list[InputView]
    caps: list[tuple[str, str]]
    audience: list[InputView]
    wrong: dict[str, str]
    lists: str
    days: list[int]


class DesignForm(msgspec.Struct, frozen=True):
    """All inputs of the designer."""

    head: list[InputView]
    budgets: list[InputView]
    funders: list[list[InputView]]
    offers: list[OfferRow]


def texts_of(whole: CampaignWhole, campaign: Campaign) -> dict[str, str]:
    """A draft as the form has it."""
    texts = {
        "name": campaign.name,
        "summary": campaign.summary,
        "asset": campaign.asset,
        "starts_at": local_text(campaign.starts_at),
        "ends_at": local_text(campaign.ends_at),
        "uses_until": local_text(campaign.uses_until),
        "day_budget": money_text(campaign.day_budget),
        "store_budget": money_text(campaign.store_budget),
        "funders": str(len(campaign.funders)),
        "offers": str(len(whole.offers)),
    }
    for place, funder in enumerate(campaign.funders, 1):
        texts |= {f"f{place}_{name}": text for name, text in funder_texts(funder).items()}
    for place, offer in enumerate(whole.offers, 1):
        texts |= {f"o{place}_{name}": text for name, text in offer_texts(offer).items()}
        texts |= {f"o{place}_day_{day}": "yes" for day in offer.audience.days}
    return texts


def blank(now: datetime) -> dict[str, str]:
    """A new form: from the next midnight on for thirty days, one offer, of which the bank pays all."""
    begins = datetime.combine(now.astimezone(SHANGHAI).date() + timedelta(days=1), time.min, SHANGHAI)
    return {
        "funders": "1",
        "offers": "1",
        "asset": "CNY",
        "starts_at": local_text(begins),
        "ends_at": local_text(begins + timedelta(days=DAYS_ON)),
        "f1_kind": "bank",
        "f1_name": "本行",
        "f1_share_bps": "100",
        "o1_kind": "spend_and_save",
        "o1_stock": "1000",
    }


def rows(values: Mapping[str, str], name: str, most: int) -> int:
    """How many rows of a kind a form has."""
    text = values.get(name, "")
    return min(max(int(text) if text.isascii() and text.isdecimal() else 1, 1), most)


async def inputs_of(pages: Pages, values: Mapping[str, str], problem: Wrong | None) -> DesignForm:
    """The form with what stands in it, and the names of what was chosen."""
    places = {"f": rows(values, "funders", FUNDERS_MAX), "o": rows(values, "offers", OFFERS_MAX)}
    for prefix, field, kind in _PICKED:
        for name in (f"{prefix}{place}_{field}" for place in range(1, places[prefix] + 1)):
            if values.get(name) and pages.picks.is_blank(name):
                await pages.picks.show(name, kind, values[name], many=kind != "wallet")

    def views(kind: type[msgspec.Struct], prefix: str, only: Sequence[str]) -> list[InputView]:
        found = {field.name: (asked, field) for asked, field in _fields(kind, prefix)}
        made = [input_view(pages, FORM, *found[prefix + name], {}, values, problem) for name in only]
        # a row may be left empty, which a browser would not send
        return [msgspec.structs.replace(view, required=view.required and not prefix) for view in made]

    head = [name for name in HeadTyped.__struct_fields__ if name not in _BUDGETS]

    def offer(place: int) -> OfferRow:
        prefix, kind = f"o{place}_", values.get(f"o{place}_kind", "")
        is_claimed = kind not in (OfferKind.TASK, OfferKind.INVITE)
        earned = [name for name in _EARNED if name != "verified_days" or kind == OfferKind.INVITE]
        return OfferRow(
            place=place,
            title=values.get(f"{prefix}name", ""),
            kind=kind,
            what=views(OfferTyped, prefix, _WHAT),
            tiers=tier_rows(values, place)[: None if has_several(kind) else 1],
            several=has_several(kind),
            limits=views(OfferTyped, prefix, _LIMITS),
            together=views(OfferTyped, prefix, _TOGETHER),
            earned=[] if is_claimed else views(OfferTyped, prefix, earned),
            steps=step_rows(values, place) if kind == OfferKind.TASK else [],
            flash=views(OfferTyped, prefix, _FLASH) if is_claimed else [],
            caps=list(cap_texts(values, place).items()) if is_claimed else [],
            audience=views(OfferTyped, prefix, _REST),
            wrong={
                name: problem.at(prefix + name)
                for name in ("tiers", "steps", "caps")
                if problem is not None and problem.at(prefix + name)
            },
            lists=values.get(f"{prefix}lists", ""),
            days=[day for day in DAYS if values.get(f"{prefix}day_{day}")],
        )

    return DesignForm(
        head=views(HeadTyped, "", head),
        budgets=views(HeadTyped, "", _BUDGETS),
        funders=[
            views(FunderTyped, f"f{place}_", FunderTyped.__struct_fields__) for place in range(1, places["f"] + 1)
        ],
        offers=[offer(place) for place in range(1, places["o"] + 1)],
    )


def _fields(kind: type[msgspec.Struct], prefix: str) -> list[tuple[Input, FormField]]:
    found: list[tuple[Input, FormField]] = []
    for name, annotation, default in fields_of(kind):
        initial = "" if default is msgspec.NODEFAULT else _initial(name, annotation, default)
        choices = _ASSETS if name == "asset" else ()
        field = form_field(prefix + name, annotation, default, kind="instant" if name in _INSTANTS else "")
        found.append((Input(name=prefix + name, of=name, initial=initial, choices=choices), field))
    return found


def _initial(name: str, annotation: Any, default: Any) -> str:
    return form_field(name, annotation, default).written(default)


def asked_of(values: Mapping[str, str], scales: Mapping[str, int]) -> dict[str, Any]:
    """What was typed as fields of a command. All that is wrong stands at the fields of its rows."""
    faults: list[CanglianError] = []

    def tried(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except CanglianError as error:
            faults.extend((error, *error.others))
            return None

    head = tried(lambda: head_of(values, scales))
    offers = [tried(lambda place=place: offer_of(values, place, scales)) for place in offer_places(values)]
    funders = [
        tried(lambda place=place: _read(values, f"f{place}_", FunderTyped, scales).asked())
        for place in range(1, rows(values, "funders", FUNDERS_MAX) + 1)
        if values.get(f"f{place}_name") or values.get(f"f{place}_share_bps")
    ]
    if faults:
        raise together(faults)
    return {**msgspec.structs.asdict(head), "funders": tuple(funders), "offers": tuple(offers)}


def head_of(values: Mapping[str, str], scales: Mapping[str, int]) -> HeadTyped:
    """What the campaign is called, and when it is. Rejects what is wrong with it."""
    return _read(values, "", HeadTyped, scales)


def offer_places(values: Mapping[str, str]) -> list[int]:
    """The places of the offers that a form is about: not of those that are empty or taken out."""
    return [
        place
        for place in range(1, rows(values, "offers", OFFERS_MAX) + 1)
        if not values.get(f"o{place}_gone")
        and (values.get(f"o{place}_name") or in_texts(values, place).get(f"o{place}_tiers"))
    ]


def offer_of(values: Mapping[str, str], place: int, scales: Mapping[str, int]) -> OfferAsked:
    """An offer as a command asks for it. Rejects what is wrong with it, at its field."""
    prefix = f"o{place}_"
    typed: OfferTyped = _read(in_texts(values, place), prefix, OfferTyped, scales)
    days = [day for day in DAYS if values.get(f"{prefix}day_{day}")]
    try:
        return typed.asked(days)
    except CanglianError as error:
        raise _at(error, prefix) from None


def _read(values: Mapping[str, str], prefix: str, kind: type[Any], scales: Mapping[str, int]) -> Any:
    asset, texts, faults = values.get("asset", "CNY"), dict[str, Any](), list[CanglianError]()
    for _, field in _fields(kind, prefix):
        name = field.name.removeprefix(prefix)
        try:
            texts[name] = field.read(values, asset, scales)
            read({name: texts[name]}, _alone(kind, name))
        except CanglianError as error:
            faults.append(_at(error, prefix))
    if faults:
        raise together(faults)
    try:
        return read(texts, kind)
    except CanglianError as error:
        raise _at(error, prefix) from None


@cache
def _alone(kind: type[Any], name: str) -> type[msgspec.Struct]:
    """One field of a struct, to be looked at by itself."""
    (field,) = [
        (found, hint) if default is msgspec.NODEFAULT else (found, hint, default)
        for found, hint, default in fields_of(kind)
        if found == name
    ]
    return msgspec.defstruct(f"{kind.__name__}_{name}", [field])


def together(faults: list[CanglianError]) -> CanglianError:
    """The first fault, with the others beside it."""
    first, *others = faults
    first.others = tuple(others)
    return first


def labelled(pages: Pages, problem: Wrong) -> Wrong:
    """What is wrong, with what people call each field."""
    others = tuple(labelled(pages, each) for each in problem.others)
    return msgspec.structs.replace(problem, form=FORM, label=_label(pages, problem.field), others=others)


def _label(pages: Pages, field: str) -> str:
    row = _ROW.fullmatch(field)
    kind, name = (HeadTyped, field) if row is None else (_KINDS[row["kind"]], row["name"])
    found = next((each.label for _, each in _fields(kind, "") if each.name == name), "")
    label = pages._(found) if found else ""
    if row is None:
        return label
    of_row = pages._("Offer %(place)s") if kind is OfferTyped else pages._("Funder %(place)s")
    return " · ".join([of_row % {"place": row["place"]}, label])


def _at(error: CanglianError, prefix: str) -> CanglianError:
    """An error at the field of its row."""
    field = str(error.fields.get("field", "")).partition("[")[0].split(".")[-1]
    fields = {**error.fields, "field": field if field.startswith(prefix) else prefix + field}
    return type(error)(_OF_ROWS.get(error.code, error.code), **fields)

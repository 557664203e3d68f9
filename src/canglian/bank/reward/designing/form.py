"""The designer's form: its inputs, row by row, and what was typed as fields of a command.

Each row has a prefix, ``f1_name`` or ``o2_tiers``. A row whose first field is empty is none.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignName,
    DayBudget,
    EndsAt,
    StartsAt,
    StoreBudget,
    Summary,
)
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.campaigns.queries import CampaignWhole
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
from canglian.web.console.actions import InputView, input_view
from canglian.web.console.forms import Wrong, read
from canglian.web.console.inputs import FormField, form_field
from canglian.web.console.pages import Pages
from canglian.web.form import Input

FUNDERS_MAX = 5
OFFERS_MAX = 20
FORM = "design"
DAYS = tuple(range(1, 8))
_REST = ("merchant", "categories", "regions", "goods", "from_clock", "until_clock", "segments", "holdout_bps")
_ASSETS = (("CNY", "Money in accounts"), ("ECNY", "e-CNY"))
_EARNED = ("steps", "purchase_min", "claw_back", "verified_days")
_BOUNDS = ("opens_at", "closes_at", "caps", "again")
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
    """The inputs of an offer: what it is, whom and where it is for, how it is earned, and what bounds its claims."""

    place: int
    title: str
    what: list[InputView]
    audience: list[InputView]
    earned: list[InputView]
    bounds: list[InputView]
    merchants: list[tuple[str, str]]
    lists: str
    days: list[int]


class DesignForm(msgspec.Struct, frozen=True):
    """All inputs of the designer."""

    head: list[InputView]
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
        texts |= _ticked(place, offer)
    return texts


def _ticked(place: int, offer: CampaignOffer) -> dict[str, str]:
    ids = offer.audience.payees.ids
    return {f"o{place}_ids": " ".join(ids), **{f"o{place}_at_{identity}": "yes" for identity in ids}}


def blank() -> dict[str, str]:
    """A form of nothing: the bank pays all of one offer."""
    return {
        "funders": "1",
        "offers": "1",
        "asset": "CNY",
        "f1_kind": "bank",
        "f1_name": "本行",
        "f1_share_bps": "100",
        "o1_kind": "spend_and_save",
    }


def rows(values: Mapping[str, str], name: str, most: int) -> int:
    """How many rows of a kind a form has."""
    text = values.get(name, "")
    return min(max(int(text) if text.isascii() and text.isdecimal() else 1, 1), most)


def inputs_of(pages: Pages, values: Mapping[str, str], names: Mapping[str, str], problem: Wrong | None) -> DesignForm:
    """The form with what stands in it; ``names`` are those of merchants."""

    def views(kind: type[msgspec.Struct], prefix: str, only: Sequence[str]) -> list[InputView]:
        found = {field.name: (asked, field) for asked, field in _fields(kind, prefix)}
        made = [input_view(pages, FORM, *found[prefix + name], {}, values, problem) for name in only]
        # a row may be left empty, which a browser would not send
        return [msgspec.structs.replace(view, required=view.required and not prefix) for view in made]

    head = list(HeadTyped.__struct_fields__)
    every = [name for name in OfferTyped.__struct_fields__ if name not in (*_REST, *_EARNED, *_BOUNDS, "lists")]
    return DesignForm(
        views(HeadTyped, "", head),
        [
            views(FunderTyped, f"f{place}_", FunderTyped.__struct_fields__)
            for place in range(1, rows(values, "funders", FUNDERS_MAX) + 1)
        ],
        [
            OfferRow(
                place,
                values.get(f"o{place}_name", ""),
                views(OfferTyped, f"o{place}_", every),
                views(OfferTyped, f"o{place}_", _REST),
                views(OfferTyped, f"o{place}_", _EARNED),
                views(OfferTyped, f"o{place}_", _BOUNDS),
                [(identity, names.get(identity, identity)) for identity in ids_of(values, place)],
                values.get(f"o{place}_lists", ""),
                [day for day in DAYS if values.get(f"o{place}_day_{day}")],
            )
            for place in range(1, rows(values, "offers", OFFERS_MAX) + 1)
        ],
    )


def ids_of(values: Mapping[str, str], place: int) -> list[str]:
    """The merchants that an offer names."""
    return values.get(f"o{place}_ids", "").split()


def _fields(kind: type[msgspec.Struct], prefix: str) -> list[tuple[Input, FormField]]:
    found: list[tuple[Input, FormField]] = []
    for name, annotation, default in fields_of(kind):
        initial = "" if default is msgspec.NODEFAULT else _initial(name, annotation, default)
        choices = _ASSETS if name == "asset" else ()
        field = form_field(prefix + name, annotation, default, kind="instant" if name in _INSTANTS else "")
        found.append((Input(name=prefix + name, initial=initial, choices=choices), field))
    return found


def _initial(name: str, annotation: Any, default: Any) -> str:
    return form_field(name, annotation, default).written(default)


def asked_of(values: Mapping[str, str], scales: Mapping[str, int]) -> dict[str, Any]:
    """What was typed as fields of a command. What is wrong stands at the field of its row."""
    head = _read(values, "", HeadTyped, scales)
    funders = [
        _read(values, f"f{place}_", FunderTyped, scales).asked()
        for place in range(1, rows(values, "funders", FUNDERS_MAX) + 1)
        if values.get(f"f{place}_name") or values.get(f"f{place}_share_bps")
    ]
    offers = [
        _offer(values, place, scales)
        for place in range(1, rows(values, "offers", OFFERS_MAX) + 1)
        if not values.get(f"o{place}_gone") and (values.get(f"o{place}_name") or values.get(f"o{place}_tiers"))
    ]
    return {**msgspec.structs.asdict(head), "funders": tuple(funders), "offers": tuple(offers)}


def _offer(values: Mapping[str, str], place: int, scales: Mapping[str, int]) -> Any:
    prefix = f"o{place}_"
    typed = _read(values, prefix, OfferTyped, scales)
    days = [day for day in DAYS if values.get(f"{prefix}day_{day}")]
    ids = [identity for identity in ids_of(values, place) if values.get(f"{prefix}at_{identity}")]
    try:
        return typed.asked(days, ids)
    except CanglianError as error:
        raise _at(error, prefix) from None


def _read(values: Mapping[str, str], prefix: str, kind: type[Any], scales: Mapping[str, int]) -> Any:
    asset = values.get("asset", "CNY")
    try:
        texts = {
            field.name.removeprefix(prefix): field.read(values, asset, scales) for _, field in _fields(kind, prefix)
        }
        return read(texts, kind)
    except CanglianError as error:
        raise _at(error, prefix) from None


def _at(error: CanglianError, prefix: str) -> CanglianError:
    """An error at the field of its row."""
    field = str(error.fields.get("field", "")).partition("[")[0].split(".")[-1]
    fields = {**error.fields, "field": field if field.startswith(prefix) else prefix + field}
    return type(error)(error.code, **fields)

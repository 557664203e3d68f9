"""``/v1/coupon-quotes``: quoting an order, looking at a quote, and letting it go."""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward import availability
from canglian.bank.reward.quotes import queries
from canglian.bank.reward.quotes.commands import CancelCouponQuote, QuoteCoupons
from canglian.bank.reward.quotes.model import CouponQuote, OfferLeftOut
from canglian.bank.reward.quotes.queries import CouponQuoteFilter
from canglian.bank.reward.stacking import TOGETHER_MAX
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc, fields_of
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.error_text import Say, format_error
from canglian.web.form import Form
from canglian.web.listing import list_route
from canglian.web.operations import RequestContext, as_json, id_path, language_of, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services
from canglian.web.words import translated

QuotePath = Annotated[str, id_path("cqt", "The quote's id.")]


class OfferLeftOutView(OfferLeftOut, frozen=True):
    """An offer whose coupon the order does not take, with the reason as a code and as a sentence."""

    sentence: Annotated[str, doc("Why, for people.")] = ""


CouponQuoteView: Any = msgspec.defstruct(
    "CouponQuoteView",
    [
        *((name, kind) for name, kind, _ in fields_of(CouponQuote) if name != "left_out"),
        (
            "left_out",
            Annotated[tuple[OfferLeftOutView, ...], doc("The offers that it does not take, and why.")],
        ),
    ],
    namespace={"__doc__": "A quote, with the reason of each offer that is left out as a sentence."},
    module=__name__,
    frozen=True,
    kw_only=True,
)


def why(out: OfferLeftOut) -> Rejection:
    """Why a coupon is left out, as a refusal that can be said in any language."""
    return Rejection(out.code, amount=out.amount, left=out.amount, asset=out.asset, most=TOGETHER_MAX)


def view(quote: CouponQuote, say: Say = str) -> Any:
    """A quote with its reasons as sentences."""
    return CouponQuoteView(
        **{
            **msgspec.structs.asdict(quote),
            "left_out": tuple(
                OfferLeftOutView(**msgspec.structs.asdict(out), sentence=format_error(out.code, why(out).fields, say))
                for out in quote.left_out
            ),
        }
    )


def _seen(context: RequestContext, quote: CouponQuote) -> Any:
    return view(quote, partial(translated, language=context.language))


@get(
    "/{coupon_quote:str}",
    operation_id="getCouponQuote",
    guards=[needs(Permission.READ)],
    responses=responses(CouponQuoteView, 200),
)
async def get_coupon_quote(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    coupon_quote: FromPath[QuotePath],
) -> Response[bytes]:
    """A quote, with the reason of each offer that is left out."""
    found = await queries.quote(services.reader, principal.book, coupon_quote)
    return as_json(view(found, partial(translated, language=language_of(request))))


QUOTE = Action(
    command=QuoteCoupons,
    name="quote",
    help="Quote the coupons that together take most off an order, and keep them for it while the quote lasts.",
    permission=Permission.POST,
    route=Route(operation_id="quoteCoupons", response=CouponQuoteView, view=view, seen=_seen, status=201),
)
CANCEL_QUOTE = Action(
    command=CancelCouponQuote,
    name="cancel",
    help="Let go of what is kept for an order before its time.",
    permission=Permission.POST,
    target=("quote",),
    form=Form(
        title="Let go of the quote",
        submit="Let go",
        confirm="Let go of this quote? Its coupons can be used for other orders at once.",
        unavailable=availability.quote_cancelled,
    ),
    route=Route(
        operation_id="cancelCouponQuote",
        path="/{coupon_quote:str}/cancel",
        response=CouponQuoteView,
        view=view,
        seen=_seen,
    ),
)
QUOTES = Resource(
    name="coupon-quote",
    path="/coupon-quotes",
    tag="coupons",
    plural="quotes of coupons",
    actions=(QUOTE, CANCEL_QUOTE),
    parameters={"coupon_quote": QuotePath},
    handlers=(
        list_route(
            CouponQuote,
            queries.quotes,
            CouponQuoteFilter,
            "listCouponQuotes",
            "coupon-quotes",
            "List quotes of coupons, newest first.",
        ),
        get_coupon_quote,
    ),
    listing=Listing(
        read=queries.quotes,
        filter=CouponQuoteFilter,
        columns=("id", "order", "state", "price", "off", "due", "expires_at"),
        money=("price", "off", "due"),
    ),
    show=queries.quote,
)

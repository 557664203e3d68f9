"""The figures of payments, by version: their API and their pages."""

from typing import Annotated

import msgspec

from canglian.bank.payment.commands import AddPaymentPolicy, SetFeeSchedule
from canglian.bank.payment.model import FeeSchedule, PaymentPolicy
from canglian.bank.payment.queries import figures
from canglian.bank.payment.typed import FeeScheduleTyped
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions


class FeeSchedules(msgspec.Struct, frozen=True):
    """Versions of schedules of fees, by code, newest first."""

    data: Annotated[list[FeeSchedule], doc("The rows of this page.")]


class PaymentPolicies(msgspec.Struct, frozen=True):
    """Versions of the bounds, newest first."""

    data: Annotated[list[PaymentPolicy], doc("The rows of this page.")]


SCHEDULES = Versions(
    path="/fee-schedules",
    tag="payments",
    title="Fee schedules",
    purpose="What a merchant pays for a payment, with the tax in it. A payment keeps the version that counted it.",
    read=figures.schedules,
    code=True,
    listing=VersionList(
        operation_id="listFeeSchedules", response=FeeSchedules, help="All versions of all schedules of fees."
    ),
    add=Action(
        command=SetFeeSchedule,
        typed=FeeScheduleTyped,
        name="add",
        help="Add a version to a schedule of fees.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="setFeeSchedule", response=FeeSchedule, status=201),
    ),
)

POLICIES = Versions(
    path="/payment-policies",
    tag="payments",
    title="Payment parameters",
    purpose="Bounds of orders, refunds, authorisations and splits. Each version applies from its effective date.",
    read=figures.policies,
    listing=VersionList(
        operation_id="listPaymentPolicies", response=PaymentPolicies, help="All versions of the bounds."
    ),
    add=Action(
        command=AddPaymentPolicy,
        name="add",
        help="Add a version of the bounds.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="addPaymentPolicy", response=PaymentPolicy, status=201),
    ),
)

"""What can be done to stores of merchants and to who works for them."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.payment import availability
from canglian.bank.payment.api import lists
from canglian.bank.payment.api.paths import StaffPath, StorePath
from canglian.bank.payment.commands import (
    AddMerchantStaff,
    AddStore,
    ChangeStore,
    CloseStore,
    RemoveMerchantStaff,
    ReopenStore,
)
from canglian.bank.payment.model import MerchantStaff, MerchantStore
from canglian.bank.payment.queries import stores
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.principal import Permission


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    return Action(command=command, name=name, help=help_, permission=Permission.POST, route=route, **more)


ADD_STORE = _act(
    AddStore,
    "add-store",
    "Add a store of a merchant.",
    Route(operation_id="addMerchantStore", response=MerchantStore, status=201),
    form=Form(title="Add a store", submit="Add", omit=("merchant",), applies=availability.is_not_closed),
)
CHANGE_STORE = _act(
    ChangeStore,
    "change-store",
    "Change what is known of a store; what is left out stays.",
    Route(
        operation_id="changeMerchantStore",
        path="/{store:str}",
        method="PATCH",
        response=MerchantStore,
        body="StoreChange",
        body_help="What to change of a store; what is left out stays.",
    ),
    target=("store",),
)
CLOSE_STORE = _act(
    CloseStore,
    "close-store",
    "Take no new orders at a store.",
    Route(operation_id="closeMerchantStore", path="/{store:str}/closing", response=MerchantStore, body=ReasonBody),
    target=("store",),
    form=Form(title="Close the store", applies=availability.is_store_open),
)
REOPEN_STORE = _act(
    ReopenStore,
    "reopen-store",
    "Take orders at a store again.",
    Route(operation_id="reopenMerchantStore", path="/{store:str}/reopening", response=MerchantStore, body=ReasonBody),
    target=("store",),
    form=Form(title="Reopen", applies=availability.is_store_closed),
)
ADD_STAFF = _act(
    AddMerchantStaff,
    "add-staff",
    "Let a customer work for a merchant on their own phone, as an owner or as a cashier.",
    Route(operation_id="addMerchantStaff", response=MerchantStaff, status=201),
    form=Form(title="Add a person", submit="Add", omit=("merchant",), applies=availability.is_not_closed),
)
REMOVE_STAFF = _act(
    RemoveMerchantStaff,
    "remove-staff",
    "Let somebody work for a merchant no more.",
    Route(operation_id="removeMerchantStaff", path="/{staff:str}/removal", response=MerchantStaff),
    target=("staff",),
    form=Form(title="Remove", confirm="Remove this person? They see nothing of the merchant any more.", danger=True),
)

STORES = Resource(
    name="merchant-store",
    path="/merchant-stores",
    tag="payments",
    plural="stores",
    actions=(ADD_STORE, CHANGE_STORE, CLOSE_STORE, REOPEN_STORE),
    parameters={"store": StorePath},
    handlers=lists.STORES,
    listing=Listing(
        read=stores.stores,
        filter=stores.StoreFilter,
        columns=("id", "merchant", "code", "name", "region", "address", "state"),
    ),
    show=stores.store,
)
STAFF = Resource(
    name="merchant-staff",
    path="/merchant-staff",
    tag="payments",
    plural="people",
    actions=(ADD_STAFF, REMOVE_STAFF),
    parameters={"staff": StaffPath},
    handlers=lists.STAFF,
    listing=Listing(
        read=stores.staff,
        filter=stores.StaffFilter,
        columns=("id", "merchant", "party", "role", "added_at", "removed_at"),
    ),
    show=stores.engagement,
)
RESOURCES = (STORES, STAFF)

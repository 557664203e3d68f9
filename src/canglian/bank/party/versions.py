"""The figures of the rules about customers, by version: their API and their page."""

from canglian.bank.party.api.lists import PartyPolicies
from canglian.bank.party.commands import AddPartyPolicy
from canglian.bank.party.model import PartyPolicy
from canglian.bank.party.queries import lists
from canglian.web.actions import Action, Route
from canglian.web.principal import Permission
from canglian.web.versions import VersionList, Versions

POLICIES = Versions(
    path="/party-policies",
    tag="lists",
    title="Customer policy",
    purpose=(
        "Parameters for verification, risk rating, retention and erasure. Each version applies from its effective date."
    ),
    read=lists.policies,
    listing=VersionList(
        operation_id="listPartyPolicies",
        response=PartyPolicies,
        help="The versions of the rules' figures. A book that has used none yet shows those that it begins with.",
    ),
    add=Action(
        command=AddPartyPolicy,
        name="add",
        help="Add a version of the rules' figures, from a business date on.",
        permission=Permission.ADMINISTER,
        route=Route(operation_id="addPartyPolicy", response=PartyPolicy, status=201),
    ),
)

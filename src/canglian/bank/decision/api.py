"""What is read below ``/v1/rule-sets``: rule sets, their versions with lint and cases, and their shadows."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from canglian.bank.decision import queries
from canglian.bank.decision.engine.findings import Finding
from canglian.bank.decision.engine.rules import RuleCaseResult, ready_by_hash
from canglian.bank.decision.model import RuleSet, RuleShadow, RuleVersion
from canglian.kernel.fields import doc
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

CodePath = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9_]{1,39}$", description="The code of the rule set.")]
NumberPath = Annotated[int, PathParameter(ge=1, le=2**31 - 1, description="The number of the version.")]
_GUARDS = [needs(Permission.READ)]


class RuleVersions(msgspec.Struct, frozen=True):
    """Versions of a rule set, newest first."""

    data: Annotated[list[RuleVersion], doc("The rows of this page.")]


class RuleShadows(msgspec.Struct, frozen=True):
    """Versions that decided in the shadow, newest first."""

    data: Annotated[list[RuleShadow], doc("The rows of this page.")]


class CheckedRules(msgspec.Struct, frozen=True):
    """A version with what the lint finds in it, and what comes of its cases."""

    version: Annotated[RuleVersion, doc("The version.")]
    findings: Annotated[list[Finding], doc("What the lint found.")]
    cases: Annotated[list[RuleCaseResult], doc("What comes of its cases; none where the lint found an error.")]


def checked(version: RuleVersion) -> CheckedRules:
    """A version, linted and tried."""
    found = ready_by_hash(version.hash, version.rules)
    cases = found.run_cases(version.code, version.version, version.cases) if found.is_sound else []
    return CheckedRules(version, list(found.findings), cases)


@get("/{rule_set:str}/versions", operation_id="listRuleVersions", guards=_GUARDS, responses=responses(RuleVersions))
async def list_versions(
    services: NamedDependency[Services], principal: NamedDependency[Principal], rule_set: CodePath
) -> Response[bytes]:
    """The versions of a rule set."""
    return as_json(RuleVersions(await queries.versions(services.reader, principal.book, rule_set)))


@get(
    "/{rule_set:str}/versions/{version:int}",
    operation_id="getRuleVersion",
    guards=_GUARDS,
    responses=responses(CheckedRules),
)
async def get_version(
    services: NamedDependency[Services], principal: NamedDependency[Principal], rule_set: CodePath, version: NumberPath
) -> Response[bytes]:
    """A version with what the lint finds in it, and what comes of its cases."""
    return as_json(checked(await queries.version(services.reader, principal.book, rule_set, version)))


@get("/{rule_set:str}/shadows", operation_id="listRuleShadows", guards=_GUARDS, responses=responses(RuleShadows))
async def list_shadows(
    services: NamedDependency[Services], principal: NamedDependency[Principal], rule_set: CodePath
) -> Response[bytes]:
    """How versions in the shadow compare with the champion."""
    await queries.rule_set(services.reader, principal.book, rule_set)
    return as_json(RuleShadows(await queries.shadows(services.reader, principal.book, rule_set)))


HANDLERS = (
    list_route(RuleSet, queries.rule_sets, queries.RuleSetFilter, "listRuleSets", "rule-sets", "List rule sets."),
    get_route("rule_set", CodePath, RuleSet, queries.rule_set, "getRuleSet", "A rule set."),
    list_versions,
    get_version,
    list_shadows,
)

"""Actions: one declaration gives the route, the body and the verb; a wrong one fails at import and names itself."""

import asyncio
from typing import Annotated, Any, cast

import msgspec
import pytest

import canglian.app.server  # noqa: F401  # pyright: ignore[reportUnusedImport] - composes every room
from canglian.bank.deposit.actions import ACCOUNTS, CLEAR_CASE, FREEZE, LIFT
from canglian.bank.deposit.commands import FreezeAccount
from canglian.bank.party.api.paths import ReasonBody
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Resource, Route
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission

ACCOUNT = "dep_" + "0" * 26


class Rename(Command[str], kind="test.rename"):
    """Give a thing another name."""

    thing: Annotated[str, doc("The thing.")]
    name: Annotated[str, doc("Its new name.")]
    loud: bool = False

    def decide(self, book: Any) -> str:
        raise AssertionError(self.name)


def action(**more: Any) -> Action:
    return Action(command=Rename, name="rename", help="Rename it.", permission=Permission.POST, **more)


def route(path: str, **more: Any) -> Route:
    return Route(operation_id="rename", path=path, response=str, **more)


def test_the_body_is_what_nobody_else_fills() -> None:
    made = action(target=("thing",), fixed={"loud": True}, route=route("/{thing:str}", body="RenameRequest"))
    assert made.body is not None
    assert (made.body.__name__, made.body.__struct_fields__) == ("RenameRequest", ("name",))
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"name": "x", "thing": "y"}', type=made.body)
    assert action().body is Rename
    assert action(target=("thing", "name"), fixed={"loud": False}).body is None


def test_a_face_may_call_a_field_otherwise() -> None:
    assert FREEZE.body is not None
    read: Any = msgspec.json.decode(b'{"kind": "out", "cause": "risk", "reason": "x"}', type=FREEZE.body)
    made = asyncio.run(FREEZE.make(None, {"account": ACCOUNT}, read))  # pyright: ignore[reportArgumentType] - not asked
    assert isinstance(made, FreezeAccount)
    assert (made.account, made.freeze_kind.value, made.reason) == (ACCOUNT, "out", "x")


def test_a_field_may_be_made_of_who_asks_and_the_body() -> None:
    async def shouted(context: Any, body: Any) -> str:
        return f"{context.key} {context.target['thing']} {body.name}".upper()

    small = msgspec.defstruct("Small", [("name", str)])
    made = action(target=("thing",), resolve={"name": shouted}, route=route("/{thing:str}", body=small))
    nobody: Any = None
    context = RequestContext(nobody, nobody, "ann", dry_run=False, request_id=None)
    command: Any = asyncio.run(made.make(context, {"thing": "t"}, small("x")))
    assert (command.thing, command.name, command.loud) == ("t", "ANN T X", False)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"target": ("nothing",)}, "has no nothing"),
        ({"fixed": {"nothing": 1}}, "has no nothing"),
        ({"names": {"nothing": "x"}}, "has no nothing"),
        ({"target": ("thing",), "route": route("/all")}, "does not name"),
    ],
)
def test_a_wrong_declaration_names_the_action(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(AssertionError, match=f"action 'rename' of test.rename: .*{problem}"):
        action(**wrong)


def test_a_resource_has_one_action_of_a_name_and_knows_its_parameters() -> None:
    with pytest.raises(AssertionError, match="two of this name"):
        Resource(name="thing", path="/things", tag="things", actions=(action(), action()))
    with pytest.raises(AssertionError, match="does not say what the parameter thing is"):
        Resource(
            name="thing",
            path="/things",
            tag="things",
            actions=(action(target=("thing",), route=route("/{thing:str}")),),
        )


def test_a_trace_of_a_derived_route_names_its_command() -> None:
    handlers: list[Any] = [handler for route in ACCOUNTS.router().routes for handler in route.route_handlers]  # pyright: ignore[reportAttributeAccessIssue] - all are HTTP's
    (freeze,) = [handler for handler in handlers if getattr(handler, "operation_id", None) == "freezeDepositAccount"]
    assert freeze.fn.__code__.co_name == "FreezeAccount"
    assert freeze.fn.__doc__ == FREEZE.help


async def test_a_shared_body_stays_the_one_that_it_is() -> None:
    assert LIFT.body is ReasonBody
    assert (await CLEAR_CASE.shown(cast("Any", None), ["dep_1"])).accounts == ["dep_1"]

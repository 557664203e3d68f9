"""One's own security: password, second factor, sessions."""

import re
from functools import partial
from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.errors import CanglianError, NotFound, Unauthenticated
from canglian.kernel.password_hash import hashed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.console.forms import Wrong, form_values
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, answer_form, or_again
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.access import prove_password
from canglian.web.system.commands import EndSession, EndSessions, SetPassword, SetSecondFactor
from canglian.web.system.model import LoginSession, User
from canglian.web.system.secrets import TOTP_ABOUT, check_password, new_totp, totp_address, totp_step

PENDING_ABOUT = "house_user.totp_pending"
PATH = "/console/security"
_COUNT = re.compile(r"[0-9]{1,4}")


def _me(request: Request[Any, Any, Any]) -> tuple[LoginSession, User]:
    signed_in: Any = request.scope.get("auth")
    if signed_in is None:
        raise Unauthenticated("session.ended")
    return signed_in


async def _show(pages: Pages, status: int = 200, **more: Any) -> Response[Any]:
    session, user = _me(pages.request)
    sessions = await queries.sessions(pages.services.reader, user.id)
    given = {"problem": None, "done": None, "wrong": None, **more}
    return await pages.render(
        "system/security.html", status=status, user=user, mine=session, sessions=sessions, **given
    )


@get("/security", guards=[needs(Permission.VISIT)])
async def security_page(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """One's password, second factor and sessions."""
    wrong = request.query_params.get("wrong", "")
    return await _show(pages, done=request.query_params.get("done"), wrong=wrong if _COUNT.fullmatch(wrong) else None)


@post("/security/password", status_code=200, guards=[needs(Permission.VISIT)])
async def change_password(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Change one's own password; every other session ends."""
    session, user = _me(request)

    async def change(form: Form) -> str:
        await prove_password(services, session, user, form.get("old", ""))
        check_password(form.get("new", ""), user.login)
        command = SetPassword(user=user.id, password=await hashed(form["new"]), keep=session.id)
        await services.engine.execute(SYSTEM_BOOK, command, actor=principal.actor)
        return f"{PATH}?done=password"

    return await answer_form(pages, change, partial(_show, pages))


@get("/security/second-factor", guards=[needs(Permission.VISIT)])
async def second_factor_page(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """A fresh secret as a QR code, to be confirmed by its first code."""
    _, user = _me(request)
    return await _offer(pages, user, new_totp(), None)


def _code_wrong(pages: Pages) -> Wrong:
    return Wrong(pages.refusal(Unauthenticated("login.code_wrong")).text, "code")


async def _offer(pages: Pages, user: User, secret: str, problem: Any, status: int = 200) -> Response[Any]:
    picture = segno.make(totp_address(secret, user.login), error="m").svg_data_uri(scale=5, dark="#1f2a30")
    sealed = pages.services.keyring.seal(secret, PENDING_ABOUT)
    return await pages.render(
        "system/second_factor_setup.html",
        status=status,
        secret=secret,
        picture=picture,
        sealed=sealed,
        is_on=user.totp is not None,
        problem=problem,
    )


@post("/security/second-factor", status_code=200, guards=[needs(Permission.VISIT)])
async def set_second_factor(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Switch the second factor on, once its first code is right. One that is on is replaced by the password only."""
    form = await form_values(request)
    session, user = _me(request)
    secret = services.keyring.open(form.get("sealed", ""), PENDING_ABOUT)

    async def switch_on() -> Response[Any]:
        if user.totp is not None:
            await prove_password(services, session, user, form.get("old", ""))
        step = totp_step(secret, form.get("code", ""))
        if step is None:
            return await _offer(pages, user, secret, _code_wrong(pages), status=422)
        command = SetSecondFactor(user=user.id, totp=services.keyring.seal(secret, TOTP_ABOUT), step=step)
        await services.engine.execute(SYSTEM_BOOK, command, actor=principal.actor)
        return Redirect(f"{PATH}?done=factor", status_code=303)

    async def again(error: CanglianError) -> Response[Any]:
        return await _offer(pages, user, secret, pages.refusal(error), status=422)

    return await or_again(switch_on(), again)


@post("/security/second-factor/off", status_code=200, guards=[needs(Permission.VISIT)])
async def drop_second_factor(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Switch the second factor off, by the password."""
    form = await form_values(request)
    session, user = _me(request)

    async def drop() -> str:
        await prove_password(services, session, user, form.get("old", ""))
        await services.engine.execute(SYSTEM_BOOK, SetSecondFactor(user=user.id, totp=None), actor=principal.actor)
        return f"{PATH}?done=factor-off"

    async def again(error: CanglianError) -> Response[Any]:
        return await _show(pages, status=422, problem=pages.refusal(error))

    return await or_again(drop(), again)


@post("/security/sessions/{session:str}/end", status_code=200, guards=[needs(Permission.VISIT)])
async def end_session(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    session: FromPath[str],
) -> Response[Any]:
    """End one of one's sessions."""
    await form_values(request)
    _, user = _me(request)
    if session not in {session.id for session in await queries.sessions(services.reader, user.id)}:
        raise NotFound("login_session.not_found", login_session=session[:8])
    await services.engine.execute(SYSTEM_BOOK, EndSession(session=session), actor=principal.actor)
    return Redirect(f"{PATH}?done=sessions", status_code=303)


@post("/security/sessions/end", status_code=200, guards=[needs(Permission.VISIT)])
async def end_sessions(
    request: Request[Any, Any, Any], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """End all of one's sessions but this one."""
    await form_values(request)
    session, user = _me(request)
    await services.engine.execute(SYSTEM_BOOK, EndSessions(user=user.id, keep=session.id), actor=principal.actor)
    return Redirect(f"{PATH}?done=sessions", status_code=303)


handlers = (
    security_page,
    change_password,
    second_factor_page,
    set_second_factor,
    drop_second_factor,
    end_session,
    end_sessions,
)

"""A world that sends short messages. What it "sent" is on its page, to be read there."""

import secrets
from collections import deque
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs

import msgspec
from msgspec import Meta

from canglian.kernel.values import SHANGHAI
from canglian.web.sandbox.world import Fact, Reply, World, is_local, refusal
from canglian.web.signing import Asked

KEPT_MAX = 500
SIGNATURE = "【舱链银行】"
TEMPLATES = {
    "opening_code": "验证码 {code}，{minutes} 分钟内有效，用于远程开户核验。请勿告诉任何人。",
    "sign_in_code": "验证码 {code}，{minutes} 分钟内有效，用于登录。请勿告诉任何人。",
    "binding_code": "验证码 {code}，{minutes} 分钟内有效，用于绑定账户。请勿告诉任何人。",
    "signing_code": "验证码 {code}，{minutes} 分钟内有效，用于签署借款合同。请勿告诉任何人。",
    "notice": "{text}",
}
UNREACHABLE = "9999"

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message is to be sent."""

    mobile: Annotated[str, Meta(pattern=r"^1[3-9][0-9]{9}\Z")]
    template: Text
    values: dict[str, str]


class Message(msgspec.Struct, frozen=True):
    """A message as it was sent."""

    reference: str
    mobile: str
    text: str
    at: datetime


class Sms(World):
    """The SMS service. A mobile that ends in 9999 cannot be reached."""

    name: ClassVar[str] = "sms"
    title: ClassVar[str] = "短信 · Short messages"
    front: ClassVar[str] = "/inbox"
    front_title: ClassVar[str] = "收件箱 · Inbox"

    def __init__(self, *given: Any, **more: Any) -> None:
        self.messages: deque[Message] = deque(maxlen=KEPT_MAX)
        super().__init__(*given, **more)

    def do(self, asked: Asked, data: Any) -> Reply:
        """``POST /messages``."""
        if (asked.method, asked.path) != ("POST", "/messages"):
            return refusal(404, "not_found", "There is nothing here.")
        try:
            order = msgspec.convert(data, Order)
            text = SIGNATURE + TEMPLATES[order.template].format_map(order.values)
        except (msgspec.ValidationError, KeyError):
            return refusal(400, "malformed", "A field is missing, or not as it should be.")
        if order.mobile.endswith(UNREACHABLE):
            return refusal(422, "unreachable", "This mobile cannot be reached.")
        at = datetime.fromtimestamp(self.clock(), UTC)
        message = Message(f"sms-{secrets.token_hex(8)}", order.mobile, text, at)
        sent = (msgspec.to_builtins(message),)
        return Reply(202, {"reference": message.reference}, sent * 2 if self.mischief.strikes("duplicate") else sent)

    def apply(self, fact: Fact) -> None:
        """A message was sent."""
        self.messages.appendleft(msgspec.convert(fact, Message))

    def open(self, asked: Asked) -> Reply | None:
        """``/inbox``, newest first: a page, or JSON by the accept header. ``POST`` with ``mobile`` shows that one's."""
        if asked.path != self.front or asked.method not in ("GET", "POST"):
            return None
        if not is_local(asked.authority):
            return refusal(403, "not_local", "Only this machine may ask that.")
        mobile = parse_qs(asked.body.decode("latin-1")).get("mobile", [""])[0].strip()
        shown = [message for message in self.messages if not mobile or message.mobile == mobile]
        if "json" in asked.headers.get("accept", ""):
            return Reply(200, {"data": shown})
        times = {message.reference: message.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") for message in shown}
        return self.page("inbox.html", messages=shown, times=times, mobile=mobile)


WORLD = Sms

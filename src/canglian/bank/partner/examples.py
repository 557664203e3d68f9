"""Examples of bodies, links, and what the tags are about, for the API's description."""

from typing import Any

from canglian.web.links import Link, by_number

TAGS = {
    "partners": "Organisations that embed the bank: their apps, the keys of these, and how often they call.",
    "open API": "What apps of partners call. Each request is signed with a key of the app (RFC 9421), and so is each "
    "answer with the bank's; an API key is not taken here.",
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "RegisterPartner": {"name": "晴川光伏集团", "registration": "91320500MA1MTE5Q23"},
    "PartnerAppRequest": {
        "name": "光伏业主服务平台",
        "scopes": ["products:read"],
        "networks": ["203.0.113.0/24"],
        "rate_per_second": 100,
        "calls_per_day": 100000,
    },
    "ChangePartnerAppRequest": {"scopes": ["products:read"], "networks": [], "rate_per_second": 200},
    "PartnerKeyRequest": {"public_key": "JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", "others_end_in": 7},
    "PartnerSecretRequest": {"others_end_in": 7},
    "RefusePartnerRequest": {"reason": "资质材料不齐"},
    "SuspendPartnerRequest": {"reason": "接口安全整改期间"},
    "ExitPartnerRequest": {"reason": "合作到期"},
    "SuspendAppRequest": {"reason": "异常调用排查"},
    "EndAppRequest": {"reason": "应用下线"},
}

LINKS: dict[str, list[Link]] = {
    "registerPartner": by_number("getPartner", "acceptPartner", "refusePartner", "addPartnerApp", name="partner"),
    "addPartnerApp": by_number(
        "getPartnerApp", "changePartnerApp", "addPartnerKey", "addPartnerSecret", name="partner_app"
    ),
    "addPartnerSecret": by_number("getPartnerKey", "revokePartnerKey", name="partner_key"),
    "addPartnerKey": by_number("getPartnerKey", "revokePartnerKey", name="partner_key"),
}

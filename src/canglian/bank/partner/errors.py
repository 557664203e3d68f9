"""The codes of what partners are refused."""

from canglian.kernel.errors import declare

declare(
    {
        "partner.not_found": "There is no partner {partner} in this book.",
        "partner.exists": "There is already a partner {partner}.",
        "partner.known": "{name} has this registration number already.",
        "partner.own_application": "Whoever registered a partner does not decide about it; another person does.",
        "partner.state": "The partner is {state}; this cannot be done.",
        "partner_app.not_found": "There is no app {partner_app} in this book.",
        "partner_app.exists": "There is already an app {partner_app}.",
        "partner_app.state": "The app is {state}; this cannot be done.",
        "partner_app.network": '"{network}" is no address and no network such as 203.0.113.0/24.',
        "partner_app.suspended": "This app may not call now; ask the bank.",
        "partner_app.address": "This app does not call from {address}.",
        "partner_app.scope": "This app needs the scope {scope}.",
        "partner_app.quota": "The app has made its {quota} calls of the day; it begins anew at midnight in Shanghai.",
        "partner_key.not_found": "There is no key {partner_key} in this book.",
        "partner_key.exists": "There is already a key {partner_key}.",
        "partner_key.form": "A public key is of Ed25519, or of RSA with 2048 bits or more, as PEM or base64.",
        "partner_key.used": "This public key was registered before; make a fresh pair.",
        "partner_key.ended": "The key has ended already.",
        "partner_key.too_many": "An app has at most {most} keys at a time; end one first.",
        "partner_usage.not_found": "Nothing was counted for {partner_usage}.",
        "partner_usage.exists": "Something was counted for {partner_usage} already.",
    }
)

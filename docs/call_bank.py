"""Call the bank as an app of a partner: sign a request by HTTP Message Signatures (RFC 9421) with Ed25519.

Usage: python call_bank.py KEY.pem KEYID URL
It needs Python and the package cryptography, and nothing of Canglian.
"""

import base64
import hashlib
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key

pem, keyid, url = sys.argv[1:]
at, body, now = urlsplit(url), b"", int(time.time())
digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
covered = {
    "@method": "GET",
    "@authority": at.netloc.lower(),
    "@path": at.path or "/",
    "@query": f"?{at.query}",
    "content-digest": digest,
}
names = " ".join(f'"{name}"' for name in covered)
nonce = secrets.token_urlsafe(18)
parameters = f'({names});created={now};expires={now + 300};nonce="{nonce}";keyid="{keyid}";alg="ed25519"'
base = "\n".join([*(f'"{name}": {value}' for name, value in covered.items()), f'"@signature-params": {parameters}'])
signature = load_pem_private_key(Path(pem).read_bytes(), None).sign(base.encode())
headers = {
    "Content-Digest": digest,
    "Signature-Input": f"sig={parameters}",
    "Signature": f"sig=:{base64.b64encode(signature).decode()}:",
}
try:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310 - the caller's own address
        print(answer.read().decode())
except urllib.error.HTTPError as refused:
    print(refused.read().decode())

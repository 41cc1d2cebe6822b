"""A small OpenID Connect provider on this machine: whoever types a name is taken to be called so."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT = {"client_id": "atlas", "client_secret": "known to both"}
_FORM = """<!doctype html><html lang="en"><title>Who are you?</title>
<form method="post"><input name="name" aria-label="Name"><button>Continue</button></form></html>"""


class Provider:
    """Who has typed which name, until the server has asked.

    Args:
        address: under which it answers.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self._asked: dict[str, dict[str, str]] = {}

    def documents(self) -> dict[str, Any]:
        """Return what anybody may read, by its path."""
        numbers = self._key.public_key().public_numbers()
        modulus, exponent = (
            _base64(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e)
        )
        key = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": modulus, "e": exponent}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [key]},
        }

    def named(self, asked: dict[str, str], name: str) -> str:
        """Return where a browser goes on that has typed a name."""
        code = secrets.token_urlsafe()
        self._asked[code] = {"nonce": asked["nonce"], "name": name}
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, code: str) -> dict[str, Any]:
        """Return who it is, signed; a code is good for once."""
        asked, now = self._asked.pop(code), int(time.time())
        claims = {"iss": self.address, "aud": CLIENT["client_id"], "iat": now, "exp": now + 600}
        claims |= {"sub": f"number of {asked['name']}", "nonce": asked["nonce"], "name": asked["name"]}
        parts = ({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims)
        text = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        signed = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        token = f"{text}.{_base64(signed)}"
        return {"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": token}


@contextmanager
def providing() -> Iterator[Provider]:
    """Have a provider on a free port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            document = provider.documents().get(path)
            self._send(json.dumps(document) if document else _FORM, "json" if document else "html")

        def do_POST(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if place.path == "/token":
                self._send(json.dumps(provider.token(form["code"])), "json")
                return
            asked = {name: values[0] for name, values in parse_qs(place.query).items()}
            self.send_response(303)
            self.send_header("Location", provider.named(asked, form["name"]))
            self.end_headers()

        def _send(self, text: str, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", {"json": "application/json", "html": "text/html"}[kind])
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

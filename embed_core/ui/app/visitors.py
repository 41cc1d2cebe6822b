"""Who a visitor of a shared server is: an unguessable key in a cookie, or a login, and the workspace it stands for."""

import hashlib
import ipaddress
import os
import re
import secrets
from urllib.parse import urlsplit

import streamlit as st

COOKIE = "category_atlas_workspace"
SHARED_VARIABLE = "CATEGORY_ATLAS_SHARED"
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_OFF = ("", "0", "no", "off", "false")


def is_shared() -> bool:
    """Whether this server is for many: said so by the operator, or because others than this machine reach it."""
    if is_on(os.environ.get(SHARED_VARIABLE)):
        return True
    address = st.get_option("server.address")
    return not address or not is_local(str(address))


def is_on(setting: str | None) -> bool:
    """Whether a variable of the environment says yes.

    >>> is_on("1"), is_on("off"), is_on(None)
    (True, False, False)
    """
    return (setting or "").strip().lower() not in _OFF


def is_local(host: str) -> bool:
    """Whether a name or address is this machine's own, whatever a name server says.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("[::1]"), is_local("atlas.example"), is_local("0.0.0.0")
    (True, True, True, False, False)
    """
    name = host.strip().lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def own_address(path: str = "") -> str:
    """Return the address of a path on this server, as the visitor's browser calls it."""
    here = urlsplit(str(st.context.url or ""))
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{here.scheme}://{here.netloc}/{base + '/' if base else ''}{path}"


def new_key() -> str:
    """Return the key of a new workspace: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_key(text: str | None) -> bool:
    """Whether a text has the form of a key."""
    return text is not None and _KEY.fullmatch(text) is not None


def workspace_of_key(key: str) -> str:
    """Return the name of a workspace, from which nobody can tell the key: it is a folder's name and may be shown.

    >>> workspace_of_key("x" * 43)
    'e92205002426f1033ad7797f'
    """
    return _name("key", key)


def workspace_of_login(issuer: str, subject: str) -> str:
    """Return the name of the workspace of who has logged in."""
    return _name("login", issuer, subject)


def _name(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]

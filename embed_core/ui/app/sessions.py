"""Whose a session of Streamlit's is, and what Streamlit keeps for it: what another names is nothing that there is.

Streamlit gives a session, its uploads and its downloads to whoever knows their ids. Here an id of another's is
replaced by one of nothing, and Streamlit answers as it does to that.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.scriptrunner import get_script_run_ctx

_REMEMBERED = 20_000
_NOTHING = "none"
_UPLOAD = re.compile(r"(?<=/_stcore/upload_file/)[^/]*")
_MEDIA = re.compile(r"(?<=/media/).*")
_PROTOCOLS = "sec-websocket-protocol"


class Sessions:
    """Which key of a browser each session came with, and which files were made for it; the last of them."""

    def __init__(self) -> None:
        self._keys: OrderedDict[Hashable, str | None] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, key: str | None) -> None:
        """Remember with which key the session came whose script runs here."""
        if (session := get_script_run_ctx()) is not None:
            self._note(session.session_id, key)

    def is_of(self, session_id: str, key: str | None) -> bool:
        """Whether a session came with this key."""
        return key is not None and self._keys.get(session_id) == key

    def own(self, scope: Scope, key: str | None) -> Scope:
        """Return a request that names what is of this key, or nothing."""
        if scope["type"] == "websocket":
            return self._own_connection(scope, key)
        path = scope["path"]
        if (found := _UPLOAD.search(path)) and not self.is_of(found[0], key):
            path = _UPLOAD.sub(_NOTHING, path, count=1)
        elif (found := _MEDIA.search(path)) and not self._may_download(found[0], key):
            path = _MEDIA.sub(_NOTHING, path, count=1)
        return scope if path == scope["path"] else {**scope, "path": path, "raw_path": path.encode()}

    def own_messages(self, receive: Receive, send: Send, key: str | None) -> tuple[Receive, Send]:
        """Return what passes on the messages of a session: only its own files are made for it."""
        asked = 0

        async def receive_own() -> Message:
            nonlocal asked
            message = await receive()
            wanted = _wanted_file(message)
            if wanted is not None:
                asked += 1
                if not self.is_of(
                    _session_of_file(wanted.backend_operation_request.deferred_file.file_id), key
                ):
                    wanted.backend_operation_request.deferred_file.file_id = _NOTHING
                    message = {**message, "bytes": wanted.SerializeToString()}
            return message

        async def send_own(message: Message) -> None:
            nonlocal asked
            if asked and message.get("bytes"):
                answer = ForwardMsg.FromString(message["bytes"]).backend_operation_response
                if answer.HasField("deferred_file"):
                    self._note((answer.deferred_file.url.rpartition("/")[2], key), key)
                asked -= bool(answer.request_id)
            await send(message)

        return receive_own, send_own

    def _own_connection(self, scope: Scope, key: str | None) -> Scope:
        """Leave the id of a session to go on with out, where it is not of this key: a new one begins."""
        headers = MutableHeaders(scope={"headers": list(scope["headers"])})
        parts = headers.get(_PROTOCOLS, "").split(",")
        if len(parts) < 3 or self.is_of(parts[2].strip(), key):
            return scope
        headers[_PROTOCOLS] = ",".join(parts[:2])
        return {**scope, "headers": headers.raw}

    def _may_download(self, file_id: str, key: str | None) -> bool:
        """Whether a file is no download, as pictures are that everybody sees, or was made for this key."""
        if not runtime.exists():
            return True
        file = runtime.get_instance().media_file_mgr.read_file(file_id)
        return file is None or file.kind != MediaFileKind.DOWNLOADABLE or (file_id, key) in self._keys

    def _note(self, name: Hashable, key: str | None) -> None:
        with self._lock:
            self._keys[name] = key
            self._keys.move_to_end(name)
            while len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)


def _wanted_file(message: Message) -> Any:
    """Return a message that asks for a file to be made; None for others."""
    if not message.get("bytes"):
        return None
    try:
        asked = BackMsg.FromString(message["bytes"])
    except DecodeError:  # Streamlit ends the connection
        return None
    return asked if asked.backend_operation_request.HasField("deferred_file") else None


def _session_of_file(file_id: str) -> str:
    """Return the session that offers a file that is not made yet; Streamlit tells nobody."""
    if not runtime.exists():
        return ""
    offered = runtime.get_instance().media_file_mgr._deferred_callables.get(file_id)
    return "" if offered is None else offered["session_id"]

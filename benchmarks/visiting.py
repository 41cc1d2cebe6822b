"""Visitors without a browser: they speak Streamlit's own protocol, so that many fit on one machine."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringTriggerValue
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

SECONDS = 60.0


class Visitor:
    """One browser: its cookie, its session, and the elements of the page as it is now.

    Args:
        address: of the server, such as ``http://127.0.0.1:8501``.
        cookie: with which it comes; None to be given one as a browser is.
        session: that it says it had before, and goes on with.
    """

    def __init__(self, address: str, cookie: str | None = None, *, session: str = "") -> None:
        self.address = address
        self.cookie = _given(address) if cookie is None else cookie
        self._connection = ExitStack()
        self._socket = self._connection.enter_context(
            connect(
                address.replace("http", "ws", 1) + "/_stcore/stream",
                additional_headers={"Cookie": self.cookie},
                subprotocols=["streamlit", *(["xsrf", session] if session else [])],  # type: ignore[list-item]
                max_size=None,
            )
        )
        self.elements: dict[tuple[int, ...], Any] = {}
        self.query = ""
        self.session = ""

    def __enter__(self) -> "Visitor":
        """Be there until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Go away."""
        self._connection.close()

    def open(self, page: str = "", **query: str) -> "Visitor":
        """Open a page by its address, and wait until it is whole."""
        return self._run(page, urlencode(query), [])

    def press(self, key: str) -> "Visitor":
        """Press the button whose key ends so."""
        widget = self.widget(key)
        within = next(each.fragment_id for each in self.elements.values() if f'"{widget}"' in str(each))
        return self._run(self._page, self.query, [WidgetState(id=widget, trigger_value=True)], within)

    def choose(self, key: str, value: str) -> "Visitor":
        """Choose from the menu whose key ends so, whether it offers this or not."""
        chosen = StringTriggerValue(data=value)
        return self._run(
            self._page, self.query, [WidgetState(id=self.widget(key), string_trigger_value=chosen)]
        )

    def send(self, *states: WidgetState) -> "Visitor":
        """Have the page drawn with the states of widgets that it has, or has not."""
        return self._run(self._page, self.query, list(states))

    def made(self, file_id: str) -> str:
        """Have a download made, and return its address; "" when it is refused."""
        message = BackMsg()
        asked = message.backend_operation_request
        asked.request_id, asked.session_id, asked.deferred_file.file_id = file_id, self.session, file_id
        self._socket.send(message.SerializeToString())
        while (heard := self._receive()).WhichOneof("type") != "backend_operation_response":
            pass
        return str(heard.backend_operation_response.deferred_file.url)

    def got(self, path: str) -> tuple[int, bytes]:
        """Return the status and the content of what lies at an address of this server."""
        request = urllib.request.Request(self.address + path, headers={"Cookie": self.cookie})
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def upload(self, key: str, name: str, content: bytes) -> "Visitor":
        """Give a file to the uploader whose key ends so."""
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.file_names.append(name)
        self._socket.send(message.SerializeToString())
        while (heard := self._receive()).WhichOneof("type") != "file_urls_response":
            pass
        places = heard.file_urls_response.file_urls[0]
        self.put(places.upload_url, name, content)
        state = WidgetState(id=self.widget(key))
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=places.file_id, file_urls=places
        )
        return self._run(self._page, self.query, [state])

    def put(self, path: str, name: str, content: bytes) -> None:
        """Send a file to an address of this server, as a browser does.

        Raises:
            urllib.error.HTTPError: it was refused.
        """
        token = self.cookie.partition("_streamlit_xsrf=")[2].partition(";")[0]
        edge = "----edge"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        request = urllib.request.Request(
            self.address + path,
            head.encode() + content + f"\r\n--{edge}--\r\n".encode(),
            {
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": self.cookie,
                "X-Xsrftoken": token,
            },
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=SECONDS):
            pass

    def widget(self, key: str) -> str:
        """Return the id of a widget of the page; the last part of it is its key."""
        for each in self._fields("id"):
            if each.endswith(f"-{key}"):
                return each
        raise LookupError(f"no widget {key}: {sorted(self._fields('id'))}")

    @property
    def text(self) -> str:
        """All that the page holds, as text."""
        return "\n".join(str(each) for each in self.elements.values())

    def ids(self) -> list[str]:
        """Return the ids of all widgets and components of the page."""
        return sorted(set(self._fields("id")))

    def deferred(self) -> list[str]:
        """Return the ids of the downloads that the page offers, and that are not made yet."""
        return sorted(set(self._fields("deferred_file_id")))

    def _fields(self, name: str) -> Iterator[str]:
        pattern = re.compile(rf'\b{name}: "([^"]+)"')
        return (found for each in self.elements.values() for found in pattern.findall(str(each)))

    def _run(self, page: str, query: str, widgets: list[WidgetState], fragment: str = "") -> "Visitor":
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.extend(widgets)
        self._socket.send(message.SerializeToString())
        self._page, self.query = page, query
        self._follow(is_part=bool(fragment))
        return self

    def _receive(self, seconds: float = SECONDS) -> Any:
        return ForwardMsg.FromString(self._socket.recv(timeout=seconds))

    def _follow(self, *, is_part: bool) -> None:
        end, runs = time.monotonic() + SECONDS, 0
        fresh: dict[tuple[int, ...], Any] = dict(self.elements) if is_part else {}
        while True:
            heard = self._receive(max(0.1, end - time.monotonic()))
            kind = heard.WhichOneof("type")
            if kind == "new_session":
                # A part of a page replaces itself; when it has the page drawn again, that follows.
                fresh = dict(self.elements) if is_part and not runs else {}
                runs += 1
                self.session = heard.new_session.initialize.session_id or self.session
            elif kind == "delta":
                fresh[tuple(heard.metadata.delta_path)] = _copy(heard.delta)
            elif kind == "page_info_changed":
                self.query = heard.page_info_changed.query_string
            elif kind == "script_finished":
                if heard.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                self.elements = fresh
                return


def _copy(delta: Any) -> Any:
    kept = type(delta)()
    kept.CopyFrom(delta)
    return kept


def _given(address: str) -> str:
    given = SimpleCookie()
    for path in ("", "/_stcore/health"):
        with urllib.request.urlopen(address + path, timeout=SECONDS) as answer:
            for each in answer.headers.get_all("set-cookie") or ():
                given.load(each)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in given.items())

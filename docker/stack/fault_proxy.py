"""A proxy in front of an object store that fails on demand: what S3 does on a bad day.

    with faulty("http://127.0.0.1:9000") as proxy:
        proxy.plan = every(7)          # each seventh request is answered 503 SlowDown
        proxy.plan = down              # nothing is answered any more but 503
        proxy.plan = expired           # credentials have run out: 403 ExpiredToken
        proxy.plan = hanging(40, 1.0)  # each fortieth hangs for a second, then its connection is cut
        proxy.plan = either(every(7), hanging(40, 1.0))
    proxy.plan = lambda number, method, path: LOST if method == "PUT" else None   # done, and nobody hears of it
    proxy.plan = lambda number, method, path: Slow(3.0)                           # done, and answered late

Signatures cover the Host header, which is passed on as it came.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Slow:
    """The request is passed on; its answer comes so many seconds late."""

    seconds: float


@dataclass(frozen=True)
class Lost:
    """The request is passed on; its connection is cut before the answer."""


LOST = Lost()
# A status to answer, seconds to hang before the connection is cut, or what becomes of a request that is passed on.
What = str | float | Slow | Lost | None
Fault = Callable[[int, str, str], What]
# Status -> S3's code and message.
_ANSWERS = {
    "503": ("SlowDown", "Please reduce your request rate."),
    "403": ("ExpiredToken", "The provided token has expired."),
    "507": ("XMinioStorageFull", "Storage backend has reached its minimum free drive threshold."),
}
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


def healthy(number: int, method: str, path: str) -> None:
    """Every request is passed on."""


def down(number: int, method: str, path: str) -> str:
    """Every request is answered 503."""
    return "503"


def expired(number: int, method: str, path: str) -> str:
    """Every request is answered 403 ExpiredToken."""
    return "403"


def every(period: int) -> Fault:
    """Each `period`-th request is answered 503; the same request again is passed on."""
    return lambda number, method, path: "503" if number % period == 0 else None


def hanging(period: int, seconds: float) -> Fault:
    """Each `period`-th request hangs, then its connection is cut; the same request again is passed on."""
    return lambda number, method, path: seconds if number % period == 0 else None


def either(*plans: Fault) -> Fault:
    """What the first of these plans does that does anything."""

    def first(number: int, method: str, path: str) -> What:
        found = (plan(number, method, path) for plan in plans)
        return next((fault for fault in found if fault is not None), None)

    return first


@dataclass
class Proxy:
    """Where it listens, what it does to requests, and how many it has seen and failed."""

    endpoint: str
    plan: Fault = healthy
    seen: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    failed: int = 0


@contextmanager
def faulty(target: str) -> Iterator[Proxy]:
    """A proxy to `target` on a free port of this machine for as long as the block lasts."""
    address = urlsplit(target)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = _handler(proxy, f"{address.hostname}:{address.port}")
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _handler(proxy: Proxy, target: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets: together with delayed answers that is 40 ms
        wbufsize = -1

        def setup(self) -> None:
            super().setup()
            self.upstream = http.client.HTTPConnection(target, timeout=120)

        def handle_expect_100(self) -> bool:
            done = super().handle_expect_100()
            self.wfile.flush()  # a client waits a second for it
            return done

        def finish(self) -> None:
            self.upstream.close()
            super().finish()

        def _any(self) -> None:
            fault = proxy.plan(next(proxy.seen), self.command, self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if fault is not None:
                proxy.failed += 1
            if isinstance(fault, str | float):
                _fail(self, fault)
                return
            answer = _pass_on(self, self.upstream, body)
            if isinstance(fault, Lost):
                self.close_connection = True
                return
            if isinstance(fault, Slow):
                time.sleep(fault.seconds)
            _answer(self, *answer)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    return Handler


Answer = tuple[int, list[tuple[str, str]], bytes]


def _pass_on(request: BaseHTTPRequestHandler, upstream: http.client.HTTPConnection, body: bytes) -> Answer:
    """What the store answers: status, headers, content."""
    for again in (True, False):
        try:
            return _asked(request, upstream, body)
        except (http.client.RemoteDisconnected, ConnectionError):
            upstream.close()  # a kept connection that the store had closed: it has not seen this request
            if not again:
                raise
    raise AssertionError("returned or raised above")


def _asked(request: BaseHTTPRequestHandler, upstream: http.client.HTTPConnection, body: bytes) -> Answer:
    upstream.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in request.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            upstream.putheader(name, value)
    upstream.endheaders(body or None)
    answer = upstream.getresponse()
    content = answer.read()
    headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
    if request.command != "HEAD":  # whose Content-Length speaks of what is not sent
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        headers.append(("Content-Length", str(len(content))))
    return answer.status, headers, content


def _fail(request: BaseHTTPRequestHandler, fault: str | float) -> None:
    if isinstance(fault, str):
        code, message = _ANSWERS[fault]
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'.encode()
        _answer(request, int(fault), [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))], body)
    else:
        time.sleep(fault)
        request.close_connection = True


def _answer(request: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
    request.send_response(status)
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)

"""What the server of the transport's specs does with a connection.

The first part of a path chooses the behaviour, the second is a key under which
the request is written down; GET /journal/KEY returns what was, as JSON.
"""

import hashlib
import json
import socket
import threading
import time

from http_peer import Connection, Gone, Request, arrived, events, journal, lock, respond

# Behaviours.  Each has read nothing but the head; to return is to wait for the
# next request, to raise Gone is to close.

def ok(c, r):
    r.read()
    respond(c, b"hello", headers=["X-One: 1", "X-Many: a", "x-many:b ", "X-Empty:"])


def echo(c, r):
    r.read()
    respond(c, hashlib.sha256(r.body).hexdigest().encode())


def status(c, r):
    r.read()
    respond(c, b"no", r.options["code"] + " Because", headers=["Location: /ok/" + r.key])


def failing(c, r):
    r.read()
    respond(c, b"no", "500 Because")


def silent(c, r):
    r.read()
    raise Gone


def abort(c, r):
    r.read()
    c.reset()


def unread(c, r):
    """Reads a part of the body only."""
    c.take(r.option("bytes", 0))
    c.reset()


def stall(c, r):
    r.read()
    if "begin" in r.options:
        c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    while True:
        c.more()


def drip(c, r):
    """Answers in pieces, and waits before each; in 3 seconds unless it is told."""
    r.read()
    for piece in ["HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "\r\n", "{", "}"]:
        time.sleep(r.option("pause", 600) / 1000)
        c.send(piece.encode())


def sip(c, r):
    """Reads the body in pieces, and waits before each."""
    length = int(r.headers["content-length"])
    pieces = r.option("pieces", 1)
    for _ in range(pieces):
        time.sleep(r.option("pause", 0) / 1000)
        r.body += c.take(length // pieces)
    respond(c, b"%d" % len(r.body))


def deaf(c, r):
    """Reads a part of the body only, and stays."""
    c.take(r.option("bytes", 0))
    threading.Event().wait()


def gather(c, r):
    """Answers once as many requests have come as it is told, and not before."""
    r.read()
    count = r.option("count", 1)
    with arrived:
        arrived.notify_all()
        enough = arrived.wait_for(
            lambda: sum(x["complete"] for x in journal[r.key]) >= count, timeout=60)
    if not enough:
        raise Gone
    respond(c, b"all there")


def held(c, r):
    """Answers once it is told to."""
    event = threading.Event()
    events[r.key] = event
    r.read()
    event.wait()
    respond(c, b"let go")


def idle(c, r):
    """Promises to keep the connection and ends it."""
    ok(c, r)
    raise Gone


def unasked(c, r):
    """Sends an answer that nobody asked for once it is told to."""
    event = threading.Event()
    events[r.key] = event
    ok(c, r)
    event.wait()
    respond(c, b"nobody asked", "408 Request Timeout")
    with lock:
        r.record["closed"] = True


def truncated(c, r):
    r.read()
    c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
    raise Gone


def chunked(c, r):
    r.read()
    c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    if "cut" in r.options:
        raise Gone
    if "garbage" in r.options:
        c.send(b"zz\r\n")
        raise Gone
    c.send(b"6;x=y\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n")


def until_close(c, r):
    r.read()
    c.send(b"HTTP/1.0 200 OK\r\n\r\nhello")
    raise Gone


def large(c, r):
    r.read()
    size = r.option("size", 0)
    if "length" in r.options:
        c.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    else:
        c.send(b"HTTP/1.0 200 OK\r\n\r\n")
    while size > 0:
        c.send(b"x" * min(size, 65536))
        size -= 65536
    if "length" not in r.options:
        raise Gone


def endless(c, r):
    r.read()
    line = {"headers": b"X-Line: %s\r\n" % (b"y" * 1000), "many": b"A: b\r\n", "fold": b" more\r\n",
            "interim": b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"}[r.options["of"]]
    c.send(b"" if r.options["of"] == "interim" else b"HTTP/1.1 200 OK\r\nA: b\r\n")
    while True:
        c.send(line * 10)


def interim(c, r):
    r.read()
    c.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
    ok(c, r)


def fold(c, r):
    r.read()
    c.send(b"HTTP/1.1 200 OK\r\nX-Fold: a\r\n  b\r\n\tc\r\nContent-Length: 0\r\n\r\n")


RAW = {
    "garbage": b"\x00\x01\x02 SSH-2.0-OpenSSH\r\n\r\n",
    "http09": b"<html>hello</html>",
    "status": b"HTTP/1.1 banana\r\n\r\n",
    "small": b"HTTP/1.1 007 James\r\n\r\n",
    "nocolon": b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
    "nul": b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 0\r\n\r\n",
    "name": b"HTTP/1.1 200 OK\r\nX Y: a\r\nContent-Length: 0\r\n\r\n",
    "lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "negative": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
    "switch": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nhello",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n",
    "head": b"HTTP/1.1 200 OK\r\nX-Half: a",
    "nothing": b"",
}


def raw(c, r):
    r.read()
    c.send(RAW[r.options["of"]])
    raise Gone


def literal(c, r):
    """Sends the bytes that the request says, and keeps the connection or closes it."""
    r.read()
    data = bytes.fromhex(r.options["hex"])
    step = r.option("step", len(data))
    for i in range(0, len(data), max(step, 1)):
        c.send(data[i:i + step])
        time.sleep(0.001 if step < len(data) else 0)
    if "keep" not in r.options:
        raise Gone


def early(c, r):
    """Answers before the body has come."""
    respond(c, b"too much", "413 Content Too Large", ["Connection: close"])
    try:
        c.sock.settimeout(5)
        while True:
            c.more()
    finally:
        with lock:
            r.record["seen"] = len(c.buffer)


def hasty(c, r):
    """Answers before the body has come, and reads none of it."""
    respond(c, b"too much", "413 Content Too Large", ["Connection: close"])
    time.sleep(5)
    raise Gone


def go(c, r):
    """Lets the behaviour that waits under the key go on."""
    r.read()
    events.pop(r.key).set()
    respond(c)
    with lock:
        journal[r.key].remove(r.record)


def show_journal(c, r):
    r.read()
    with lock:
        journal[r.key].remove(r.record)
        body = json.dumps(journal[r.key]).encode()
    respond(c, body)


BEHAVIOURS = {f.__name__.replace("_", "-"): f for f in [
    ok, echo, status, failing, silent, abort, unread, stall, drip, sip, deaf, gather, held, idle,
    unasked, truncated, chunked, until_close, large, endless, interim, fold, raw, literal, early,
    hasty, go]}
BEHAVIOURS["journal"] = show_journal


def tunnel(c, r):
    """CONNECT: carries bytes to and fro."""
    if "no" in r.target:
        respond(c, b"", "403 Forbidden")
        return
    host, _, port = r.target.rpartition(":")
    respond(c, b"", "200 Connection established")
    other = socket.create_connection(("127.0.0.1", int(port)))

    def pump(source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    back = threading.Thread(target=pump, args=(other, c.sock), daemon=True)
    back.start()
    pump(c.sock, other)
    back.join()
    raise Gone


def serve(sock, name, context):
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            sock = context.wrap_socket(sock, server_side=True)
    except OSError:
        sock.close()
        return
    c = Connection(sock, name)
    try:
        while True:
            r = Request(c)
            if r.method == "CONNECT":
                r.key = "connect"
                with lock:
                    journal.setdefault(r.key, []).append(r.record)
                tunnel(c, r)
            else:
                BEHAVIOURS[r.scenario](c, r)
    except (Gone, OSError):
        pass
    finally:
        c.close()

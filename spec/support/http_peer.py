"""The server's end of a connection, as the specs of the transport have it.

What was asked for is written down in the journal, under the key of a request.
"""

import hashlib
import socket
import ssl
import struct
import threading

journal = {}
events = {}
lock = threading.Lock()
arrived = threading.Condition(lock)


class Gone(Exception):
    """The client closed the connection."""


class Connection:
    """A connection with buffered reading, and its number."""

    count = 0

    def __init__(self, sock, listener):
        with lock:
            Connection.count += 1
            self.number = Connection.count
        self.sock = sock
        self.listener = listener
        self.buffer = b""
        self.records = []

    def more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def take(self, count):
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def head(self):
        while b"\r\n\r\n" not in self.buffer:
            if self.buffer.startswith(b"\x16"):  # TLS
                respond(self, b"", "400 Bad Request")
                raise Gone
            self.more()
        return self.take(self.buffer.index(b"\r\n\r\n") + 4)

    def send(self, data):
        self.sock.sendall(data)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def close(self):
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(0.05)  # for the client's part
                self.sock.unwrap()  # close_notify
        except (OSError, ValueError):
            pass
        self.sock.close()
        with lock:
            for record in self.records:
                record["closed"] = True


class Request:
    """A request's head; its body is read when asked for."""

    def __init__(self, connection):
        self.connection = connection
        self.raw = connection.head().decode("latin-1")
        lines = self.raw.split("\r\n")
        self.method, self.target, _ = lines[0].split(" ")
        self.headers = {}
        for line in lines[1:-2]:
            name, value = line.split(":", 1)
            self.headers[name.lower()] = value.strip()
        path = self.target
        if "://" in path:
            path = "/" + path.split("/", 3)[3]
        path, _, query = path.partition("?")
        parts = path.split("/") + ["", ""]
        self.scenario, self.key = parts[1], parts[2]
        self.options = dict(p.partition("=")[::2] for p in query.split("&") if p)
        self.body = b""
        self.record = {
            "connection": connection.number, "nth": len(connection.records) + 1,
            "listener": connection.listener, "raw": self.raw, "method": self.method,
            "target": self.target, "complete": False, "closed": False,
        }
        with lock:
            connection.records.append(self.record)
            journal.setdefault(self.key, []).append(self.record)

    def option(self, name, default):
        return int(self.options.get(name, default))

    def read(self):
        if self.record["complete"]:
            return
        self.body = self.connection.take(int(self.headers.get("content-length", 0)))
        with lock:
            self.record["complete"] = True
            self.record["length"] = len(self.body)
            self.record["sha256"] = hashlib.sha256(self.body).hexdigest()


def respond(connection, body=b"hello", status="200 OK", headers=()):
    head = ["HTTP/1.1 " + status]
    method = connection.records[-1]["method"] if connection.records else "GET"
    if status[:3] == "204":
        body = b""
    else:
        head.append("Content-Length: %d" % len(body))
    if method == "HEAD" or status[:3] == "304":
        body = b""
    head.extend(headers)
    connection.send(("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + body)

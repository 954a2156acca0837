"""A name server that misbehaves: the first label of a name says how.

Its first line of output is its port, for UDP and TCP. It ends when the process
that started it does.
"""

import os
import socket
import struct
import sys
import threading
import time


def header(query, flags, answers):
    return query[:2] + struct.pack(">HHHHH", flags, 1, answers, 0, 0)


def question(query):
    end = query.index(b"\0", 12) + 5
    return query[12:end]


def record(kind, data):
    return b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def text(size):
    strings = b""
    while size > 0:
        n = min(size, 255)
        strings += bytes([n]) + b"x" * n
        size -= n
    return strings


def reply(query, over):
    """The bytes of an answer; None for none."""
    label = query[13:13 + query[12]].decode().lower()
    asked = question(query)
    if label == "silent" or (label == "udponly" and over == "tcp"):
        return None
    if label in ("servfail", "refused", "notimp", "formerr", "unusual"):
        code = {"servfail": 2, "refused": 5, "notimp": 4, "formerr": 1, "unusual": 9}[label]
        return header(query, 0x8180 | code, 0) + asked
    if label == "edns":
        has_it = query[10:12] != b"\0\0"
        return header(query, 0x8180, 1) + asked + record(16, text(4 if has_it else 3))
    if label == "noedns":
        if query[10:12] != b"\0\0":
            return header(query, 0x8181, 0) + asked
        return header(query, 0x8180, 1) + asked + record(16, text(3))
    if label in ("udponly", "big") and over == "udp":
        return header(query, 0x8380, 0) + asked
    if label == "big":
        return header(query, 0x8180, 1) + asked + record(16, text(60000))
    if label == "loop":
        return header(query, 0x8180, 1) + asked + record(5, b"\xc0\x0c")
    if label == "garbage":
        return header(query, 0x8180, 7) + asked + b"\xc0\xff\xff"
    if label == "many":
        return header(query, 0x8180, 300) + asked + record(1, b"\x7f\0\0\1") * 300
    if label == "otherid":
        return bytes([query[0] ^ 1]) + header(query, 0x8180, 1)[1:] + asked + record(16, text(3))
    return header(query, 0x8183, 0) + asked


def serve_udp(sock):
    while True:
        query, peer = sock.recvfrom(4096)
        answer = reply(query, "udp")
        if answer:
            sock.sendto(answer, peer)


def serve_tcp(listener):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=converse, args=(sock,), daemon=True).start()


def converse(sock):
    size = sock.recv(2)
    if len(size) == 2:
        query = sock.recv(struct.unpack(">H", size)[0])
        answer = reply(query, "tcp")
        if answer:
            sock.sendall(struct.pack(">H", len(answer)) + answer)
        else:
            time.sleep(30)


def main():
    parent = os.getppid()
    for _ in range(20):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket()
        try:
            tcp.bind(udp.getsockname())
            break
        except OSError:  # somebody has that port
            udp.close()
    tcp.listen(16)
    threading.Thread(target=serve_udp, args=(udp,), daemon=True).start()
    threading.Thread(target=serve_tcp, args=(tcp,), daemon=True).start()
    print(udp.getsockname()[1], os.getpid(), flush=True)
    while os.getppid() == parent:
        time.sleep(0.5)


sys.exit(main())

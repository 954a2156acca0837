"""An HTTP server that misbehaves on demand, for the specs of the transport.

One line of JSON on standard output tells its ports and files. It ends when the
process that started it does, and on SIGTERM.
"""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from behaviours import serve  # noqa: E402


kept = []


def listen(name, context=None):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(256)
    kept.append(server)

    def accept():
        while True:
            try:
                sock, _ = server.accept()
            except OSError:  # gone before it was accepted
                continue
            threading.Thread(target=serve, args=(sock, name, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def listen_full():
    """A port whose queue of connections is full: another gets no answer."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    kept.append(server)
    for _ in range(64):
        client = socket.socket()
        kept.append(client)
        client.settimeout(0.5)
        try:
            client.connect(server.getsockname())
        except socket.timeout:
            return server.getsockname()[1]
    raise RuntimeError("the queue of connections does not fill")


def refuse():
    """A port that is taken and on which nobody listens."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    kept.append(sock)
    return sock.getsockname()[1]


def answer_names():
    """A DNS server: 127.0.0.1 for what ends in .here.test; nothing else is."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    kept.append(sock)

    def answer():
        while True:
            query, peer = sock.recvfrom(512)
            end = query.index(0, 12) + 5  # the name, its type and class
            known = b"\x04here\x04test\x00" in query[12:end]
            flags = b"\x81\x80" if known else b"\x81\x83"  # NXDOMAIN
            count = b"\x00\x01" if known and query[end - 3] == 1 else b"\x00\x00"  # of type A
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"
            sock.sendto(query[:2] + flags + b"\x00\x01" + count + bytes(4) + query[12:end]
                        + (record if count[1] else b""), peer)

    threading.Thread(target=answer, daemon=True).start()
    return sock.getsockname()[1]


def listen_mute():
    """A UDP port that answers nobody."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    kept.append(sock)
    return sock.getsockname()[1]


folder = tempfile.mkdtemp(prefix="ses-spec-")


def openssl(*args):
    subprocess.run(("openssl",) + args, cwd=folder, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def make_ca(name):
    openssl("req", "-x509", *KEY, "-keyout", name + ".key", "-out", name + ".pem",
            "-subj", "/CN=" + name, "-days", "2")


def issue(name, extension, days, issuer):
    openssl("req", *KEY, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
    with open(os.path.join(folder, name + ".ext"), "w") as f:
        f.write(extension + "\n")
    openssl("x509", "-req", "-in", name + ".csr", "-CA", issuer + ".pem",
            "-CAkey", issuer + ".key", "-CAcreateserial", "-days", days,
            "-extfile", name + ".ext", "-out", name + ".pem")


def make_context(name, names, days, issuers=("ca",)):
    """The issuers after the first are sent along, each issued by the one before."""
    for issuer, by in zip(issuers[1:], issuers):
        issue(issuer, "basicConstraints=critical,CA:TRUE", days, by)
    issue(name, "subjectAltName=" + names, days, issuers[-1])
    chain = os.path.join(folder, name + ".chain")
    with open(chain, "w") as f:
        for one in (name,) + issuers[:0:-1]:
            with open(os.path.join(folder, one + ".pem")) as part:
                f.write(part.read())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, os.path.join(folder, name + ".key"))
    return context


def finish(*_):
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def main():
    parent = os.getppid()
    signal.signal(signal.SIGTERM, finish)
    make_ca("ca")
    make_ca("other-ca")
    good = "DNS:localhost,IP:127.0.0.1"
    print(json.dumps({
        "plain": listen("plain"), "proxy": listen("proxy"),
        "tls": listen("tls", make_context("good", good, "2")),
        "misnamed": listen("misnamed", make_context("misnamed", "DNS:elsewhere.test", "2")),
        "expired": listen("expired", make_context("expired", good, "-1")),
        "deep": listen("deep", make_context("deep", good, "2", ("ca", "middle", "lower"))),
        "names": answer_names(), "mute": listen_mute(),
        "full": listen_full(), "refused": refuse(), "pid": os.getpid(),
        "ca": os.path.join(folder, "ca.pem"), "other_ca": os.path.join(folder, "other-ca.pem"),
    }), flush=True)
    while os.getppid() == parent:
        time.sleep(0.2)
    finish()


main()

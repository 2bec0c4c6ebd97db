"""python-socketio against the fixture's profile `scenario`: client.py URL TRANSPORT"""
import queue
import sys

import socketio

url, transport = sys.argv[1:]
namespaces = ("/", "/chat")
heard = queue.Queue()
client = socketio.Client(reconnection=False)
for namespace in namespaces:
    for event in ("cast", "answer"):
        client.on(event, lambda *args, where=(namespace, event): heard.put((*where, *args)), namespace=namespace)
    client.on("question", lambda what: (what, {"seen": b"\x07"}), namespace=namespace)
client.connect(url, transports=[transport], namespaces=namespaces, wait_timeout=10)
assert client.transport() == transport

for namespace in namespaces:
    # JavaScript's several arguments of an acknowledgement are a tuple here.
    sent = ("text \u00e9\u4e2d", 1, 2.5, None, True, {"list": [1, {"deep": b"\x00\x01\xff"}]}, b"bytes")
    assert client.call("echo", sent, namespace=namespace, timeout=10) == sent
    assert client.call("echo", "x" * 500_000, namespace=namespace, timeout=10) == "x" * 500_000

    client.emit("ask", "why", namespace=namespace)
    assert heard.get(timeout=10) == (namespace, "answer", "why", {"seen": b"\x07"})

    client.call("join", ["room"], namespace=namespace, timeout=10)
    client.emit("cast", ("elsewhere", "not for us"), namespace=namespace)
    client.emit("cast", ("room", ["for us", b"\x07"]), namespace=namespace)
    assert heard.get(timeout=10) == (namespace, "cast", ["for us", b"\x07"])
client.disconnect()

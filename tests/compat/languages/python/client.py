"""python-socketio against the fixture's profile `load`: client.py URL TRANSPORT"""
import queue
import sys

import socketio

url, transport = sys.argv[1:]
cast = queue.Queue()
client = socketio.Client(reconnection=False)
client.on("cast", lambda *args: cast.put(args))
client.connect(url, transports=[transport], wait_timeout=10)
assert client.transport() == transport

# JavaScript's several arguments of an acknowledgement are a tuple here.
sent = ("text \u00e9\u4e2d", 1, 2.5, None, True, {"list": [1, {"deep": b"\x00\x01\xff"}]}, b"bytes")
assert client.call("echo", sent, timeout=10) == sent
assert client.call("echo", "x" * 500_000, timeout=10) == "x" * 500_000

assert client.call("join", "room", timeout=10) is True
client.emit("cast", ("elsewhere", "not for us"))
client.emit("cast", ("room", "for us", b"\x07"))
assert cast.get(timeout=10) == ("for us", b"\x07")
client.disconnect()

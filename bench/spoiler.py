#!/usr/bin/env python3
"""A relay that spoils every 50th message which a WebSocket server sends and which begins as told, to show that a driver notices.

    bench/spoiler.py --port N --to N --fault none|drop|duplicate|alter --begins TEXT --alter-behind TEXT
"""
import argparse
import asyncio

EVERY = 50


async def read_frame(of):
    """A frame of a server, which masks none: its head and its payload."""
    head = await of.readexactly(2)
    length = head[1]
    if length >= 126:
        more = await of.readexactly(2 if length == 126 else 8)
        head, length = head + more, int.from_bytes(more, "big")
    return head, await of.readexactly(length)


class Spoiler:
    def __init__(self, options):
        self.options = options
        self.seen = 0

    def spoil(self, head, payload):
        if not payload.startswith(self.options.begins.encode()):
            return head + payload
        self.seen += 1
        if self.seen % EVERY:
            return head + payload
        if self.options.fault == "alter":
            before = self.options.alter_behind.encode()
            at = payload.index(before) + len(before)
            payload = payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]
        return (head + payload) * {"drop": 0, "duplicate": 2}.get(self.options.fault, 1)

    async def answers(self, server, client):
        client.write(await server.readuntil(b"\r\n\r\n"))
        while True:
            client.write(self.spoil(*await read_frame(server)))
            await client.drain()

    async def questions(self, client, server):
        while data := await client.read(65536):
            server.write(data)
            await server.drain()

    async def relay(self, client_in, client_out):
        server_in, server_out = await asyncio.open_connection("127.0.0.1", self.options.to)
        ways = [asyncio.ensure_future(way) for way in
                (self.answers(server_in, client_out), self.questions(client_in, server_out))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (client_out, server_out):
            end.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--fault", choices=["none", "drop", "duplicate", "alter"], required=True)
    parser.add_argument("--begins", required=True)
    parser.add_argument("--alter-behind", required=True)
    options = parser.parse_args()
    server = await asyncio.start_server(Spoiler(options).relay, "127.0.0.1", options.port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

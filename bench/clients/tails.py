"""tails.py URL [COUNT]: COUNT WebSocket tails at once see every line, a broken query is refused before the upgrade, a
client that does not read is cut off in time, and the rest goes on. Needs `pip install websockets`."""
import asyncio
import json
import socket
import sys
import time
import urllib.parse
import urllib.request

import websockets

BASE = sys.argv[1].rstrip("/")
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 500
LINES = 20


def push(app, lines):
    now = time.time_ns()
    body = {"streams": [{"stream": {"app": app}, "values": [[str(now + i), line] for i, line in enumerate(lines)]}]}
    request = urllib.request.Request(
        BASE + "/loki/api/v1/push", json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert urllib.request.urlopen(request).status == 204


def address(query):
    return BASE.replace("http", "ws", 1) + "/loki/api/v1/tail?" + urllib.parse.urlencode({"query": query, "limit": 1})


async def tail(app, ready, done):
    """Markers, which come until all tails have one, tell that the tail has its place at the hub."""
    seen, is_ready = [], False
    async with websockets.connect(address('{app="%s"}' % app), max_size=None, open_timeout=300) as socket:
        while len(seen) < LINES:
            for stream in json.loads(await asyncio.wait_for(socket.recv(), 300))["streams"]:
                for value in stream["values"]:
                    if value[1] != "marker":
                        seen.append(value[1])
                    elif not is_ready:
                        is_ready = True
                        ready.release()
        await socket.ping()
        await socket.close()
        assert socket.close_code == 1000, socket.close_code
    done.append(seen)


async def not_reading(app, seconds):
    """A client with a small buffer that takes nothing for a while, then everything there is."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    host, port = urllib.parse.urlsplit(BASE).netloc.split(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (host, int(port)))
    target = address('{app="%s"}' % app).split(host + ":" + port, 1)[1]
    await loop.sock_sendall(connection, (
        "GET %s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" % target).encode())
    head = await loop.sock_recv(connection, 200)
    assert b" 101 " in head, head
    line = "x" * 200_000
    for _ in range(8):
        await asyncio.to_thread(push, app, [line + str(number) for number in range(10)])
    for _ in range(30):
        await asyncio.to_thread(push, app, [str(number) for number in range(100)])
    await asyncio.sleep(seconds)
    text = b""
    try:
        while b"dropped_entries" not in text:
            part = await asyncio.wait_for(loop.sock_recv(connection, 1 << 20), 60)
            if not part:
                return "closed"
            text = text[-20:] + part
        return "told"
    except ConnectionError:
        return "closed"
    finally:
        connection.close()


async def refused():
    try:
        async with websockets.connect(address("{app=")):
            raise SystemExit("a broken query was upgraded")
    except websockets.exceptions.InvalidStatus as error:
        assert error.response.status_code == 400, error.response
        assert b"parse error at line 1" in error.response.body, error.response.body


async def main():
    app = "tails-%d" % time.time_ns()
    await refused()
    ready, done = asyncio.Semaphore(0), []
    tails = [asyncio.create_task(tail(app, ready, done)) for _ in range(COUNT)]
    marked = 0
    while marked < COUNT:
        await asyncio.to_thread(push, app, ["marker"])
        try:
            while marked < COUNT:
                await asyncio.wait_for(ready.acquire(), 5)
                marked += 1
        except asyncio.TimeoutError:
            pass
    start = time.monotonic()
    lines = ["line %d" % number for number in range(LINES)]
    for line in lines:
        await asyncio.to_thread(push, app, [line])
    await asyncio.gather(*tails)
    assert all(seen == lines for seen in done), [seen for seen in done if seen != lines][0]
    print("%d tails saw %d lines each in %.2f s" % (COUNT, LINES, time.monotonic() - start))
    app += "-slow"
    told = await not_reading(app, 1)
    assert told == "told", told
    cut = await not_reading(app, 40)
    assert cut == "closed", cut
    print("a slow reader is told what it lost, one that takes nothing is cut off")


asyncio.run(main())

"""tails.py URL [COUNT]: COUNT WebSocket tails at once see every line, a broken query is refused before the upgrade, a
client that does not read is cut off in time, and the rest goes on. Needs `pip install websockets`."""
import asyncio
import json
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
    seen = []
    async with websockets.connect(address('{app="%s"}' % app), max_size=None, open_timeout=60) as socket:
        ready.release()
        while len(seen) < LINES:
            for stream in json.loads(await asyncio.wait_for(socket.recv(), 60))["streams"]:
                seen += [value[1] for value in stream["values"]]
        await socket.ping()
        await socket.close()
        assert socket.close_code == 1000, socket.close_code
    done.append(seen)


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
    for _ in range(COUNT):
        await ready.acquire()
    # Tails are announced before their place at the hub is taken.
    await asyncio.sleep(1)
    start = time.monotonic()
    lines = ["line %d" % number for number in range(LINES)]
    for line in lines:
        await asyncio.to_thread(push, app, [line])
    await asyncio.gather(*tails)
    assert all(seen == lines for seen in done), [seen for seen in done if seen != lines][0]
    print("%d tails saw %d lines each in %.2f s" % (COUNT, LINES, time.monotonic() - start))


asyncio.run(main())

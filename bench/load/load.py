"""load.py PORT PROCESS SECONDS: 200 pushing clients, 20 querying, 100 tails; everything is counted. Python alone."""
import asyncio
import base64
import json
import os
import statistics
import struct
import sys
import time
import urllib.parse

PORT, PROCESS, SECONDS = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
PUSHERS, QUERIERS, TAILS = 200, 20, 100
LINES = 10
PAUSE = 1.0
QUERIES = [
    ("query_range", {"query": '{job="load"} |= "7"', "limit": "100"}),
    ("query_range", {"query": 'sum by (client) (rate({job="load"}[1m]))', "step": "15"}),
    ("query_range", {"query": 'sum(count_over_time({job="load"} | json | n > 5 [1m]))', "step": "30"}),
    ("query", {"query": 'topk(5, sum by (client) (count_over_time({job="load"}[5m])))'}),
    ("labels", {}),
    ("series", {"match[]": '{job="load"}'}),
    ("index/volume", {"query": '{job="load"}'}),
    ("/weir/api/v1/patterns", {"query": '{job="load", client="3"}'}),
]


class Connection:
    """HTTP/1.1 over one connection that is kept."""

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 20)
        return self

    async def ask(self, method, target, body=b"", kind=None):
        head = f"{method} {target} HTTP/1.1\r\nHost: load\r\nContent-Length: {len(body)}\r\n"
        if kind:
            head += f"Content-Type: {kind}\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        await self.writer.drain()
        status = int((await self.reader.readline()).split()[1])
        length = 0
        while (line := await self.reader.readline()) != b"\r\n":
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        return status, await self.reader.readexactly(length)


class Figures:
    def __init__(self):
        self.pushed = [0] * PUSHERS
        self.push_times, self.query_times = [], []
        self.seen, self.dropped, self.errors, self.memory = [0] * TAILS, 0, [], []
        self.ready = asyncio.Semaphore(0)


async def push(number, figures, end):
    connection = await Connection().open()
    await asyncio.sleep(PAUSE * number / PUSHERS)
    sequence = 0
    while time.monotonic() < end:
        now = time.time_ns()
        values = [
            [str(now + i), json.dumps({"n": i, "client": number, "sequence": sequence + i, "message": "user logged in"})]
            for i in range(LINES)
        ]
        body = {"streams": [{"stream": {"job": "load", "client": str(number)}, "values": values}]}
        start = time.monotonic()
        status, text = await connection.ask(
            "POST", "/loki/api/v1/push", json.dumps(body).encode(), "application/json")
        figures.push_times.append(time.monotonic() - start)
        if status == 204:
            figures.pushed[number] += LINES
        else:
            figures.errors.append(f"push {status} {text[:200]}")
        sequence += LINES
        await asyncio.sleep(max(0, PAUSE - (time.monotonic() - start)))


async def query(number, figures, end):
    connection = await Connection().open()
    turn = number
    while time.monotonic() < end:
        path, parameters = QUERIES[turn % len(QUERIES)]
        turn += 1
        start = time.monotonic()
        status, text = await connection.ask("GET", (path if path.startswith("/") else f"/loki/api/v1/{path}") + "?" + urllib.parse.urlencode(parameters))
        figures.query_times.append(time.monotonic() - start)
        if status != 200:
            figures.errors.append(f"{path} {status} {text[:200]}")
        await asyncio.sleep(0.5)


async def tail(number, figures, stop):
    """Follows the lines of one client; markers tell that the tail is there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 24)
    selector = '{job=~"load|marker", client="%d"}' % number
    target = "/loki/api/v1/tail?" + urllib.parse.urlencode({"query": selector, "limit": 1})
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((
        f"GET {target} HTTP/1.1\r\nHost: load\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    status = await reader.readline()
    assert b" 101 " in status, status
    while await reader.readline() != b"\r\n":
        pass
    is_ready = False
    try:
        while not stop.is_set():
            first, second = await reader.readexactly(2)
            length = second & 127
            if length == 126:
                length = struct.unpack(">H", await reader.readexactly(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", await reader.readexactly(8))[0]
            data = await reader.readexactly(length)
            if first & 15 == 9:
                writer.write(b"\x8a\x80" + os.urandom(4))
            elif first & 15 == 8:
                figures.errors.append(f"tail {number} closed: {data[2:]!r}")
                return
            elif first & 15 == 1:
                frame = json.loads(data)
                figures.dropped += len(frame.get("dropped_entries", []))
                for stream in frame["streams"]:
                    if stream["stream"]["job"] == "load":
                        figures.seen[number] += len(stream["values"])
                    elif not is_ready:
                        is_ready = True
                        figures.ready.release()
    except asyncio.CancelledError:
        writer.close()
    except (asyncio.IncompleteReadError, OSError) as error:
        figures.errors.append(f"tail {number}: {error}")


async def mark(count):
    """A line for each tail that is not heard of yet, until all are."""
    connection = await Connection().open()
    streams = [
        {"stream": {"job": "marker", "client": str(i)}, "values": [[str(time.time_ns()), "here"]]} for i in range(count)]
    status, _ = await connection.ask(
        "POST", "/loki/api/v1/push", json.dumps({"streams": streams}).encode(), "application/json")
    assert status == 204, status


async def watch(figures, end):
    while time.monotonic() < end:
        with open(f"/proc/{PROCESS}/statm") as file:
            figures.memory.append(int(file.read().split()[1]) * 4096 / 1e6)
        await asyncio.sleep(1)


async def count(client=None):
    connection = await Connection().open()
    selector = '{job="load"}' if client is None else '{job="load", client="%d"}' % client
    parameters = {"query": "sum(count_over_time(%s[1h]))" % selector}
    _, text = await connection.ask("GET", "/loki/api/v1/query?" + urllib.parse.urlencode(parameters))
    result = json.loads(text)["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


def quantile(times, part):
    return round(sorted(times)[int(part * (len(times) - 1))] * 1000, 1)


async def main():
    figures, stop = Figures(), asyncio.Event()
    tails = [asyncio.create_task(tail(i, figures, stop)) for i in range(TAILS)]
    marking = 0
    while marking < TAILS:
        await mark(TAILS)
        try:
            while marking < TAILS:
                await asyncio.wait_for(figures.ready.acquire(), 5)
                marking += 1
        except asyncio.TimeoutError:
            pass
    end = time.monotonic() + SECONDS
    await asyncio.gather(
        *(push(i, figures, end) for i in range(PUSHERS)), *(query(i, figures, end) for i in range(QUERIERS)),
        watch(figures, end))
    sent = sum(figures.pushed)
    for _ in range(300):
        if all(figures.seen[i] == figures.pushed[i] for i in range(TAILS)):
            break
        await asyncio.sleep(0.2)
    stop.set()
    for task in tails:
        task.cancel()
    await asyncio.gather(*tails, return_exceptions=True)
    stored = await count()
    third = len(figures.memory) // 3
    early, late = statistics.median(figures.memory[third:2 * third]), statistics.median(figures.memory[2 * third:])
    missing = {i: figures.pushed[i] - figures.seen[i] for i in range(TAILS) if figures.seen[i] != figures.pushed[i]}
    print(json.dumps({
        "pushes": len(figures.push_times), "lines": sent, "stored": stored, "tailed": sum(figures.seen),
        "tail_expected": sum(figures.pushed[:TAILS]), "tail_dropped": figures.dropped,
        "push_p50_ms": quantile(figures.push_times, 0.5), "push_p99_ms": quantile(figures.push_times, 0.99),
        "queries": len(figures.query_times), "query_p50_ms": quantile(figures.query_times, 0.5),
        "query_p99_ms": quantile(figures.query_times, 0.99), "memory_middle_mb": round(early, 1),
        "memory_last_mb": round(late, 1), "memory_max_mb": round(max(figures.memory), 1),
        "errors": len(figures.errors)}))
    for error in figures.errors[:10]:
        print(error, file=sys.stderr)
    if missing:
        print("tails missed", missing, file=sys.stderr)
    # A head that is not sealed yet is the only thing that may grow.
    grows = late > early * 1.5 + 100
    sys.exit(1 if figures.errors or stored != sent or missing or grows else 0)


asyncio.run(main())

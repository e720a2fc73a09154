#!/usr/bin/env python3
"""Real `weir serve` and `weir agent`, killed at random while logs are written and rotated; every line must be stored once.

    torture.py WEIR SEED SECONDS

The lines have no time of their own, so a line that is read twice would be stored twice.
"""
import json, os, random, shutil, socket, subprocess, sys, tempfile, time, urllib.parse, urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    """`weir serve` or `weir agent`, which can be killed and started again."""

    def __init__(self, weir, kind, folder):
        self.command = [weir, kind, "--config.file", f"{folder}/{kind}.yaml"]
        self.log = open(f"{folder}/{kind}.log", "a")
        self.kills = -1
        self.start()

    def start(self):
        self.kills += 1
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=self.log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def rotate(path):
    for number in range(6, 0, -1):
        if os.path.exists(f"{path}.{number}"):
            os.rename(f"{path}.{number}", f"{path}.{number + 1}")
    os.rename(path, path + ".1")
    open(path, "w").close()


def stored(port):
    """How often each numbered line is stored, by pages."""
    seen, start, end = set(), int((time.time() - 3600) * 1e9), int((time.time() + 60) * 1e9)
    while True:
        parameters = urllib.parse.urlencode({"query": '{job="a"}', "limit": 5000, "start": start, "end": end, "direction": "forward"})
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/loki/api/v1/query_range?{parameters}", timeout=30) as answer:
            result = json.load(answer)["data"]["result"]
        page = [(int(v[0]), v[1], s["stream"]["filename"]) for s in result for v in s["values"]]
        seen.update(page)
        if len(page) < 5000:
            break
        start = max(entry[0] for entry in page)
    counts = {}
    for _, line, _ in seen:
        number = int(line.split()[1])
        counts[number] = counts.get(number, 0) + 1
    return counts


def main():
    weir, seed, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="weir-torture-")
    os.makedirs(folder + "/logs")
    port = free_port()
    with open(f"{folder}/agent.yaml", "w") as f:
        f.write(f"""server: {{http_listen_port: {free_port()}}}
positions: {{filename: {folder}/positions.yaml}}
clients:
  - url: http://127.0.0.1:{port}/loki/api/v1/push
    batchwait: 200ms
    batchsize: 20000
    timeout: 2s
    backoff_config: {{min_period: 50ms, max_period: 500ms}}
target_config: {{sync_period: 1s}}
scrape_configs:
  - job_name: a
    static_configs: [{{targets: [localhost], labels: {{job: a, __path__: "{folder}/logs/*.log"}}}}]
""")
    with open(f"{folder}/serve.yaml", "w") as f:
        f.write(f"server: {{http_listen_address: 127.0.0.1, http_listen_port: {port}}}\ncommon: {{path_prefix: {folder}/data}}\n")
    server, agent = Program(weir, "serve", folder), Program(weir, "agent", folder)
    written = rotations = 0
    end = time.time() + seconds
    while time.time() < end:
        for name in "ab":
            with open(f"{folder}/logs/{name}.log", "a") as log:
                for _ in range(chance.randint(1, 300)):
                    written += 1
                    log.write(f"line {written} {'x' * (written % 80)}\n")
        what = chance.random()
        if what < 0.2:
            victim = agent if what < 0.12 else server
            victim.kill()
            time.sleep(chance.random())
            victim.start()
        elif what < 0.3:
            rotate(f"{folder}/logs/{chance.choice('ab')}.log")
            rotations += 1
        time.sleep(chance.random() * 0.3)
    end = time.time() + 180
    counts = {}
    while time.time() < end and len(counts) < written:
        time.sleep(2)
        try:
            counts = stored(port)
        except OSError:
            pass
    twice = sum(1 for count in counts.values() if count > 1)
    print(f"seed {seed}: {written} lines written, {len(counts)} arrived, {twice} of them more than once; "
          f"agent killed {agent.kills} times, server {server.kills} times, {rotations} rotations")
    agent.stop()
    server.stop()
    if len(counts) != written or twice:
        sys.exit(f"FAILED, see {folder}")
    shutil.rmtree(folder)


main()

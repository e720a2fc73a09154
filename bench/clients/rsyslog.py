#!/usr/bin/env python3
"""Debian's rsyslogd sends to `weir agent`, which pushes to `weir serve`: what arrives is compared.

    rsyslog.py WEIR [--rsyslogd PATH] [--modules FOLDER] [--lines 2000]

RFC 5424 over TCP with octet counts and with lines, over UDP, and RFC 3164 over TCP. rsyslog keeps the space that local
programs put in front of their text, which is left out of the comparison.
"""
import argparse, json, os, shutil, socket, subprocess, sys, tempfile, time, urllib.parse, urllib.request

FORMS = {
    "counted": ("tcp", "rfc5424", 'Template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted" Protocol="tcp"'),
    "lines": ("tcp", "rfc5424", 'Template="RSYSLOG_SyslogProtocol23Format" Protocol="tcp"'),
    "datagrams": ("udp", "rfc5424", 'Template="RSYSLOG_SyslogProtocol23Format" Protocol="udp"'),
    "old": ("tcp", "rfc3164", 'Template="RSYSLOG_TraditionalForwardFormat" Protocol="tcp"'),
}


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait(what, condition, seconds=120):
    end = time.time() + seconds
    while time.time() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"FAILED: {what}")


def query(port, selector):
    parameters = urllib.parse.urlencode({"query": selector, "limit": 5000, "start": int((time.time() - 86400) * 1e9), "end": int((time.time() + 3600) * 1e9)})
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/loki/api/v1/query_range?{parameters}") as answer:
        return json.load(answer)["data"]["result"]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("weir")
    p.add_argument("--rsyslogd", default=shutil.which("rsyslogd") or "/usr/sbin/rsyslogd")
    p.add_argument("--modules")
    p.add_argument("--lines", type=int, default=1000)
    args = p.parse_args()
    folder = tempfile.mkdtemp(prefix="weir-rsyslog-")
    server, agent = free_port(), free_port()
    ports = {name: free_port(socket.SOCK_DGRAM if form[0] == "udp" else socket.SOCK_STREAM) for name, form in FORMS.items()}
    jobs = "".join(f"""
  - job_name: {name}
    syslog: {{listen_address: "127.0.0.1:{ports[name]}", listen_protocol: {form[0]}, syslog_format: {form[1]}, use_incoming_timestamp: true, labels: {{job: "{name}"}}}}
    relabel_configs:
      - {{source_labels: [__syslog_message_hostname], target_label: host}}
      - {{source_labels: [__syslog_message_app_name], target_label: app}}
      - {{source_labels: [__syslog_message_severity], target_label: level}}""" for name, form in FORMS.items())
    with open(f"{folder}/agent.yaml", "w") as f:
        f.write(f"""server: {{http_listen_port: {agent}}}
positions: {{filename: {folder}/positions.yaml}}
clients: [{{url: "http://127.0.0.1:{server}/loki/api/v1/push", batchwait: 200ms}}]
scrape_configs:{jobs}
""")
    with open(f"{folder}/serve.yaml", "w") as f:
        f.write(f"server: {{http_listen_address: 127.0.0.1, http_listen_port: {server}}}\ncommon: {{path_prefix: {folder}/data}}\n")
    actions = "".join(f'\nif $programname startswith "{name}" then action(type="omfwd" Target="127.0.0.1" Port="{ports[name]}" {form[2]})' for name, form in FORMS.items())
    with open(f"{folder}/rsyslog.conf", "w") as f:
        f.write(f"""module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log" CreatePath="on" RateLimit.Interval="0")
global(workDirectory="{folder}"){actions}
""")
    started = []

    def start(command, **kw):
        log = open(f"{folder}/{len(started)}.log", "w")
        started.append(subprocess.Popen(command, stdout=log, stderr=log, **kw))

    try:
        start([args.weir, "serve", "--config.file", f"{folder}/serve.yaml"])
        wait("the server is ready", lambda: urllib.request.urlopen(f"http://127.0.0.1:{server}/ready").status == 200)
        start([args.weir, "agent", "--config.file", f"{folder}/agent.yaml"])
        wait("the agent is ready", lambda: urllib.request.urlopen(f"http://127.0.0.1:{agent}/ready").status == 200)
        time.sleep(1)
        modules = ["-M", args.modules] if args.modules else []
        start([args.rsyslogd, "-n", "-i", f"{folder}/pid", "-f", f"{folder}/rsyslog.conf"] + modules, env=os.environ)
        wait("rsyslogd listens", lambda: os.path.exists(f"{folder}/log"))
        local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        local.connect(f"{folder}/log")
        for number in range(args.lines):
            for name in FORMS:
                local.send(f"<{8 + number % 8}>{name}[{number}]: line {number} of {name} with \"quotes\" and ünïcode".encode())
        failed = False
        for name in FORMS:
            def count():
                return sum(len(s["values"]) for s in query(server, f'{{job="{name}"}}'))
            try:
                wait(f"all lines of {name} arrive", lambda: count() >= args.lines, 60)
            except SystemExit:
                failed = failed or name != "datagrams"
            streams = query(server, f'{{job="{name}"}}')
            lines = sorted((v[1].lstrip(" ") for s in streams for v in s["values"]), key=lambda l: int(l.split()[1]))
            wanted = [f"line {n} of {name} with \"quotes\" and ünïcode" for n in range(args.lines)]
            labels = streams[0]["stream"] if streams else {}
            same = lines == wanted
            failed = failed or (not same and name != "datagrams")
            print(f"{name:10} {len(lines)} of {args.lines} lines, {'equal' if same else 'DIFFERENT'}, {len(streams)} streams such as {labels}")
        sys.exit(1 if failed else 0)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


main()

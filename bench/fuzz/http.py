"""http.py PORT [SEED [COUNT]]: random requests over the wire at every path of a running server. None may be answered with a
500, none may end the connection or the server. The same over the table of endpoints is EndpointFuzzTests. Python alone."""
import http.client
import random
import sys
import time
import urllib.parse

PORT = int(sys.argv[1])
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 1)

PATHS = """
/loki/api/v1/push /api/prom/push /otlp/v1/logs /_bulk /elasticsearch/_bulk /weir/api/v1/push/ndjson /loki/api/v1/query
/loki/api/v1/query_range /api/prom/query /loki/api/v1/labels /loki/api/v1/label/x/values /loki/api/v1/series
/loki/api/v1/index/stats /loki/api/v1/index/volume /loki/api/v1/index/volume_range /loki/api/v1/index/shards
/loki/api/v1/detected_labels /loki/api/v1/detected_fields /loki/api/v1/detected_field/a/values /loki/api/v1/patterns
/weir/api/v1/patterns /loki/api/v1/tail /loki/api/v1/format_query /ready /metrics /config /services /log_level /flush
/loki/api/v1/status/buildinfo /weir/api/v1/export /weir/api/v1/explain /runtime_config /config/tenant/v1/limits
/loki/api/v1/drilldown-limits /debug/figures /loki/api/v1/rules /prometheus/api/v1/rules /prometheus/api/v1/alerts /%00
/../../etc/passwd
""".split()
QUERIES = [
    '{app="web"}', "{", '{app=~"("}', 'rate({app="web"}[1m])', "1+1", '{app="web"} | json | unwrap a',
    'topk(5,sum by(a)(count_over_time({app=~".+"}[5m])))', '{app="web"} | line_format "{{.}}"',
    'sum(rate({app="web"}[9999y]))', "'; DROP TABLE x;--", '{app="web"} |~ "a{1000}{1000}"', "(" * 2000,
    '{app="web"} | pattern "<_><_>"',
]
TEXTS = [
    "", "0", "-1", "9223372036854775807", "1e308", "NaN", "1h", "-5m", "0s", "2024-01-02T03:04:05Z",
    "9999-12-31T23:59:59Z", "../../x", "%00", "a,b", "{}", "true", "\u2603", "1" * 400,
]
NAMES = """
query start end time step limit since interval direction match[] line_limit targetLabels aggregateBy
targetBytesPerShard delay_for regexp format cursor labels timestamp skip_errors log_level
""".split()
BODIES = [
    b"", b"{}", b"[]", b"null",
    b'{"streams":[{"stream":{"app":"web"},"values":[["%d","x a=1"]]}]}' % time.time_ns(), b"\x1f\x8b\x08\x00",
    b"\xff" * 100, b"a=b&query={", b'{"create":{}}\n{"message":"x"}\n',
    b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}', b"\x0a\xff\xff\xff\xff\x0f",
]
TYPES = ["application/json", "application/x-protobuf", "application/x-www-form-urlencoded", "a/b;;", "text/plain"]

answers, faults = {}, 0
connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=300)
for _ in range(COUNT):
    path = random.choice(PATHS)
    method = random.choice(["GET", "POST", "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"])
    if path == "/log_level":
        method = "GET"
    names = random.sample(NAMES, random.randint(0, 6))
    parameters = [(name, random.choice(QUERIES if name in ("query", "match[]") else TEXTS)) for name in names]
    headers = {}
    if random.random() < 0.6:
        headers["Content-Type"] = random.choice(TYPES)
    if random.random() < 0.3:
        headers["Content-Encoding"] = random.choice(["gzip", "deflate", "snappy", "zstd"])
    if random.random() < 0.2:
        headers["Accept-Encoding"] = "gzip"
    body = random.choice(BODIES) if method in ("POST", "PUT") else None
    target = path + ("?" + urllib.parse.urlencode(parameters) if parameters else "")
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = answer.read(1 << 22)
        answers[answer.status] = answers.get(answer.status, 0) + 1
        if answer.status >= 500:
            faults += 1
            print(answer.status, method, target, headers, body, text[:200])
        if answer.will_close or len(text) == 1 << 22:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        faults += 1
        print(repr(error), method, target, headers, body)
        connection.close()
print(answers, faults, "faults")
sys.exit(1 if faults else 0)

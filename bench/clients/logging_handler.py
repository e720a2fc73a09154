"""logging_handler.py URL: python-logging-loki pushes records of Python's own logging; all of them can be asked for.
Needs `pip install python-logging-loki`."""
import json
import logging
import sys
import time
import urllib.parse
import urllib.request

import logging_loki

BASE = sys.argv[1].rstrip("/")
app = "handler-%d" % time.time_ns()
# Version 0 of the handler speaks the legacy push, version 1 that of today.
for version, path in (("0", "/api/prom/push"), ("1", "/loki/api/v1/push")):
    handler = logging_loki.LokiHandler(url=BASE + path, tags={"app": app + version}, version=version)
    handler.handleError = lambda record: sys.exit("the handler failed")
    log = logging.getLogger(app + version)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    for number in range(50):
        log.error("line %d", number)
    parameters = urllib.parse.urlencode({"query": '{app="%s"}' % (app + version), "limit": 100})
    with urllib.request.urlopen(BASE + "/loki/api/v1/query_range?" + parameters) as answer:
        streams = json.load(answer)["data"]["result"]
    lines = sorted(value[1] for stream in streams for value in stream["values"])
    assert lines == sorted("line %d" % number for number in range(50)), lines
    assert streams[0]["stream"]["severity"] == "error", streams[0]["stream"]
    print("python-logging-loki, version %s: 50 records" % version)

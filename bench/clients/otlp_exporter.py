"""otlp_exporter.py URL: OpenTelemetry's own exporter sends logs, plain and in gzip; all of them can be asked for.
Needs `pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http`."""
import json
import logging
import sys
import time
import urllib.parse
import urllib.request

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

BASE = sys.argv[1].rstrip("/")


def ask(query):
    parameters = urllib.parse.urlencode({"query": query, "limit": 1000, "since": "5m"})
    with urllib.request.urlopen(BASE + "/loki/api/v1/query_range?" + parameters) as answer:
        return json.load(answer)["data"]["result"]


for compression in (Compression.NoCompression, Compression.Gzip):
    service = "otel-%d" % time.time_ns()
    provider = LoggerProvider(resource=Resource.create({"service.name": service, "host.name": "h"}))
    exporter = OTLPLogExporter(BASE + "/otlp/v1/logs", compression=compression)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    log = logging.getLogger(service)
    log.addHandler(LoggingHandler(logger_provider=provider))
    log.setLevel(logging.INFO)
    log.propagate = False
    for number in range(200):
        log.warning("line %d", number, extra={"http.method": "GET", "number": number})
    provider.shutdown()
    streams = ask('{service_name="%s"} | http_method="GET" | detected_level="warn"' % service)
    lines = sorted(value[1] for stream in streams for value in stream["values"])
    assert lines == sorted("line %d" % number for number in range(200)), len(lines)
    assert streams[0]["stream"]["host_name"] == "h", streams[0]["stream"]
    print("OpenTelemetry exporter, %s: 200 records" % compression.value)

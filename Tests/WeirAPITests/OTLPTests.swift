import Testing
import WeirAPI
import WeirBytes
import WeirModel
import WeirTesting

/// Rows and statuses are those that Loki 3.7.6 gave to the same requests.
@Suite struct OTLPTests {
    private static let resource =
        #"{"attributes":[{"key":"service.name","value":{"stringValue":"s"}},{"key":"host.name","value":{"stringValue":"h"}}]}"#

    private func rows(_ body: String, _ limits: PushLimits = .plain) throws -> [String] {
        try PushIntake(limits: limits).readOTLP(.otlp(Array(body.utf8), "application/json")).push?.batch.rows ?? []
    }

    private func rows(record: String) throws -> [String] {
        try rows(#"{"resourceLogs":[{"resource":\#(Self.resource),"scopeLogs":[{"logRecords":[\#(record)]}]}]}"#)
    }

    @Test func `attributes of the resource become labels and metadata, the body the line`() throws {
        let body = #"{"timeUnixNano":"7","body":{"stringValue":"he\tllo"}}"#
        #expect(try rows(record: body) == ["7 {service_name=\"s\"} [host_name=h] he\tllo"])
    }

    @Test func `fields of the record become metadata behind its attributes`() throws {
        let record =
            #"{"timeUnixNano":"7","observedTimeUnixNano":8,"severityNumber":17,"severityText":"E","flags":1,"#
            + #""droppedAttributesCount":2,"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","#
            + #""attributes":[{"key":"http.method","value":{"stringValue":"GET"}}]}"#
        #expect(
            try rows(record: record) == [
                #"7 {service_name="s"} [http_method=GET,observed_timestamp=8,severity_number=17,severity_text=E,"#
                    + "dropped_attributes_count=2,flags=1,trace_id=5b8efff798038103d269b633813fc60c,"
                    + "span_id=eee19b7ec3c1b174,host_name=h] "
            ])
    }

    @Test(arguments: [
        (#"{"intValue":"42"}"#, "n=42"), (#"{"doubleValue":1.5}"#, "n=1.5"), (#"{"doubleValue":1e-7}"#, "n=1e-7"),
        (#"{"doubleValue":1e21}"#, "n=1e+21"), (#"{"doubleValue":"NaN"}"#, "n=json: unsupported value: NaN"),
        (#"{"boolValue":true}"#, "n=true"), (#"{"bytesValue":"AAEC"}"#, "n=AAEC"), ("{}", "n="), ("null", "n="),
        (#"{"arrayValue":{"values":[{"stringValue":"x<"},{"intValue":"2"},{}]}}"#, #"n=["x\u003c",2,null]"#),
        (#"{"kvlistValue":{"values":[{"key":"in.a","value":{"stringValue":"b"}}]}}"#, "n_in_a=b"),
        (#"{"kvlistValue":{"values":[]}}"#, ""), (#"{"arrayValue":{"values":[{"doubleValue":"Inf"}]}}"#, "n="),
    ])
    func `an attribute of any type is text`(value: String, expected: String) throws {
        let record = #"{"timeUnixNano":"7","attributes":[{"key":"n","value":\#(value)}]}"#
        let pairs = expected.isEmpty ? "host_name=h" : expected + ",host_name=h"
        #expect(try rows(record: record) == [#"7 {service_name="s"} [\#(pairs)] "#])
    }

    @Test(arguments: [
        ("http.method", "http_method"), ("9lives", "key_9lives"), ("_x", "key_x"), ("__x", "__x"), ("é", "key_"),
        ("plain", "plain"),
    ])
    func `a key becomes a label name`(key: String, name: String) throws {
        let record = #"{"timeUnixNano":"7","attributes":[{"key":"\#(key)","value":{"intValue":1}}]}"#
        #expect(try rows(record: record) == [#"7 {service_name="s"} [\#(name)=1,host_name=h] "#])
    }

    @Test func `a body that is a map is JSON with sorted keys`() throws {
        let record =
            #"{"timeUnixNano":"7","body":{"kvlistValue":{"values":[{"key":"b","value":{"stringValue":"x"}},"#
            + #"{"key":"a","value":{"intValue":"1"}}]}}}"#
        #expect(try rows(record: record) == [#"7 {service_name="s"} [host_name=h] {"a":1,"b":"x"}"#])
    }

    @Test func `the observed time stands in for a missing one, and arrival for both`() throws {
        #expect(try rows(record: #"{"observed_time_unix_nano":"9"}"#) == [#"9 {service_name="s"} [host_name=h] "#])
        #expect(try rows(record: "{}") == [#"1700000000000000000 {service_name="s"} [host_name=h] "#])
    }

    @Test func `resource and scope may stand behind the records`() throws {
        let body =
            #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"7"}],"scope":{"name":"n","version":"1","#
            + #""attributes":[{"key":"k","value":{"stringValue":"v"}}],"droppedAttributesCount":3}}],"#
            + #""resource":\#(Self.resource)}]}"#
        let pairs = "host_name=h,k=v,scope_name=n,scope_version=1,scope_dropped_attributes_count=3"
        #expect(try rows(body) == [#"7 {service_name="s"} [\#(pairs)] "#])
    }

    @Test func `service and level are discovered as in other pushes`() throws {
        let body =
            #"{"resourceLogs":[{"resource":{"attributes":[{"key":"container.name","value":{"stringValue":"c"}}]},"#
            + #""scopeLogs":[{"logRecords":[{"timeUnixNano":"7","severityNumber":17,"body":{"stringValue":"x"}}]}]}]}"#
        let labels = #"{container_name="c", service_name="c"}"#
        #expect(try rows(body, .discovering) == ["7 \(labels) [severity_number=17,detected_level=error] x"])
    }

    @Test func `protobuf and JSON of one request are the same rows`() throws {
        var writer = WireWriter()
        writer.message(field: 1) { logs in
            // Records before their resource, which protobuf allows.
            logs.message(field: 2) { scope in
                scope.message(field: 2) { record in
                    record.fixed64(field: 1, 7)
                    record.varint(field: 2, 9)
                    record.message(field: 5) { $0.text(field: 1, "line") }
                    record.message(field: 6) { attribute in
                        attribute.text(field: 1, "b")
                        attribute.message(field: 2) { $0.data(field: 7, [0, 1, 2]) }
                    }
                    record.data(field: 9, (1...16).map { UInt8($0) })
                    record.data(field: 10, [UInt8](repeating: 0, count: 8))
                }
            }
            logs.message(field: 1) { resource in
                resource.message(field: 1) { attribute in
                    attribute.text(field: 1, "service.name")
                    attribute.message(field: 2) { $0.text(field: 1, "s") }
                }
            }
        }
        let request = APIRequest.otlp(writer.bytes, "application/x-protobuf")
        let pairs = "b=AAEC,severity_number=9,trace_id=0102030405060708090a0b0c0d0e0f10"
        let expected = #"7 {service_name="s"} [\#(pairs)] line"#
        #expect(try PushIntake(limits: .plain).readOTLP(request).push?.batch.rows == [expected])
        let zipped = APIRequest.otlp(
            InflateCodec.compressGzip(writer.bytes), "application/x-protobuf", encoding: "gzip")
        #expect(try PushIntake(limits: .plain).readOTLP(zipped).push?.batch.rows == [expected])
    }

    @Test func `refusals are a status message in protobuf`() async {
        func check(_ body: String, _ type: String, _ status: Int, _ text: String, encoding: String? = nil) async {
            let request = APIRequest.otlp(Array(body.utf8), type, encoding: encoding)
            let response = await Server().table().respond(to: request)
            #expect(response.status == status, "\(body)")
            var expected = WireWriter()
            expected.text(field: 2, text)
            #expect(response.body == expected.bytes, "\(response.text)")
        }
        let json = "application/json"
        let none = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"7"}]}]}]}"#
        await check("{}", json, 422, "error at least one valid stream is required for ingestion")
        await check(none, json, 400, "error at least one label pair is required per stream")
        await check(none, "text/plain", 400, "content type: text/plain is not supported")
        await check(
            none, json + "; charset=utf-8", 400, "content type: application/json; charset=utf-8 is not supported")
        await check(none, json, 400, #"Content-Encoding "zstd" not supported"#, encoding: "zstd")
        await check(
            #"{"resourceLogs":["#, json, 400,
            "ReadObject: expect { or , or } or n, but found \0, error found in #10 byte of ...|rceLogs\":[|..., bigger "
                + #"context ...|{"resourceLogs":[|..."#)
        await check(
            #"{"resourceLogs":[{"resource":\#(Self.resource),"scopeLogs":[{"logRecords":["#
                + #"{"timeUnixNano":"4102444800000000000"}]}]}]}"#,
            json, 400, #"entry for stream '{service_name="s"}' has timestamp too new: 2100-01-01T00:00:00Z"#)
    }

    @Test func `a full disk is told with the time to come back`() async {
        let server = Server(appendError: .readOnly(reason: "disk full"))
        let body = #"{"resourceLogs":[{"resource":\#(Self.resource),"scopeLogs":[{"logRecords":[{}]}]}]}"#
        let response = await server.table().respond(to: .otlp(Array(body.utf8), "application/json"))
        #expect(response.status == 503)
        #expect(response.header("Retry-After") == "30")
    }

    @Test func `names inherited from maps cannot grow without end`() throws {
        // Each level repeats the names above it in every value.
        let leaf = #"{"key":"\#(String(repeating: "k", count: 2000))","value":"#
        let leaves = (0..<2000).map { #"{"key":"l\#($0)","value":{}}"# }.joined(separator: ",")
        let map = #"{"kvlistValue":{"values":["#
        let record = #"{"attributes":[\#(leaf)\#(map)\#(leaves)]}}}]}"#
        #expect(throws: PushRejection.self) { try rows(record: record) }
        let list = (open: #"{"arrayValue":{"values":["#, close: "]}}")
        let deep = String(repeating: list.open, count: 40) + "{}" + String(repeating: list.close, count: 40)
        #expect(throws: PushRejection.self) { try rows(record: #"{"body":\#(deep)}"#) }
    }

    @Test(arguments: 1...300)
    func `damaged requests are refused or read, but never trap`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var json = Array(
            (#"{"resourceLogs":[{"resource":\#(Self.resource),"scopeLogs":[{"scope":{"name":"n"},"logRecords":[{"#
                + #""timeUnixNano":"7","severityNumber":"SEVERITY_NUMBER_WARN2","traceId":"5b8efff798038103d269b633813fc60c","#
                + #""attributes":[{"key":"a.b","value":{"arrayValue":{"values":[{"doubleValue":1e3}]}}}]}]}]}]}"#).utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            json[Int.random(in: 0..<json.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        if Bool.random(using: &random) { json.removeLast(Int.random(in: 0...json.count, using: &random)) }
        let intake = PushIntake(limits: .discovering)
        _ = try? intake.readOTLP(.otlp(json, "application/json"))
        var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...40, using: &random) }
        bytes = [0x0a, UInt8(bytes.count)] + bytes
        _ = try? intake.readOTLP(.otlp(bytes, "application/x-protobuf"))
    }
}

extension APIRequest {
    static func otlp(_ body: [UInt8], _ type: String, encoding: String? = nil) -> APIRequest {
        var request = APIRequest.push(body, type, encoding: encoding)
        request.path = "/otlp/v1/logs"
        return request
    }
}

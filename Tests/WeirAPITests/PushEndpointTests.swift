import Testing
import WeirAPI
import WeirBytes
import WeirModel

/// Statuses and texts are those that Loki 3.7.6 gave to the same requests.
@Suite struct PushEndpointTests {
    @Test func `a good push is 204 and arrives whole`() async throws {
        let server = Server()
        let response = await server.table().respond(
            to: .pushJSON(#"{"streams":[{"stream":{"a":"b"},"values":[["1","x"]]}]}"#))
        #expect(response.status == 204)
        #expect(response.body.isEmpty)
        let push = try #require(server.pushes.first)
        #expect(push.batch.rows == [#"1 {a="b"} [] x"#])
        #expect(push.arrival == APIRequest.arrival)
        #expect(push.tenant == .default)
    }

    @Test func `bodies that are no push are told why`() async {
        func check(_ body: String, _ status: Int, _ text: String) async {
            let response = await Server().table().respond(to: .pushJSON(body))
            #expect(response.status == status, "\(body)")
            #expect(response.text == text, "\(body)")
        }
        let noStream = "error at least one valid stream is required for ingestion"
        await check("", 400, "EOF")
        await check("{}", 422, noStream)
        await check("null", 422, noStream)
        await check(#"{"streams":null}"#, 422, noStream)
        await check(#"{"streams":[]} trailing"#, 422, noStream)
        await check(
            "[]", 400,
            "readObjectStart: expect { or n, but found [, error found in #1 byte of ...|[]|..., bigger context ...|[]|..."
        )
        await check(#"{"streams":[{"stream":{"a":"b"},"values":[]}]}"#, 204, "")
        await check(
            #"{"streams":[{"stream":{"app":"x"},"values":[["1""#, 400,
            "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: ReadArrayCB: expect ] in the end, but found \0, "
                + #"error found in #10 byte of ...|ues":[["1"|..., bigger context ...|{"streams":[{"stream":{"app":"x"},"#
                + #""values":[["1"|..."#)
        let labels = #"{"streams":[{"stream":{"app":"pushprobe"},"values":"#
        let number = "Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol"
        let prefix = "loghttp.PushRequest.Streams: []loghttp.LogProtoStream: unmarshalerDecoder: "
        await check(
            labels + #"[["abc","x"]]}]}"#, 400,
            prefix + number + #", error found in #10 byte of ...|bc","x"]]}]}|..., bigger context ...|"#
                + #"tream":{"app":"pushprobe"},"values":[["abc","x"]]}]}|..."#)
        let quote = #"Value is string, but can't find closing '"' symbol"#
        let object = "Value looks like object, but can't find closing '}' symbol"
        for (values, fault) in [
            (#"[["1773133200.5","x"]]"#, number), (#"[["","x"]]"#, number), ("[[5]]", number),
            (#"[{"ts":"1","line":"x"}]"#, number), (#"[["1",null]]"#, quote), (#"[["1","x",{"a":5}]]"#, quote),
            (#"[["1","x","meta"]]"#, object), (#"[["1","x",null]]"#, object),
        ] {
            let response = await Server().table().respond(to: .pushJSON(labels + values + "}]}"))
            #expect(response.status == 400)
            #expect(response.text.hasPrefix(prefix + fault), "\(values): \(response.text)")
        }
    }

    @Test func `content types and encodings are checked as Go does`() async {
        let json = PushBody(["a": "b"], .init(1, "x")).json
        func check(_ type: String?, _ encoding: String?, _ body: [UInt8], _ status: Int, _ text: String) async {
            let response = await Server().table().respond(to: .push(body, type, encoding: encoding))
            #expect(response.status == status)
            #expect(response.text == text)
        }
        await check(nil, nil, json, 400, "mime: no media type")
        await check("application/json; charset", nil, json, 400, "mime: invalid media parameter")
        await check("application/json; charset=utf-8;", nil, json, 204, "")
        await check("Application/JSON", nil, json, 204, "")
        await check("application/json", "br", json, 400, #"Content-Encoding "br" not supported"#)
        await check("application/json", "gzip", json, 400, "gzip: invalid header")
        await check("application/json", "gzip", InflateCodec.compressGzip(json), 204, "")
        await check("application/json", "deflate", InflateCodec.compressDeflate(json), 204, "")
        let protobuf = PushBody(["a": "b"], .init(1, "x")).protobuf
        await check("application/x-protobuf", "snappy", protobuf, 204, "")
        await check("application/x-protobuf", "gzip", InflateCodec.compressGzip(protobuf), 204, "")
        await check("text/plain", nil, json, 400, "snappy: corrupt input")
        await check("application/x-protobuf", nil, [], 400, "snappy: corrupt input")
        await check("application/x-protobuf", nil, SnappyCodec.compress([255, 255, 255, 255]), 400, "unexpected EOF")
        await check(
            "application/x-protobuf", nil, SnappyCodec.compress([]), 422,
            "error at least one valid stream is required for ingestion")
    }

    @Test func `bodies beyond the limit are 413, also when they only grow so by decompression`() async {
        var limits = PushLimits.plain
        limits.bodyBytesMax = 1000
        let bomb = [UInt8](repeating: 32, count: 100_000)
        for (body, type, encoding) in [
            (bomb, "application/json", nil), (InflateCodec.compressGzip(bomb), "application/json", "gzip"),
            (SnappyCodec.compress(bomb), "application/x-protobuf", nil),
        ] as [([UInt8], String, String?)] {
            let response = await Server().table(limits).respond(to: .push(body, type, encoding: encoding))
            #expect(response.status == 413)
            #expect(response.text.contains("received message larger than max ("))
        }
    }

    @Test func `label texts are refused in the words of Prometheus`() async {
        func check(_ text: String, _ fault: String) async {
            var writer = WireWriter()
            writer.message(field: 1) {
                $0.text(field: 1, text)
                $0.message(field: 2) { $0.text(field: 2, "x") }
            }
            let body = SnappyCodec.compress(writer.bytes)
            let response = await Server().table().respond(to: .push(body, "application/x-protobuf"))
            #expect(response.status == 400)
            #expect(response.text == fault)
        }
        let prefix = "couldn't parse labels: "
        await check(#"{bad-name="x"}"#, prefix + "1:5: parse error: unexpected character inside braces: '-'")
        await check(#"{app=~"x"}"#, prefix + #"1:5: parse error: unexpected <op:=~> in label set, expected "=""#)
        await check(#"{="x"}"#, prefix + #"1:2: parse error: unexpected "=" in label set, expected identifier or "}""#)
        await check(#"{a="x""#, prefix + "1:7: parse error: unexpected end of input inside braces")
        await check(#"{a="x}"#, prefix + "1:4: parse error: unterminated quoted string")
        await check(
            #"{a="x" b="y"}"#,
            prefix + #"1:8: parse error: unexpected identifier "b" in label set, expected "," or "}""#)
        await check("{}", "error at least one label pair is required per stream")
        await check(#"{a=""}"#, "error at least one label pair is required per stream")
        await check(
            #"{env="b", app="p", env="a"}"#, #"stream '{app="p", env="b", env="a"}' has duplicate label name: 'env'"#)
    }

    @Test func `label names in JSON are refused as their text would be`() async {
        func check(_ labels: String, _ fault: String) async {
            let body = #"{"streams":[{"stream":\#(labels),"values":[["1","x"]]}]}"#
            let response = await Server().table().respond(to: .pushJSON(body))
            #expect(response.status == 400)
            #expect(response.text == fault)
        }
        let prefix = "couldn't parse labels: "
        await check(
            #"{"app":"pushprobe","my-label":"x"}"#,
            prefix + "1:21: parse error: unexpected character inside braces: '-'")
        await check(#"{"app":"p","9x":"x"}"#, prefix + "1:2: parse error: unexpected character inside braces: '9'")
        await check(
            #"{"app":"p","":"x"}"#,
            prefix + #"1:2: parse error: unexpected "=" in label set, expected identifier or "}""#)
        await check("{}", "error at least one label pair is required per stream")
    }

    @Test func `a sink that takes nothing is 503 with a time to come back`() async {
        for (error, seconds) in [
            (AppendError.readOnly(reason: "disk full"), "30"), (.unavailable(reason: "replaying"), "5"),
            (.overloaded(reason: "busy"), "1"),
        ] {
            let server = Server(appendError: error)
            let request = APIRequest.pushJSON(#"{"streams":[{"stream":{"a":"b"},"values":[["1","x"]]}]}"#)
            let response = await server.table().respond(to: request)
            #expect(response.status == 503)
            #expect(response.header("Retry-After") == seconds)
        }
    }
}

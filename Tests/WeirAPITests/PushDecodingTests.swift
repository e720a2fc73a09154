import Testing
import WeirAPI
import WeirBytes
import WeirModel
import WeirTesting

@Suite struct PushDecodingTests {
    private let intake = PushIntake(limits: .plain)

    @Test func `protobuf and JSON of one push are the same rows`() throws {
        let body = PushBody(streams: [
            (["app": "web", "env": "prod"], [.init(5, "first"), .init(1_700_000_000_000_000_001, "sécond \"q\"\n")]),
            (["app": "db"], [.init(7, "", [Label("trace", "abc"), Label("user.id", "9")])]),
        ])
        let expected = [
            #"5 {app="web", env="prod"} [] first"#,
            "1700000000000000001 {app=\"web\", env=\"prod\"} [] sécond \"q\"\n",
            #"7 {app="db"} [trace=abc,user_id=9] "#,
        ]
        #expect(try intake.rows(body.protobuf, "application/x-protobuf") == expected)
        #expect(try intake.rows(body.json, "application/json; charset=utf-8") == expected)
    }

    @Test(arguments: 1...60)
    func `random pushes come through both encodings and the WAL unchanged`(seed: Int) throws {
        let body = PushBody.random(seed: seed)
        let intake = PushIntake(limits: .discovering)
        for (bytes, type) in [(body.protobuf, "application/x-protobuf"), (body.json, "application/json")] {
            let push = try #require(try intake.read(.push(bytes, type)).push ?? Push.none(ifNoRowsIn: body))
            let lines = (0..<push.batch.count).map { push.batch.lineText(ofRow: $0) }
            #expect(lines == body.streams.flatMap { $0.entries.map { String(decoding: $0.line, as: UTF8.self) } })
            #expect(push.batch.timestamps == body.streams.flatMap { $0.entries.map(\.timestamp) })
            guard let encoded = push.body else { continue }
            #expect(try EncodedBodyDecoder.decode(encoded).rows == push.batch.rows)
        }
    }

    @Test(arguments: 1...300)
    func `damaged bodies are refused or read, but never trap`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let body = PushBody.random(seed: seed)
        func damage(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
            return bytes
        }
        let intake = PushIntake(limits: .discovering)
        _ = try? intake.read(.push(damage(body.protobuf), "application/x-protobuf"))
        _ = try? intake.read(.push(SnappyCodec.compress(damage(body.wire)), "application/x-protobuf"))
        _ = try? intake.read(.push(damage(body.json), "application/json"))
    }

    @Test func `labels may come behind the entries`() throws {
        var writer = WireWriter()
        writer.message(field: 1) { stream in
            stream.message(field: 2) { $0.text(field: 2, "line") }
            stream.text(field: 1, #"{b="2", a='1', empty=""}"#)
        }
        writer.message(field: 1) { stream in
            stream.text(field: 1, "{a=`1`,b=\"2\",}")
            stream.message(field: 2) { $0.text(field: 2, "more") }
        }
        let push = try #require(try intake.read(.push(SnappyCodec.compress(writer.bytes), "a/b")).push)
        #expect(push.batch.streams == [["a": "1", "b": "2"]])
        #expect(push.batch.streamIndexes == [0, 0])

        let json =
            #"{"x":[1],"streams":[{"values":[["5","l",{},7],["-6","m"]],"note":{},"stream":{"n":5,"t":true}}]} tail"#
        #expect(
            try intake.rows(Array(json.utf8), "application/json") == [
                #"5 {n="5", t="true"} [] l"#, #"-6 {n="5", t="true"} [] m"#,
            ])
    }

    @Test func `lines stay as they are, UTF-8 or not; metadata is repaired`() throws {
        var body = PushBody(["a": "b"], .init(1, "x", [Label("9 né", "v")]))
        body.streams[0].entries[0].line = [0x61, 0xff, 0xfe]
        let push = try #require(try intake.read(.push(body.protobuf, "application/x-protobuf")).push)
        let start = Int(push.batch.lineOffsets[0])
        #expect(Array(push.batch.bytes[start..<start + 3]) == [0x61, 0xff, 0xfe])
        #expect(push.batch.metadataLabels(ofRow: 0) == [Label("_9_n_", "v")])
    }

    @Test func `a body is passed on as it came, after transport decoding`() throws {
        let body = PushBody(["a": "b"], .init(1, "x"))
        let gzip = InflateCodec.compressGzip(body.json)
        let push = try #require(try intake.read(.push(gzip, "application/json", encoding: "gzip")).push)
        #expect(push.body?.bytes == body.json)
        #expect(push.body?.encoding == .lokiJSON)
        let discovering = PushIntake(limits: .discovering)
        let level = try #require(try discovering.read(.push(body.protobuf, "application/x-protobuf")).push)
        #expect(level.body?.encoding == .lokiSnappyProtobufServiceLevel)
        var own = PushLimits.discovering
        own.serviceNameLabels = ["own"]
        #expect(try PushIntake(limits: own).read(.push(body.json, "application/json")).push?.body == nil)
    }

    @Test func `the encodings on disk keep their numbers`() {
        for raw in 1...8 as ClosedRange<UInt8> {
            let encoding = EncodedBody.Encoding(rawValue: raw)
            #expect(
                encoding
                    == encoding.map {
                        .init(
                            isJSON: $0.isJSON, discoversService: $0.discoversService,
                            discoversLevels: $0.discoversLevels)
                    })
        }
        #expect(EncodedBody.Encoding.lokiSnappyProtobuf.rawValue == 1)
        #expect(EncodedBody.Encoding.lokiJSON.rawValue == 2)
        #expect(EncodedBody.Encoding(isJSON: true, discoversService: false, discoversLevels: true).rawValue == 6)
    }
}

extension Push {
    /// Stands in for the push that an intake does not make of a body without rows.
    fileprivate static func none(ifNoRowsIn body: PushBody) -> Push? {
        guard body.streams.allSatisfy({ $0.entries.isEmpty }) else { return nil }
        return Push(tenant: .default, arrival: APIRequest.arrival, batch: LineBatch())
    }
}

extension PushIntake {
    fileprivate func rows(_ body: [UInt8], _ type: String) throws -> [String] {
        try read(.push(body, type)).push?.batch.rows ?? []
    }
}

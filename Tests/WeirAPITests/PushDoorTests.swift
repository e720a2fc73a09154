import Testing
import WeirAPI
import WeirModel

@Suite struct PushDoorTests {
    private let now = APIRequest.arrival.nanoseconds
    private let hour: Int64 = 3600 * 1_000_000_000

    @Test func `ages are checked against the time of arrival`() throws {
        var limits = PushLimits.plain
        limits.rejectsOld = true
        let body = PushBody(
            ["app": "web"], .init(now - 169 * hour, "old"), .init(now - 167 * hour, "fine"), .init(now + hour, "new"),
            .init(now + hour / 10, "soon"))
        let outcome = try PushIntake(limits: limits).read(.push(body.json, "application/json"))
        #expect(outcome.push?.batch.rows.map { $0.suffix(4) } == ["fine", "soon"])
        #expect(outcome.push?.body == nil)
        #expect(
            outcome.fault == """
                1 errors like: entry for stream '{app="web"}' has timestamp too new: 2023-11-14T23:13:20Z; \
                1 errors like: entry for stream '{app="web"}' has timestamp too old: 2023-11-07T21:13:20Z, \
                oldest acceptable timestamp is: 2023-11-07T22:13:20Z
                """)
        #expect(outcome.rejectedRows == ["greater_than_max_sample_age": 1, "too_far_in_future": 1])
    }

    @Test func `one fault is told as it is, repeated ones are counted`() throws {
        let one = PushBody(["a": "b"], .init(4_102_444_800_000_000_000, "x"))
        #expect(try fault(one) == #"entry for stream '{a="b"}' has timestamp too new: 2100-01-01T00:00:00Z"#)
        let two = PushBody(["a": "b"], .init(4_102_444_800_000_000_000, "x"), .init(4_102_444_800_000_000_000, "y"))
        #expect(
            try fault(two) == #"2 errors like: entry for stream '{a="b"}' has timestamp too new: 2100-01-01T00:00:00Z"#)
    }

    @Test func `the answer to many different faults stays short`() throws {
        var body = PushBody(["a": "b"])
        body.streams[0].entries = (0..<5000).map { .init(4_102_444_800_000_000_000 + Int64($0) * 1_000_000_000, "x") }
        let text = try #require(try fault(body))
        #expect(text.utf8.count < 20_000)
        #expect(text.hasSuffix("; 4900 other errors"))
    }

    @Test func `a missing time is Go's zero time`() throws {
        var limits = PushLimits.plain
        limits.rejectsOld = true
        let request = APIRequest.pushJSON(#"{"streams":[{"stream":{"a":"b"},"values":[[]]}]}"#)
        let fault = try PushIntake(limits: limits).read(request).fault
        #expect(fault?.contains("too old: 0001-01-01T00:00:00Z, oldest") == true)
    }

    @Test func `long lines are left out, the rest is stored`() throws {
        var limits = PushLimits.plain
        limits.lineBytesMax = 5
        let body = PushBody(["a": "b"], .init(1, "12345"), .init(2, "123456"))
        let outcome = try PushIntake(limits: limits).read(.push(body.protobuf, "application/x-protobuf"))
        #expect(outcome.push?.batch.rows == [#"1 {a="b"} [] 12345"#])
        #expect(outcome.lineBytes == 5)
        #expect(
            outcome.fault
                == #"max entry size '5' bytes exceeded for stream '{a="b"}' while adding an entry with length '6' bytes"#
        )
        limits.lineBytesMax = 0
        #expect(try PushIntake(limits: limits).read(.push(body.json, "application/json")).fault == nil)
    }

    @Test func `streams with too many or too long labels are refused whole`() throws {
        var labels = LabelSet((0..<15).map { Label("l\($0 + 10)", "v") })
        #expect(try fault(PushBody(labels, .init(1, "x"))) == nil)
        labels["app"] = "a"
        #expect(
            try fault(PushBody(labels, .init(1, "x"), .init(2, "y")))
                == "entry for stream '\(labels)' has 16 label names; limit 15")
        labels["app"] = nil
        labels["service_name"] = "the sixteenth"
        #expect(try fault(PushBody(labels, .init(1, "x"))) == nil)
        let long = String(repeating: "v", count: 2049)
        #expect(
            try fault(PushBody(["a": long], .init(1, "x")))
                == "stream '{a=\"\(long)\"}' has label value too long: '\(long)'")
        let name = String(repeating: "n", count: 1025)
        #expect(
            try fault(PushBody([name: "a"], .init(1, "x")))
                == "stream '{\(name)=\"a\"}' has label name too long: '\(name)'")
    }

    @Test func `metadata is bounded in bytes and pairs`() throws {
        let big = PushBody(["a": "b"], .init(1, "x", [Label("big", String(repeating: "v", count: 65_600))]))
        #expect(
            try fault(big) == """
                stream '{a="b"}' has structured metadata too large: '65603' bytes, limit: '65536' bytes. Please see \
                `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it
                """)
        let many = PushBody(["a": "b"], .init(1, "x", (0..<129).map { Label("m\($0)", "v") }), .init(2, "ok"))
        let outcome = try PushIntake(limits: .plain).read(.push(many.json, "application/json"))
        #expect(outcome.push?.batch.rows == [#"2 {a="b"} [] ok"#])
        #expect(
            outcome.fault == """
                stream '{a="b"}' has too many structured metadata labels: '129' labels, limit: '128' labels. Please see \
                `limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it
                """)
    }

    private func fault(_ body: PushBody) throws -> String? {
        try PushIntake(limits: .plain).read(.push(body.protobuf, "application/x-protobuf")).fault
    }
}

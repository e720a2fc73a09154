import LogQL
import Testing
import WeirModel

@Suite struct FieldDetectionTests {
    /// `name kind parsers path values` of each field found in lines of the stream `{app="web"}`.
    private func fields(
        _ lines: [String], metadata: LabelSet = .empty, parsed: LabelSet = .empty, fieldsMax: Int = 100
    ) -> [String] {
        let entries = lines.enumerated().map { index, line in
            ResultEntry(timestamp: Timestamp(nanoseconds: Int64(index)), line: Array(line.utf8))
        }
        let stream = ResultStream(
            labels: ["app": "web"], streamLabels: ["app": "web"], metadata: metadata, parsed: parsed, entries: entries)
        return FieldDetection.fields(in: [stream], fieldsMax: fieldsMax).map { field in
            let path = field.path?.joined(separator: "/") ?? "-"
            return "\(field.name) \(field.kind) \(field.parsers.joined(separator: "+")) \(path) \(field.values)"
        }
    }

    @Test(arguments: [
        ("5", DetectedField.Kind.int), ("-7", .int), ("5.5", .float), ("99999999999999999999", .float), ("1e3", .float),
        ("true", .boolean), ("F", .boolean), ("1m30s", .duration), ("5KB", .bytes), ("6 MiB", .bytes), ("x", .string),
        ("5 apples", .string),
    ])
    func `the kind of a field is guessed from numbers to text`(value: String, kind: DetectedField.Kind) {
        #expect(fields([#"{"v":"\#(value)"}"#]) == ["v \(kind) json v [\"\(value)\"]"])
    }

    @Test func `one fraction makes whole numbers floats`() {
        #expect(fields(["v=1", "v=2.5", "v=1"]) == [#"v float logfmt - ["1", "2.5"]"#])
    }

    @Test func `keys become label names, and the path keeps them`() {
        #expect(
            fields([#"{"9 lives":{"a.b":1,"list":[1,{"x":2}],"no":null},"app":"x","d\"q":"y"}"#]) == [
                #"_9_lives_a_b int json 9 lives/a.b ["1"]"#, #"app_extracted string json app ["x"]"#,
                #"d_q string json d"q ["y"]"#,
            ])
    }

    @Test func `broken JSON is read as logfmt`() {
        #expect(fields([#"{"a":1"#, "b=2"]) == [#"b int logfmt - ["2"]"#])
    }

    @Test func `metadata has no parser, and what stages made keeps its name`() {
        #expect(
            fields(["x=1"], metadata: ["trace": "t1"], parsed: ["made": "m", "__error__": "JSONParserErr"]) == [
                #"made string logfmt - ["m"]"#, #"trace string  - ["t1"]"#, #"x int logfmt - ["1"]"#,
            ])
    }

    @Test func `no more fields are told than wanted, those met first`() {
        #expect(fields(["z=1 y=2", "a=3"], fieldsMax: 2) == [#"y int logfmt - ["2"]"#, #"z int logfmt - ["1"]"#])
    }
}

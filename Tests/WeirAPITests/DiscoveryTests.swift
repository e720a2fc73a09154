import Testing
import WeirAPI
import WeirModel

/// Levels and services are those that Loki 3.7.6 found in the same lines.
@Suite struct DiscoveryTests {
    @Test func `the service is named by the first label of the list`() throws {
        func check(_ labels: LabelSet, _ name: String) throws {
            let batch = try batch(PushBody(labels, .init(1, "x")))
            #expect(batch.streams.first?["service_name"] == name)
        }
        try check(["service_name": "own", "app": "a"], "own")
        try check(["container": "ctr", "app": "app"], "app")
        try check(["k8s_job_name": "j", "job": "i"], "i")
        try check(["filename": "/var/log/x.log"], "unknown_service")
        let none = try batch(PushBody(streams: [([:], [.init(1, "x")])]))
        #expect(none.streams == [["service_name": "unknown_service"]])
    }

    @Test func `levels are read from the line`() throws {
        func check(_ level: String, _ lines: String...) throws {
            for line in lines {
                let batch = try batch(PushBody(["zone": "z"], .init(1, line)))
                #expect(batch.metadataLabels(ofRow: 0) == [Label("detected_level", level)], "\(line)")
            }
        }
        try check(
            "error", #"{"severity":"ERROR","msg":"severity key"}"#, #"{"level":"odd","msg":"unknown error value"}"#,
            "level=error msg=logfmt", "ERROR something broke", "this has error: in it", "error,comma", "an err! short",
            "no\terror\there", #"{"msg":"error inside json without level"}"#, "{not json} error",
            #"  {"level":"error"}  "#)
        try check(
            "warn", #"{"level":"warn","msg":"json level"}"#, #"level="warning" msg=quoted"#, "[WARN] bracket style",
            "Warning: capital", #"{"log.level":"warn"}"#, #"{"log":{"level":"warn"}}"#, #"{"SeverityText":"WARN"}"#,
            #"{"severity_text":"Wrn"}"#)
        try check("debug", #"{"Level":"Debug","msg":"cap key"}"#, "lvl=dbg msg=short")
        try check(
            "fatal", #"{"a":{"level":"fatal"},"msg":"nested two"}"#,
            #"{"a":{"b":{"level":"fatal"}},"msg":"nested three"}"#,
            "fatal")
        try check("critical", "severity=CRITICAL msg=crit", "critical: disk")
        try check("trace", #"{"lvl":"trc","msg":"lvl key"}"#, "trace id=1")
        try check(
            "info", "LEVEL=Information msg=full", "(info) paren", "level=info but also error later", "INFO then ERROR")
        try check(
            "unknown", #"{"level":5,"msg":"number"}"#, "level=weird msg=unknown", "msg=only key=value",
            "terror is not a level", "debugging is not debug-word", "plain", "", "xerror", "error_code=5",
            "status:error")
    }

    @Test func `logfmt fields are ranked and quoted values skipped`() throws {
        func check(_ line: String, _ level: String) throws {
            let batch = try batch(PushBody(["zone": "z"], .init(1, line)))
            #expect(batch.metadataLabels(ofRow: 0).last?.value == level, "\(line)")
        }
        try check("severity=warn level=debug", "debug")
        try check(#"msg="level=fatal \" x" lvl=info"#, "info")
        try check("level= info", "info")
        try check("a=level=dbg", "unknown")
        try check(#"a="level=dbg" lvl=trc"#, "trace")
        try check(#"a="level=dbg\" level=dbg" severity=wrn"#, "warn")
        try check("=x level=warn", "warn")
        try check(#"level="error"#, "error")
        try check(#"level="err\"#, "error")
    }

    @Test func `labels win over metadata, metadata over the line`() throws {
        let label = try batch(
            PushBody(["level": "WARNING"], .init(1, "level=error"), .init(2, "x", [Label("level", "info")])))
        #expect(label.metadataLabels(ofRow: 0) == [Label("detected_level", "warn")])
        #expect(label.metadataLabels(ofRow: 1) == [Label("level", "info"), Label("detected_level", "warn")])
        let odd = try batch(PushBody(["severity": "Notice"], .init(1, "error")))
        #expect(odd.metadataLabels(ofRow: 0) == [Label("detected_level", "Notice")])
        func check(_ metadata: Label, _ expected: Label...) throws {
            let batch = try batch(PushBody(["zone": "z"], .init(1, "level=info", [metadata])))
            #expect(batch.metadataLabels(ofRow: 0) == expected)
        }
        try check(Label("level", "ERROR"), Label("level", "ERROR"), Label("detected_level", "error"))
        try check(Label("detected_level", "Inf"), Label("detected_level", "info"))
        try check(Label("detected_level", "custom"), Label("detected_level", "custom"))
        try check(Label("severity_text", "dbg"), Label("severity_text", "dbg"), Label("detected_level", "debug"))
        try check(Label("severity", "odd"), Label("severity", "odd"), Label("detected_level", "odd"))
        try check(Label("other", "x"), Label("other", "x"), Label("detected_level", "info"))
    }

    @Test(arguments: [
        ("0", "unknown"), ("1", "trace"), ("6", "debug"), ("9", "info"), ("13", "warn"), ("17", "error"),
        ("24", "fatal"),
        ("25", "unknown"), ("abc", "info"),
    ])
    func `a severity number decides before the text`(number: String, level: String) throws {
        let batch = try batch(PushBody(["zone": "z"], .init(1, "ERROR in text", [Label("severity_number", number)])))
        #expect(batch.metadataLabels(ofRow: 0).last == Label("detected_level", level))
    }

    private func batch(_ body: PushBody) throws -> LineBatch {
        let intake = PushIntake(limits: .discovering)
        let json = try #require(try intake.read(.push(body.json, "application/json")).push?.batch)
        let protobuf = try #require(try intake.read(.push(body.protobuf, "application/x-protobuf")).push?.batch)
        #expect(json.rows == protobuf.rows)
        return json
    }
}

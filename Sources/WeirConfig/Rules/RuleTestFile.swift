internal import WeirModel
public import WeirRules

/// A file of tests of rules: promtool's form, with `input_logs` beside `input_series`.
public struct RuleTestFile: Sendable {
    /// The files of the rules, as written: with wildcards, relative to the test's file.
    public var ruleFiles: [String] = []
    /// `evaluation_interval`, in nanoseconds.
    public var intervalNanoseconds: Int64 = 60 * 1_000_000_000
    /// `group_eval_order`: groups that come first, by name.
    public var order: [String] = []
    /// The tests.
    public var tests: [RuleTest] = []
    /// Remarks in the order of the file.
    public var diagnostics: [Diagnostic] = []

    /// Whether there is no error among the remarks.
    public var isUsable: Bool { !diagnostics.contains { $0.severity == .error } }

    /// Reads a file's text.
    public static func read(_ text: String, file: String) -> RuleTestFile {
        var result = RuleTestFile()
        let remarks = YAMLReader.readFile(text, file: file, environment: nil) { result.apply($0) }
        result.diagnostics = remarks
        return result
    }

    private mutating func apply(_ map: YAMLMap) {
        ruleFiles = map.value("rule_files")?.texts ?? []
        if let nanoseconds = map.value("evaluation_interval")?.nanoseconds, nanoseconds > 0 {
            intervalNanoseconds = nanoseconds
        }
        order = map.value("group_eval_order")?.texts ?? []
        map.ignore([IgnoredKey("fuzzy_compare", "has no effect: the last digits never count")])
        for element in map.value("tests")?.list ?? [] {
            guard let section = element.map else { continue }
            tests.append(RuleTestFile.test(section))
            section.finish()
        }
        // A file may hold rules and their tests.
        _ = map.value("groups")
    }

    private static func test(_ map: YAMLMap) -> RuleTest {
        var test = RuleTest()
        test.name = map.value("name")?.text ?? ""
        if let nanoseconds = map.value("interval")?.nanoseconds, nanoseconds > 0 { test.stepNanoseconds = nanoseconds }
        if let start = map.value("start_timestamp") {
            if let seconds = start.text.flatMap({ Int64($0) }) {
                test.start = Timestamp(nanoseconds: seconds &* 1_000_000_000)
            } else {
                start.remark(.error, "expected seconds since 1970")
            }
        }
        test.externalLabels = RuleReader.labels(map, "external_labels", isAlert: true)
        test.externalURL = map.value("external_url")?.text ?? ""
        for element in map.value("input_series")?.list ?? [] {
            if let section = element.map { series(section, into: &test) }
        }
        for element in map.value("input_logs")?.list ?? [] {
            if let section = element.map { lines(section, into: &test) }
        }
        for element in map.value("alert_rule_test")?.list ?? [] {
            if let section = element.map { test.alerts.append(alerts(section)) }
        }
        for element in map.value("promql_expr_test")?.list ?? [] {
            if let section = element.map { test.queries.append(query(section)) }
        }
        return test
    }

    private static func series(_ map: YAMLMap, into test: inout RuleTest) {
        let name = map.value("series")
        let values = map.value("values")
        map.finish()
        guard let nameText = name?.text, let valueText = values?.text else {
            return map.remark(.error, key: "series", "an input series needs `series` and `values`")
        }
        let labels: LabelSet
        do {
            labels = try SeriesNotation.labels(nameText)
        } catch {
            name?.remark(.error, error.message)
            return
        }
        do {
            test.series.append(RuleTest.InputSeries(labels: labels, values: try SeriesNotation.values(valueText)))
        } catch {
            values?.remark(.error, error.message)
        }
    }

    private static func lines(_ map: YAMLMap, into test: inout RuleTest) {
        let labels = RuleReader.labels(map, "labels", isAlert: true)
        if labels.isEmpty { map.remark(.error, key: "labels", "lines need the labels of their stream") }
        for element in map.value("lines")?.list ?? [] {
            guard !element.isScalar else {
                let text = element.text ?? ""
                test.lines.append(
                    RuleTest.InputLine(labels: labels, atNanoseconds: 0, everyNanoseconds: 0, count: 1, line: text))
                continue
            }
            guard let section = element.map else { continue }
            let line = RuleTest.InputLine(
                labels: labels, atNanoseconds: section.value("at")?.nanoseconds ?? 0,
                everyNanoseconds: section.value("every")?.nanoseconds ?? 0,
                count: section.integer("count", in: 1...10_000_000) ?? 1, line: section.value("line")?.text ?? "")
            section.finish()
            test.lines.append(line)
        }
        map.finish()
    }

    private static func alerts(_ map: YAMLMap) -> RuleTest.AlertExpectation {
        var expectation = RuleTest.AlertExpectation(
            atNanoseconds: map.value("eval_time")?.nanoseconds ?? 0, name: map.value("alertname")?.text ?? "",
            group: map.value("groupname")?.text, alerts: [])
        for element in map.value("exp_alerts")?.list ?? [] {
            guard let section = element.map else { continue }
            let isPending = section.value("exp_state")?.text == "pending"
            expectation.alerts.append(
                RuleTest.ExpectedAlert(
                    labels: RuleReader.labels(section, "exp_labels", isAlert: true),
                    annotations: RuleReader.labels(section, "exp_annotations", isAlert: true),
                    state: isPending ? .pending : .firing))
            section.finish()
        }
        map.finish()
        return expectation
    }

    private static func query(_ map: YAMLMap) -> RuleTest.QueryExpectation {
        var expectation = RuleTest.QueryExpectation(
            atNanoseconds: map.value("eval_time")?.nanoseconds ?? 0, expression: map.value("expr")?.text ?? "",
            samples: [:])
        for element in map.value("exp_samples")?.list ?? [] {
            guard let section = element.map else { continue }
            let labels = section.value("labels")
            let value = section.value("value")?.number ?? 0
            section.finish()
            do {
                expectation.samples[try SeriesNotation.labels(labels?.text ?? "{}")] = value
            } catch {
                labels?.remark(.error, error.message)
            }
        }
        map.finish()
        return expectation
    }
}

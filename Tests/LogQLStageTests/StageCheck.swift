import LogQL
import Testing
import WeirModel
import WeirTesting

/// One stream of lines in memory and checks of what stages make of it.
struct StageCheck {
    /// When the first line was written; the others follow second by second.
    static let start: Int64 = 1_700_000_000

    private let engine: QueryEngine

    init(
        _ lines: [String], labels: [Label] = [], metadata: [Label] = [],
        zoneFile: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) {
        var source = MemoryLogSource()
        let entries = lines.enumerated().map { index, line in
            MemoryLogSource.Entry(
                (StageCheck.start + Int64(index)) * 1_000_000_000, line, metadata: metadata)
        }
        source.add(LabelSet([Label("app", "web")] + labels), entries)
        var limits = QueryLimits()
        limits.workers = 2
        engine = QueryEngine(
            source: source, limits: limits, clocks: .init(monotonic: { 0 }, wall: { 0 }, zoneFile: zoneFile))
    }

    /// The entries that pass in order of time, each as `{name=value, …} line` without the label `app="web"`; or why
    /// the query is refused.
    func answer(_ stages: String) async -> [String] {
        let request = QueryRequest(
            text: "{app=\"web\"} \(stages)",
            time: .range(
                start: Timestamp(nanoseconds: StageCheck.start * 1_000_000_000),
                end: Timestamp(nanoseconds: (StageCheck.start + 1000) * 1_000_000_000),
                stepNanoseconds: 1_000_000_000),
            direction: .forward, limit: 100, intervalNanoseconds: 0)
        do {
            guard case .streams(let streams) = try await engine.run(request).result else { return ["no streams"] }
            let entries = streams.flatMap { stream in
                stream.entries.map { (at: $0.timestamp.nanoseconds, text: StageCheck.text(stream.labels, $0.line)) }
            }
            return entries.sorted { $0.at < $1.at }.map(\.text)
        } catch .syntax(let error) {
            return ["refused: \(error.message)"]
        } catch {
            return ["failed: \(error)"]
        }
    }

    /// Checks the entries that pass the stages.
    func check(
        _ stages: String, _ expected: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        #expect(await answer(stages) == expected, "\(stages)", sourceLocation: sourceLocation)
    }

    /// Checks what remains of the only line after `line_format` with the template.
    func checkLine(
        _ template: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let found = await answer("| line_format `\(template)` | keep __error__")
        #expect(found == ["{} " + expected], "\(template)", sourceLocation: sourceLocation)
    }

    /// Checks why `line_format` with the template leaves the only line as it is.
    func checkFailure(
        _ template: String, _ details: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let found = await answer("| line_format `\(template)` | keep __error__")
        let expected =
            "{__error__=TemplateFormatErr, __error_details__=template: line:1:3: executing \"line\" at \(details)"
        #expect(found.map { $0.hasPrefix(expected) } == [true], "\(template): \(found)", sourceLocation: sourceLocation)
    }

    private static func text(_ labels: LabelSet, _ line: [UInt8]) -> String {
        let pairs = labels.labels.filter { $0 != Label("app", "web") }.map { "\($0.name)=\($0.value)" }
        return "{\(pairs.joined(separator: ", "))} \(String(decoding: line, as: UTF8.self))"
    }
}

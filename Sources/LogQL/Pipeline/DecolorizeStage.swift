import WeirRegex

/// `| decolorize`: removes the escape sequences with which terminals colour text.
final class DecolorizeStage: Sendable {
    /// The sequences that Loki takes out: an introducer (ESC, or CSI as one character), then either parameters up to
    /// BEL or numbers up to a final letter. Anything else after an introducer stays.
    private static let sequence =
        #"[\x{1b}\x{9b}][\[\]()#;?]*"#
        + #"(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\x{07})|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))"#

    private let pattern: Pattern

    /// Builds the running form.
    init() throws(StageError) {
        do { pattern = try Pattern(DecolorizeStage.sequence) } catch { throw StageError(error.goText) }
    }

    /// Rewrites lines that hold an introducer; every entry goes on.
    func apply(to entry: inout PipelineEntry) -> Bool {
        let line = entry.line
        guard DecolorizeStage.hasIntroducer(line) else { return true }
        let target = entry.arena.allocate(line.count)
        var written = 0
        var start = 0
        var spans: [Range<Int>?] = [nil]
        while start < line.count, pattern.search(line, from: start, spans: &spans), let found = spans[0] {
            DecolorizeStage.append(line, start..<found.lowerBound, to: target, at: &written)
            start = found.upperBound
        }
        DecolorizeStage.append(line, start..<line.count, to: target, at: &written)
        entry.line = entry.arena.trim(target, to: written)
        return true
    }

    /// Whether ESC or the second byte of U+009B occurs.
    private static func hasIntroducer(_ line: UnsafeRawBufferPointer) -> Bool {
        for byte in line where byte == 0x1b || byte == 0x9b { return true }
        return false
    }

    private static func append(
        _ line: UnsafeRawBufferPointer, _ range: Range<Int>, to target: UnsafeMutableRawBufferPointer,
        at written: inout Int
    ) {
        guard !range.isEmpty else { return }
        let part = UnsafeRawBufferPointer(rebasing: line[range])
        UnsafeMutableRawBufferPointer(rebasing: target[written...]).copyMemory(from: part)
        written += part.count
    }
}

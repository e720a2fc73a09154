internal import FoundationEssentials
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// Prints what stages did to entries: each change on a line of its own, in colour where a person reads.
final class TracePrinter {
    private let isBrief: Bool
    private let isColoured: Bool
    private var failure: FileError?

    init(isBrief: Bool) {
        self.isBrief = isBrief
        let refusesColour = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        isColoured = StandardStream.output.isTerminal && !refusesColour
    }

    /// Says where the next entries come from.
    func announce(_ source: String) {
        if !isBrief { write(paint(.blue, "== \(source)")) }
    }

    /// Prints an entry, or that the entries of a file follow.
    func print(_ entry: TracedEntry?, of target: DryRun.Target?) {
        guard let entry else { return announce(target.map { "\($0.path) \($0.labels)" } ?? "") }
        if !isBrief {
            write(paint(.faint, "-- ") + entry.input)
            for step in entry.steps { printStep(step) }
        }
        guard let output = entry.output else { return }
        let time = CivilTime(nanoseconds: output.timestamp).exact
        let metadata = output.metadata.isEmpty ? "" : " \(LabelSet(output.metadata))"
        write("\(paint(.faint, time))\t\(paint(.cyan, output.labels.description))\(metadata)\t\(output.line)")
    }

    /// Throws what went wrong while writing.
    func finish() throws(FileError) {
        if let failure { throw failure }
    }

    private func printStep(_ step: TracedEntry.Step) {
        switch step.end {
        case .dropped: return write("   \(step.stage): \(paint(.red, "dropped"))")
        case .held: return write("   \(step.stage): \(paint(.yellow, "held until the next line comes"))")
        case nil: break
        }
        guard !step.changes.isEmpty else { return write(paint(.faint, "   \(step.stage): nothing changed")) }
        for change in step.changes {
            let (before, after) = (shown(change, change.before), shown(change, change.after))
            let text =
                switch (before, after) {
                case (nil, let after?): paint(.green, "+ \(after)")
                case (let before?, nil): paint(.red, "- \(before)")
                default: "\(paint(.red, before ?? "")) → \(paint(.green, after ?? ""))"
                }
            write("   \(step.stage): \(change.subject) \(text)")
        }
    }

    private func shown(_ change: TracedEntry.Change, _ text: String?) -> String? {
        guard let text else { return nil }
        if change.subject == "time", let time = Int64(text) { return CivilTime(nanoseconds: time).exact }
        return text.replacing("\n", with: "\\n")
    }

    private func paint(_ colour: Colour, _ text: String) -> String {
        isColoured ? colour.paint(text) : text
    }

    /// Stops writing at the first failure, which ``finish()`` tells.
    private func write(_ line: String) {
        guard failure == nil else { return }
        do throws(FileError) { try StandardStream.output.writeLine(line) } catch { failure = error }
    }
}

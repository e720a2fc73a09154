internal import FoundationEssentials
internal import WeirBytes
internal import WeirModel
internal import WeirSystem

/// Turns rows into what stands on the terminal or goes down the pipe.
struct RowPrinter {
    let form: OutputForm
    let isColoured: Bool
    /// Labels that every row has; said once instead of on each.
    var hiddenLabels: Set<String> = []

    /// A printer for standard output: coloured when a person reads and `NO_COLOR` is not set.
    init(_ form: OutputForm) {
        let refusesColour = ProcessInfo.processInfo.environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        self.form = form
        isColoured = form == .default && StandardStream.output.isTerminal && !refusesColour
    }

    /// Prints all rows; in the default form labels common to several streams are said once, on standard error.
    mutating func printAnswer(_ rows: [Row]) throws {
        let common = Self.commonLabels(of: rows)
        if form == .default, !common.isEmpty {
            hiddenLabels = Set(common.labels.map(\.name))
            try StandardStream.error.writeLine("Common labels: \(common)")
        }
        try printRows(rows)
    }

    /// Prints rows as they are.
    func printRows(_ rows: [Row]) throws {
        var bytes: [UInt8] = []
        for row in rows {
            switch form {
            case .default: bytes += defaultText(row).utf8
            case .raw: bytes += row.text.utf8
            case .jsonl: bytes += Self.object(row)
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        if !bytes.isEmpty { try StandardStream.output.write(bytes) }
    }

    private func defaultText(_ row: Row) -> String {
        let time = CivilTime(nanoseconds: row.nanoseconds).milliseconds
        let labels = row.labels.removing(hiddenLabels)
        guard isColoured else { return "\(time) \(labels) \(row.text)" }
        let hue = Self.labelHues[Int(row.labels.fingerprint % UInt64(Self.labelHues.count))]
        return "\(Colour.dim(time)) \(hue.paint(labels.description)) \(Colour.ofLevel(in: row.labels).paint(row.text))"
    }

    private static func object(_ row: Row) -> [UInt8] {
        var json = JSONWriter()
        json.raw("{\"timestamp\":")
        json.string(CivilTime(nanoseconds: row.nanoseconds).exact)
        appendMember("labels", row.labels, to: &json)
        if !row.metadata.isEmpty { appendMember("metadata", row.metadata, to: &json) }
        json.raw(",\"line\":")
        json.string(row.text)
        json.raw("}")
        return json.bytes
    }

    private static func appendMember(_ name: StaticString, _ labels: LabelSet, to json: inout JSONWriter) {
        json.raw(",\"")
        json.raw(name)
        json.raw("\":{")
        for (position, label) in labels.labels.enumerated() {
            if position > 0 { json.raw(",") }
            json.string(label.name)
            json.raw(":")
            json.string(label.value)
        }
        json.raw("}")
    }

    private static func commonLabels(of rows: [Row]) -> LabelSet {
        guard let first = rows.first?.labels, rows.contains(where: { $0.labels != first }) else { return .empty }
        return LabelSet(first.labels.filter { label in rows.allSatisfy { $0.labels[label.name] == label.value } })
    }

    private static let labelHues: [Colour] = [.cyan, .blue, .magenta, .green, .brightCyan, .brightBlue]
}

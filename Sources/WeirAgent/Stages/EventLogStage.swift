/// Takes the text of a Windows event apart: `Key: value` lines, and sections whose keys stand indented below.
final class EventLogStage: Sendable {
    private let source: Int
    private let keepsInvalidNames: Bool
    private let overwrites: Bool

    init(_ settings: StageConfiguration.EventLogMessage, _ plan: inout StagePlan) {
        source = plan.value(settings.source)
        keepsInvalidNames = !settings.dropsInvalidNames
        overwrites = settings.overwritesExisting
    }

    /// Sets the values whose names some stage knows.
    ///
    /// - Parameter names: the names that some stage asks for; nobody would see other values.
    func run(_ work: inout EntryWork, _ names: NameTable, _ scratch: inout ScratchArena) {
        guard let message = work.values[source] else { return }
        var isFirst = true
        for line in message.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
            let text = UnsafeRawBufferPointer(rebasing: line)
            defer { isFirst = false }
            guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
                // The first line is a sentence about the event.
                if isFirst { set("Description", EventLogStage.trimmed(text), &work, names) }
                continue
            }
            let name = EventLogStage.trimmed(text.part(0..<colon)).text
            let value = EventLogStage.trimmed(text.part(colon + 1..<text.count))
            guard let valid = validName(name) else { continue }
            set(valid, value, &work, names)
        }
    }

    private func set(
        _ name: String, _ value: UnsafeRawBufferPointer, _ work: inout EntryWork, _ names: NameTable
    ) {
        guard var place = names.find(name) else { return }
        if work.values[place] != nil, !overwrites {
            guard let other = names.find(name + "_extracted") else { return }
            place = other
        }
        work.values[place] = value
    }

    /// The name as a label may have it; nil when it is to be left out.
    private func validName(_ name: String) -> String? {
        let isValid = { (byte: UInt8) in (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5f }
        let first = name.utf8.first
        if let first, first &- 0x30 >= 10, name.utf8.allSatisfy(isValid) { return name }
        guard keepsInvalidNames, let first else { return nil }
        let changed = String(decoding: name.utf8.map { isValid($0) ? $0 : 0x5f }, as: UTF8.self)
        return first &- 0x30 < 10 ? "_" + changed : changed
    }

    private static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var range = 0..<text.count
        while let last = range.last, text[last] <= 0x20 { range.removeLast() }
        while let first = range.first, text[first] <= 0x20 { range.removeFirst() }
        return text.part(range)
    }
}

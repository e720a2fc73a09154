/// The rows of a push that were left out, grouped by message as Loki's answer groups them.
struct PushFaults {
    /// Rows left out, by Loki's reason label.
    private(set) var rowsByReason: [String: Int] = [:]
    private var countByMessage: [String: Int] = [:]
    private var unlistedCount = 0

    /// The most distinct messages in an answer: each old entry makes one of its own, and clients keep 1 KiB at most.
    private static let messagesMax = 100

    /// Whether nothing was left out.
    var isEmpty: Bool { countByMessage.isEmpty }

    /// Records rows left out for one fault.
    mutating func add(_ message: @autoclosure () -> String, reason: String, rows: Int = 1) {
        rowsByReason[reason, default: 0] += rows
        guard countByMessage.count < PushFaults.messagesMax else {
            unlistedCount += 1
            return
        }
        countByMessage[message(), default: 0] += 1
    }

    /// The text of the answer: a single fault as it is, several as `N errors like: …; M errors like: …`.
    var text: String {
        let isSingle = countByMessage.count == 1 && unlistedCount == 0 && countByMessage.values.first == 1
        if isSingle { return countByMessage.keys.first ?? "" }
        var parts = countByMessage.sorted { $0.key < $1.key }.map { "\($0.value) errors like: \($0.key)" }
        if unlistedCount > 0 { parts.append("\(unlistedCount) other errors") }
        return parts.joined(separator: "; ")
    }
}

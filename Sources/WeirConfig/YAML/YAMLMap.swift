internal import Yams

/// A map of keys that remembers which of them were asked for, so that the others can be remarked on.
final class YAMLMap {
    let keyPath: String
    let remarks: Remarks
    private let entries: [(key: String, mark: Mark?, value: Node)]
    private var known: [String] = []

    init(_ pairs: [(key: Node, value: Node)], keyPath: String, _ remarks: Remarks) {
        self.keyPath = keyPath
        self.remarks = remarks
        entries = pairs.map { (key: $0.key.string ?? "", mark: $0.key.mark, value: $0.value) }
    }

    /// The keys in order.
    var keys: [String] { entries.map(\.key) }

    /// The value of a key, which is known from now on; nil when absent or null.
    func value(_ key: String) -> YAMLValue? {
        presentValue(key).flatMap { $0.isNull ? nil : $0 }
    }

    /// The value of a key, null included; nil when absent.
    func presentValue(_ key: String) -> YAMLValue? {
        known.append(key)
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        return YAMLValue(entry.value, keyPath: path(of: key), remarks)
    }

    /// Gives the map behind a key to `body`, and afterwards remarks on keys that nobody asked for.
    func section(_ key: String, _ body: (YAMLMap) -> Void) {
        guard let map = value(key)?.map else { return }
        body(map)
        map.finish()
    }

    /// A number that must lie in a range.
    func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(key), let number = value.integer else { return nil }
        if range.contains(number) { return number }
        value.remark(.error, "\(number) is not in \(range.lowerBound)...\(range.upperBound)")
        return nil
    }

    /// One of the words of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: String, _ type: Choice.Type) -> Choice? {
        guard let value = value(key), let text = value.text else { return nil }
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        value.remark(
            .error, "expected one of \(words.joined(separator: ", ")), found \(QuotedPart.quote(text))",
            replacement: NearestName.find(text, among: words))
        return nil
    }

    /// Pairs of texts in the order of the file; a null value is the empty text.
    func textPairs(_ key: String) -> [(name: String, value: String)]? {
        value(key)?.map?.allTextPairs()
    }

    /// All pairs of this map as texts.
    func allTextPairs() -> [(name: String, value: String)] {
        keys.compactMap { key in presentValue(key)?.text.map { (name: key, value: $0) } }
    }

    /// Remarks on keys that have no meaning here, with the reason that the table gives.
    func ignore(_ table: [IgnoredKey]) {
        let understood = known
        for entry in entries where !known.contains(entry.key) {
            // A misspelt key must not pass for one of the many that begin like it.
            guard NearestName.find(entry.key, among: understood, changesMax: 2) == nil || table.names(entry.key) else {
                continue
            }
            guard let ignored = table.first(where: { $0.matches(entry.key) }) else { continue }
            known.append(entry.key)
            remarks.add(ignored.severity, entry.mark, path(of: entry.key), ignored.reason)
        }
    }

    /// Remarks on keys that nobody asked for, naming the nearest that somebody did.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            remarks.add(
                .warning, entry.mark, path(of: entry.key), "unknown key, ignored",
                replacement: NearestName.find(entry.key, among: known))
        }
    }

    /// Adds a remark about a key.
    func remark(_ severity: Diagnostic.Severity, key: String, _ message: String, replacement: String? = nil) {
        let mark = entries.first { $0.key == key }?.mark ?? entries.first?.mark
        remarks.add(severity, mark, path(of: key), message, replacement: replacement)
    }

    private func path(of key: String) -> String {
        keyPath.isEmpty ? key : "\(keyPath).\(key)"
    }
}

/// A key that other programs know and Weir has no use for.
struct IgnoredKey {
    /// The key; one that ends in `*` stands for all that begin so.
    let name: String
    let severity: Diagnostic.Severity
    /// Why, and what happens instead.
    let reason: String

    init(_ name: String, _ severity: Diagnostic.Severity, _ reason: String) {
        self.name = name
        self.severity = severity
        self.reason = reason
    }

    /// A key without which nothing is lost.
    init(_ name: String, _ reason: String) {
        self.init(name, .note, reason)
    }

    fileprivate var isExact: Bool { !name.hasSuffix("*") }

    func matches(_ key: String) -> Bool {
        name.hasSuffix("*") ? key.hasPrefix(name.dropLast()) : key == name
    }
}

extension [IgnoredKey] {
    /// Whether a key stands in the table itself, not only what it begins with.
    fileprivate func names(_ key: String) -> Bool {
        contains { $0.isExact && $0.name == key }
    }
}

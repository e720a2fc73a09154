package import WeirModel

/// The streams of one day in memory: labels to id when lines come in, matchers to ids when questions do.
///
/// Stream ids are dense from zero in order of first appearance, and so are the ids of tenants, names and values; a
/// posting (the streams that carry a value) is therefore sorted just by appending. A stream costs about 60 bytes plus
/// 12 per label, because values are kept once. What was added since the last commit is the tail of each table.
package struct StreamIndex: Sendable {
    /// The tenants by id.
    private(set) var tenants: [String] = []
    /// The label names by id.
    private(set) var names: [Name] = []
    /// The label values by id.
    private(set) var values: [Value] = []
    /// The tenant of each stream.
    private(set) var streamTenants: [UInt32] = []
    /// The fingerprint of each stream's labels.
    private(set) var fingerprints: [UInt64] = []

    /// How much of the tables the database holds already.
    private(set) var persisted = Marks()

    private var tenantIDs: [String: UInt32] = [:]
    private var tenantStreams: [[UInt32]] = []
    private var nameIDs: [NameKey: UInt32] = [:]
    private var valueIDs: [ValueKey: UInt32] = [:]
    private var postings: [[UInt32]] = []
    // Stream `i` has the values `labelValues[labelStarts[i] ..< labelStarts[i + 1]]`, in order of name.
    private var labelStarts: [UInt32] = [0]
    private var labelValues: [UInt32] = []
    // Streams by hash: the newest one, and from each to the next older one with the same hash.
    private var newestByHash: [UInt64: UInt32] = [:]
    private var olderWithHash: [UInt32] = []
    private var remembered: [RememberedKey: RememberedMatch] = [:]

    /// A label name of one tenant.
    struct Name: Sendable {
        var tenant: UInt32
        var text: String
        /// The ids of its values, in order of appearance.
        var values: [UInt32] = []
    }

    /// A value of one label name.
    struct Value: Sendable {
        var name: UInt32
        var text: String
    }

    /// Lengths of the four tables.
    struct Marks: Sendable, Equatable {
        var tenants = 0
        var names = 0
        var values = 0
        var streams = 0
    }

    private struct NameKey: Hashable {
        var tenant: UInt32
        var text: String
    }

    private struct ValueKey: Hashable {
        var name: UInt32
        var text: ExactText
    }

    private struct RememberedKey: Hashable {
        var name: UInt32
        var matcher: Matcher
    }

    /// The values of a name that a pattern picked, of the first `examined` ones; values are only ever added.
    private struct RememberedMatch {
        var examined = 0
        var picked: [UInt32] = []
    }

    /// The most patterns whose outcome is kept. Dashboards repeat a handful; each costs four bytes per value picked.
    private static let rememberedMax = 64
    private static let none = UInt32.max

    /// Creates an index without streams.
    package init() {}

    /// The number of streams.
    package var count: Int { streamTenants.count }

    /// The current lengths of the tables.
    var marks: Marks {
        Marks(tenants: tenants.count, names: names.count, values: values.count, streams: count)
    }

    /// Notes that everything up to `marks` is committed.
    mutating func persisted(upTo marks: Marks) {
        persisted = marks
    }

    // MARK: - Streams

    /// The id of a stream; nil when the day has no such stream.
    package func id(of labels: LabelSet, tenant: Tenant) -> UInt32? {
        guard let tenantID = tenantIDs[tenant.name] else { return nil }
        return find(labels, tenant: tenantID, hash: StreamIndex.hash(labels.fingerprint, tenantID))
    }

    /// The id of a stream, which is added when the day did not have it.
    package mutating func register(_ labels: LabelSet, tenant: Tenant) -> UInt32 {
        let tenantID = register(tenant: tenant.name)
        let fingerprint = labels.fingerprint
        if let id = find(labels, tenant: tenantID, hash: StreamIndex.hash(fingerprint, tenantID)) { return id }
        var valueIDs: [UInt32] = []
        valueIDs.reserveCapacity(labels.count)
        for label in labels.labels {
            valueIDs.append(register(value: label.value, of: register(name: label.name, tenant: tenantID)))
        }
        return append(tenant: tenantID, fingerprint: fingerprint, values: valueIDs)
    }

    /// The labels of a stream.
    package func labels(of stream: UInt32) -> LabelSet {
        LabelSet(valueIDs(of: stream).map { Label(names[Int(values[Int($0)].name)].text, values[Int($0)].text) })
    }

    /// The ids of the label values of a stream, in order of name.
    func valueIDs(of stream: UInt32) -> ArraySlice<UInt32> {
        labelValues[Int(labelStarts[Int(stream)])..<Int(labelStarts[Int(stream) + 1])]
    }

    /// The id of a tenant; nil when the day has none of its lines.
    package func tenantID(_ tenant: Tenant) -> UInt32? { tenantIDs[tenant.name] }

    private static func hash(_ fingerprint: UInt64, _ tenant: UInt32) -> UInt64 {
        fingerprint ^ (UInt64(tenant) &* 0x9e37_79b9_7f4a_7c15)
    }

    private func find(_ labels: LabelSet, tenant: UInt32, hash: UInt64) -> UInt32? {
        var candidate = newestByHash[hash] ?? StreamIndex.none
        while candidate != StreamIndex.none {
            if streamTenants[Int(candidate)] == tenant && has(candidate, labels) { return candidate }
            candidate = olderWithHash[Int(candidate)]
        }
        return nil
    }

    private func has(_ stream: UInt32, _ labels: LabelSet) -> Bool {
        let ids = valueIDs(of: stream)
        guard ids.count == labels.count else { return false }
        for (id, label) in zip(ids, labels.labels) {
            let value = values[Int(id)]
            guard ExactText(value.text) == ExactText(label.value), names[Int(value.name)].text == label.name else {
                return false
            }
        }
        return true
    }

    // MARK: - Building, also from a database

    @discardableResult
    mutating func register(tenant text: String) -> UInt32 {
        if let id = tenantIDs[text] { return id }
        let id = UInt32(tenants.count)
        tenants.append(text)
        tenantStreams.append([])
        tenantIDs[text] = id
        return id
    }

    @discardableResult
    mutating func register(name text: String, tenant: UInt32) -> UInt32 {
        let key = NameKey(tenant: tenant, text: text)
        if let id = nameIDs[key] { return id }
        let id = UInt32(names.count)
        names.append(Name(tenant: tenant, text: text))
        nameIDs[key] = id
        return id
    }

    @discardableResult
    mutating func register(value text: String, of name: UInt32) -> UInt32 {
        let key = ValueKey(name: name, text: ExactText(text))
        if let id = valueIDs[key] { return id }
        let id = UInt32(values.count)
        values.append(Value(name: name, text: text))
        postings.append([])
        names[Int(name)].values.append(id)
        valueIDs[key] = id
        return id
    }

    /// Adds a stream that is not there yet.
    @discardableResult
    mutating func append(tenant: UInt32, fingerprint: UInt64, values: [UInt32]) -> UInt32 {
        let id = UInt32(count)
        streamTenants.append(tenant)
        fingerprints.append(fingerprint)
        labelValues.append(contentsOf: values)
        labelStarts.append(UInt32(labelValues.count))
        tenantStreams[Int(tenant)].append(id)
        for value in values { postings[Int(value)].append(id) }
        let hash = StreamIndex.hash(fingerprint, tenant)
        olderWithHash.append(newestByHash.updateValue(id, forKey: hash) ?? StreamIndex.none)
        return id
    }

    // MARK: - Matchers

    /// The streams of a tenant that fulfil all matchers.
    ///
    /// `=` is one look-up, a plain alternation one per word, any other pattern runs once over the distinct values of
    /// its name and is remembered. A matcher that accepts an absent label takes away what it refuses.
    package mutating func streams(tenant: Tenant, matchers: [Matcher]) -> StreamSet {
        guard let tenantID = tenantIDs[tenant.name] else { return StreamSet(capacity: 0) }
        // Look-ups first: they are cheap and may leave nothing for the patterns to do.
        let ordered = matchers.filter { $0.comparison == .equal } + matchers.filter { $0.comparison != .equal }
        var result = StreamSet(tenantStreams[Int(tenantID)], capacity: count)
        for matcher in ordered {
            let nameID = nameIDs[NameKey(tenant: tenantID, text: matcher.name)]
            if matcher.acceptsEmpty {
                guard let nameID else { continue }
                for value in picked(by: matcher, of: nameID, accepting: false) {
                    for stream in postings[Int(value)] { result.remove(stream) }
                }
            } else {
                guard let nameID else { return StreamSet(capacity: count) }
                var accepted = StreamSet(capacity: count)
                for value in picked(by: matcher, of: nameID, accepting: true) {
                    for stream in postings[Int(value)] { accepted.insert(stream) }
                }
                result.formIntersection(accepted)
            }
            if result.isEmpty { break }
        }
        return result
    }

    /// The ids of the values that `matcher` accepts, or those that it refuses.
    private mutating func picked(by matcher: Matcher, of name: UInt32, accepting: Bool) -> [UInt32] {
        if let words = StreamIndex.words(of: matcher, accepting: accepting) {
            return Set(words.map(ExactText.init)).compactMap { valueIDs[ValueKey(name: name, text: $0)] }
        }
        let key = RememberedKey(name: name, matcher: matcher)
        var match = remembered[key] ?? RememberedMatch()
        let candidates = names[Int(name)].values
        for value in candidates[match.examined...] where matcher.accepts(values[Int(value)].text) == accepting {
            match.picked.append(value)
        }
        match.examined = candidates.count
        if remembered.count >= StreamIndex.rememberedMax { remembered.removeAll() }
        remembered[key] = match
        return match.picked
    }

    /// The texts that a matcher is about, when looking them up is all there is to do; nil for real patterns.
    private static func words(of matcher: Matcher, accepting: Bool) -> [String]? {
        switch matcher.comparison {
        case .equal where accepting, .notEqual where !accepting:
            return [matcher.value]
        case .matches where accepting, .doesNotMatch where !accepting:
            let isPlain = matcher.value.utf8.allSatisfy { byte in
                let letter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                let digit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                return letter || digit || "|_-/: ,".utf8.contains(byte)
            }
            guard isPlain else { return nil }
            return matcher.value.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        default:
            return nil
        }
    }

    // MARK: - Label questions

    /// The label names that streams of the set carry; unsorted.
    package func labelNames(of streams: StreamSet) -> Set<String> {
        var isSeen = [Bool](repeating: false, count: names.count)
        streams.forEach { stream in
            for value in valueIDs(of: stream) { isSeen[Int(values[Int(value)].name)] = true }
        }
        return Set(names.indices.lazy.filter { isSeen[$0] }.map { names[$0].text })
    }

    /// The values of a label that streams of the set carry; unsorted.
    package func labelValues(of name: String, tenant: Tenant, in streams: StreamSet) -> Set<ExactText> {
        guard let tenantID = tenantIDs[tenant.name],
            let nameID = nameIDs[NameKey(tenant: tenantID, text: name)]
        else { return [] }
        return Set(
            names[Int(nameID)].values.lazy
                .filter { streams.intersects(postings[Int($0)]) }
                .map { ExactText(values[Int($0)].text) })
    }
}

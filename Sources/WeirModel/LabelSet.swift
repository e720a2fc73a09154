/// The labels of a stream or series: sorted by the bytes of their names, each name once.
///
/// A label with an empty value is kept as given: query results tell `x=""` from an absent `x`. Streams drop such
/// labels at the door.
public struct LabelSet: Hashable, Sendable {
    /// The labels in order of name.
    public private(set) var labels: [Label]

    /// The set without labels.
    public static let empty = LabelSet()

    /// Creates the empty set.
    public init() {
        labels = []
    }

    /// Creates a set from labels in any order; where a name repeats, the last one wins.
    public init(_ unsorted: some Sequence<Label>) {
        var sorted = Array(unsorted)
        // Equal names keep their order, so that the last of them can win below.
        sorted.sort { LabelSet.isOrdered($0.name, $1.name) }
        labels = []
        labels.reserveCapacity(sorted.count)
        for label in sorted {
            if let last = labels.last, last.name == label.name { labels.removeLast() }
            labels.append(label)
        }
    }

    /// Creates a set from labels that are sorted by the bytes of their names already, each name once.
    public init(sorted: [Label]) {
        labels = sorted
    }

    /// The number of labels.
    public var count: Int { labels.count }
    /// Whether there is no label.
    public var isEmpty: Bool { labels.isEmpty }

    /// The value of the label `name`; nil when absent. Setting nil removes the label. O(labels).
    public subscript(name: String) -> String? {
        get {
            for label in labels where label.name == name { return label.value }
            return nil
        }
        set {
            let index = labels.firstIndex { !LabelSet.isOrdered($0.name, name) } ?? labels.count
            let isPresent = index < labels.count && labels[index].name == name
            switch (newValue, isPresent) {
            case (let value?, true): labels[index].value = value
            case (let value?, false): labels.insert(Label(name, value), at: index)
            case (nil, true): labels.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// The labels whose names are in `names`.
    public func keeping(_ names: Set<String>) -> LabelSet {
        LabelSet(sorted: labels.filter { names.contains($0.name) })
    }

    /// The labels whose names are not in `names`.
    public func removing(_ names: Set<String>) -> LabelSet {
        LabelSet(sorted: labels.filter { !names.contains($0.name) })
    }

    /// 64-bit hash of names and values, equal on every machine and in every run. A hint: equality decides.
    public var fingerprint: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        for label in labels {
            label.name.utf8.forEach(mix)
            mix(0xff)  // never part of UTF-8, so that name and value cannot run into each other
            label.value.utf8.forEach(mix)
            mix(0xff)
        }
        return hash
    }

    /// Byte order of names, the order of Go's strings and so of Loki's answers.
    private static func isOrdered(_ left: String, _ right: String) -> Bool {
        ExactText.isOrdered(left, right)
    }
}

extension LabelSet: ExpressibleByDictionaryLiteral {
    /// Creates a set from a literal such as `["app": "web"]`.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}

extension LabelSet: Comparable {
    /// Orders by label after label, name before value, in byte order; a prefix comes first.
    public static func < (left: LabelSet, right: LabelSet) -> Bool {
        for (mine, other) in zip(left.labels, right.labels) {
            if mine.name != other.name { return isOrdered(mine.name, other.name) }
            if !ExactText.isEqual(mine.value, other.value) { return isOrdered(mine.value, other.value) }
        }
        return left.count < right.count
    }
}

extension LabelSet: CustomStringConvertible {
    /// The selector text `{app="web", env="prod"}`, values quoted as Go's `%q` does.
    public var description: String {
        "{" + labels.map { "\($0.name)=\(QuotedText.quote($0.value))" }.joined(separator: ", ") + "}"
    }
}

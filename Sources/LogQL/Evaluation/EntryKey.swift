import WeirModel

/// The labels of an entry as one byte string, equal for equal labels in equal order, and back to label sets.
struct EntryKey {
    /// The key that was built last.
    private(set) var bytes: [UInt8] = []

    /// Builds the key of all labels that are left, with their categories.
    mutating func build(_ labels: borrowing EntryLabels) {
        bytes.removeAll(keepingCapacity: true)
        for index in 0..<labels.count {
            let item = labels.item(at: index)
            if !item.isRemoved { append(item.name, item.category, item.value) }
        }
    }

    /// Builds the key of the labels that are not in `excluded`, whatever their category.
    mutating func build(_ labels: borrowing EntryLabels, without excluded: [LabelName]) {
        bytes.removeAll(keepingCapacity: true)
        for index in 0..<labels.count {
            let item = labels.item(at: index)
            if !item.isRemoved && !excluded.contains(item.name) { append(item.name, .parsed, item.value) }
        }
    }

    /// Builds the key of the labels that are in `names`.
    mutating func build(_ labels: borrowing EntryLabels, by names: [LabelName]) {
        bytes.removeAll(keepingCapacity: true)
        for name in names {
            if let value = labels.value(of: name) { append(name, .parsed, value) }
        }
    }

    /// The labels as a set, without the excluded ones.
    static func labelSet(_ labels: borrowing EntryLabels, without excluded: [LabelName] = []) -> LabelSet {
        var found: [Label] = []
        for index in 0..<labels.count {
            let item = labels.item(at: index)
            if !item.isRemoved && !excluded.contains(item.name) { found.append(label(item, labels)) }
        }
        return LabelSet(found)
    }

    /// The labels of some names as a set.
    static func labelSet(_ labels: borrowing EntryLabels, by names: [LabelName]) -> LabelSet {
        var found: [Label] = []
        for name in names {
            guard let value = labels.value(of: name) else { continue }
            found.append(Label(text(labels.text(of: name)), text(value)))
        }
        return LabelSet(found)
    }

    /// The labels of one category as a set.
    static func labelSet(_ labels: borrowing EntryLabels, of category: EntryLabels.Category) -> LabelSet {
        var found: [Label] = []
        for index in 0..<labels.count {
            let item = labels.item(at: index)
            if !item.isRemoved && item.category == category { found.append(label(item, labels)) }
        }
        return LabelSet(found)
    }

    private static func label(_ item: EntryLabels.Item, _ labels: borrowing EntryLabels) -> Label {
        Label(text(labels.text(of: item.name)), text(item.value))
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private mutating func append(
        _ name: LabelName, _ category: EntryLabels.Category, _ value: UnsafeRawBufferPointer
    ) {
        // The length keeps neighbouring values apart; the category sits above any number a name can have.
        var head =
            UInt64(name.id) | UInt64(category.rawValue) << 24 | UInt64(UInt32(truncatingIfNeeded: value.count)) << 32
        withUnsafeBytes(of: &head) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: value)
    }
}

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

    /// Builds the key of all labels that are left, with their categories, from their bytes alone: equal for equal labels
    /// in any order, in all runs. ``EntryLabelSets`` reads it back.
    ///
    ///     3 bits category | 29 bits bytes of the name | u32 bytes of the value | name | value
    mutating func build(sorted items: [EntryLabels.Item], _ labels: borrowing EntryLabels) {
        bytes.removeAll(keepingCapacity: true)
        for item in items {
            let name = labels.text(of: item.name)
            var head =
                UInt64(item.category.rawValue) | UInt64(UInt32(truncatingIfNeeded: name.count)) << 3
                | UInt64(UInt32(truncatingIfNeeded: item.value.count)) << 32
            withUnsafeBytes(of: &head) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: name)
            bytes.append(contentsOf: item.value)
        }
    }

    /// The labels that are left, in the order of their names' bytes.
    static func sortedItems(_ labels: borrowing EntryLabels) -> [EntryLabels.Item] {
        var items: [EntryLabels.Item] = []
        items.reserveCapacity(labels.count)
        for index in 0..<labels.count {
            let item = labels.item(at: index)
            guard !item.isRemoved else { continue }
            // Few labels, most of them nearly in order: insertion needs no closure over the names.
            let name = labels.text(of: item.name)
            var place = items.count
            while place > 0, EntryKey.isOrdered(name, labels.text(of: items[place - 1].name)) { place -= 1 }
            items.insert(item, at: place)
        }
        return items
    }

    private static func isOrdered(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let common = min(left.count, right.count)
        for offset in 0..<common where left[offset] != right[offset] { return left[offset] < right[offset] }
        return left.count < right.count
    }

    /// The labels of one category as a set.
    static func labelSet(_ labels: borrowing EntryLabels, of category: EntryLabels.Category) -> LabelSet {
        LabelSet(sorted: sortedItems(labels).filter { $0.category == category }.map { label($0, labels) })
    }

    /// A label as text; broken UTF-8 is repaired.
    static func label(_ item: EntryLabels.Item, _ labels: borrowing EntryLabels) -> Label {
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

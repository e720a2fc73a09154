import WeirModel

/// The labels of an entry as sets, all of them and by category.
struct EntryLabelSets {
    let all: LabelSet
    let stream: LabelSet
    let metadata: LabelSet
    let parsed: LabelSet

    /// Reads what ``EntryKey`` made of labels in the order of their names; broken UTF-8 is repaired.
    init(key: UnsafeRawBufferPointer) {
        var all: [Label] = []
        var parts: [[Label]] = [[], [], []]
        var cursor = KeyCursor(key: key)
        while let item = cursor.next() {
            let label = Label(String(decoding: item.name, as: UTF8.self), String(decoding: item.value, as: UTF8.self))
            all.append(label)
            parts[item.category].append(label)
        }
        self.all = LabelSet(sorted: all)
        stream = LabelSet(sorted: parts[Int(EntryLabels.Category.stream.rawValue)])
        metadata = LabelSet(sorted: parts[Int(EntryLabels.Category.metadata.rawValue)])
        parsed = LabelSet(sorted: parts[Int(EntryLabels.Category.parsed.rawValue)])
    }
    /// Whether the labels of a key stand before those of another in the order of label sets.
    static func isOrdered(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var (left, right) = (KeyCursor(key: left), KeyCursor(key: right))
        while let mine = left.next() {
            guard let other = right.next() else { return false }
            let names = KeyCursor.compare(mine.name, other.name)
            if names != 0 { return names < 0 }
            let values = KeyCursor.compare(mine.value, other.value)
            if values != 0 { return values < 0 }
        }
        return right.next() != nil
    }
}

/// Walks over the labels of a key.
private struct KeyCursor {
    let key: UnsafeRawBufferPointer
    private var position = 0

    init(key: UnsafeRawBufferPointer) { self.key = key }

    mutating func next() -> (category: Int, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)? {
        guard position < key.count else { return nil }
        let head = key.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        position += 8
        let name = part(Int(UInt32(truncatingIfNeeded: head) >> 3))
        return (Int(head & 7), name, part(Int(head >> 32)))
    }

    private mutating func part(_ count: Int) -> UnsafeRawBufferPointer {
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: key[position..<position + count])
    }

    /// Negative, zero or positive, as byte order says; a prefix comes first.
    static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        for index in 0..<common where left[index] != right[index] { return Int(left[index]) - Int(right[index]) }
        return left.count - right.count
    }
}

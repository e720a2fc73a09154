import WeirBytes

/// All label names of a running pipeline: those of the query and those met in lines, by bytes and by number.
///
/// An open-addressing table; names lie in an arena, so their addresses hold until ``forgetDynamic()``.
struct LabelNameTable: ~Copyable {
    private struct Entry {
        var text: UnsafeRawBufferPointer
        var hash: UInt64
        /// The id of `<name>_extracted` plus one; 0 while unknown.
        var extracted: UInt32
    }

    private var entries: [Entry] = []
    /// Ids plus one by hash; 0 is a free place. Its count is a power of two, at least twice that of `entries`.
    private var places: [UInt32]
    private var arena = ByteArena()
    private let registry: LabelNameRegistry

    /// Names beyond this number are forgotten between batches: data may hold endless ones.
    static let namesMax = 1 << 15

    init(_ registry: LabelNameRegistry) {
        self.registry = registry
        places = Array(repeating: 0, count: 256)
        addStaticNames()
    }

    /// The number of names.
    var count: Int { entries.count }

    /// The bytes of a name.
    func text(of name: LabelName) -> UnsafeRawBufferPointer { entries[Int(name.id)].text }

    /// The number of a name, given now if it is new.
    mutating func intern(_ text: UnsafeRawBufferPointer) -> LabelName {
        let hash = ByteHash.hash(text)
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] != 0 {
            let id = places[place] - 1
            let entry = entries[Int(id)]
            if entry.hash == hash, ByteHash.isEqual(entry.text, text) { return LabelName(id: id) }
            place = (place + 1) & mask
        }
        return add(text, hash: hash, at: place)
    }

    /// The number of a name; nil if it has none.
    func known(_ text: UnsafeRawBufferPointer) -> LabelName? {
        let hash = ByteHash.hash(text)
        let mask = places.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] != 0 {
            let id = places[place] - 1
            let entry = entries[Int(id)]
            if entry.hash == hash, ByteHash.isEqual(entry.text, text) { return LabelName(id: id) }
            place = (place + 1) & mask
        }
        return nil
    }

    /// The number of `<name>_extracted`.
    mutating func extracted(_ name: LabelName) -> LabelName {
        let known = entries[Int(name.id)].extracted
        if known != 0 { return LabelName(id: known - 1) }
        var text = Array(entries[Int(name.id)].text)
        text.append(contentsOf: "_extracted".utf8)
        let extracted = text.withUnsafeBytes { intern($0) }
        entries[Int(name.id)].extracted = extracted.id + 1
        return extracted
    }

    /// Forgets all names but the query's own.
    mutating func forgetDynamic() {
        entries.removeAll(keepingCapacity: true)
        arena.reset()
        places = Array(repeating: 0, count: 256)
        addStaticNames()
    }

    private mutating func addStaticNames() {
        for name in registry.names {
            var name = name
            _ = name.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
        }
    }

    private mutating func add(_ text: UnsafeRawBufferPointer, hash: UInt64, at place: Int) -> LabelName {
        let id = UInt32(entries.count)
        entries.append(Entry(text: arena.copy(text), hash: hash, extracted: 0))
        places[place] = id + 1
        if entries.count * 2 > places.count { grow() }
        return LabelName(id: id)
    }

    private mutating func grow() {
        let mask = places.count * 2 - 1
        places = Array(repeating: 0, count: mask + 1)
        for (id, entry) in entries.enumerated() {
            var place = Int(truncatingIfNeeded: entry.hash) & mask
            while places[place] != 0 { place = (place + 1) & mask }
            places[place] = UInt32(id) + 1
        }
    }
}

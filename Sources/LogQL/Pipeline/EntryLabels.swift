/// The labels of the entry that is passing the stages: merged view of three categories, each name once.
///
/// Values are addresses: of the batch, of the entry's arena, or of a stage's own constants. Nothing is copied and no
/// `String` exists until an entry is kept. Looking up a name is one array access.
struct EntryLabels: ~Copyable {
    /// Where a label comes from; collisions of names are decided by this order.
    enum Category: UInt8 {
        /// The stream's own.
        case stream
        /// Structured metadata of the entry.
        case metadata
        /// Made by a stage.
        case parsed
    }

    /// One label.
    struct Item {
        var name: LabelName
        var category: Category
        /// Removed labels keep their place, because parsers may still not reuse the name of a stream label.
        var isRemoved: Bool
        var value: UnsafeRawBufferPointer
    }

    private(set) var names: LabelNameTable
    /// Labels of the stream, then metadata (together the original ones), then those that stages added.
    private var items: [Item] = []
    private var originalCount = 0
    /// The place in `items` plus one by id of name; 0 is absent.
    private var places: [UInt32] = []
    private var streamItems: [Item] = []
    private var isStreamIntact = false

    init(names registry: LabelNameRegistry) {
        names = LabelNameTable(registry)
        places = Array(repeating: 0, count: names.count)
    }

    // MARK: Reading

    /// The number of places to visit with ``item(at:)``; some may be removed labels.
    var count: Int { items.count }

    /// The label at a place; skip it when it is removed.
    func item(at index: Int) -> Item { items[index] }

    /// The value of a label; nil when there is none. A label may have an empty value.
    func value(of name: LabelName) -> UnsafeRawBufferPointer? {
        let place = Int(name.id) < places.count ? places[Int(name.id)] : 0
        guard place != 0 else { return nil }
        let item = items[Int(place) - 1]
        return item.isRemoved ? nil : item.value
    }

    /// Whether the entry carries `__error__`.
    var hasError: Bool { value(of: .error) != nil }

    /// The bytes of a name.
    func text(of name: LabelName) -> UnsafeRawBufferPointer { names.text(of: name) }

    /// The number of the name with these bytes.
    mutating func intern(_ text: UnsafeRawBufferPointer) -> LabelName {
        let name = names.intern(text)
        if names.count > places.count {
            places.append(contentsOf: repeatElement(0, count: names.count - places.count))
        }
        return name
    }

    /// Whether the name belonged to the stream or the metadata when the entry entered the pipeline.
    func isOriginal(_ name: LabelName) -> Bool {
        let place = places[Int(name.id)]
        return place != 0 && Int(place) <= originalCount
    }

    /// Whether a stage made the label.
    func isParsed(_ name: LabelName) -> Bool {
        let place = Int(name.id) < places.count ? places[Int(name.id)] : 0
        return place != 0 && items[Int(place) - 1].category == .parsed
    }

    /// The number of the name with these bytes if it has one already.
    func known(_ text: UnsafeRawBufferPointer) -> LabelName? { names.known(text) }

    /// The name under which a parser's find will be known, see ``extract(_:_:)``.
    mutating func extractionName(of name: LabelName) -> LabelName {
        isOriginal(name) ? extractedName(of: name) : name
    }

    // MARK: Changing

    /// Adds what a parser found: the first value of a name wins, and a name of the stream or of metadata gets the
    /// suffix `_extracted`.
    ///
    /// - Returns: the name under which the label is known now.
    @discardableResult
    mutating func extract(_ name: LabelName, _ value: UnsafeRawBufferPointer) -> LabelName {
        var name = name
        if isOriginal(name) {
            name = extractedName(of: name)
            // Metadata of that name gives way, an earlier parsed value does not.
            let place = places[Int(name.id)]
            if place != 0, items[Int(place) - 1].category == .metadata {
                items[Int(place) - 1].category = .parsed
                items[Int(place) - 1].value = value
                return name
            }
        }
        let place = places[Int(name.id)]
        if place != 0 {
            let index = Int(place) - 1
            guard items[index].isRemoved else { return name }
            items[index] = Item(name: name, category: .parsed, isRemoved: false, value: value)
            return name
        }
        append(name, .parsed, value)
        return name
    }

    /// Sets a label whatever was there before; its category becomes `parsed`.
    mutating func set(_ name: LabelName, _ value: UnsafeRawBufferPointer) {
        let place = places[Int(name.id)]
        guard place != 0 else { return append(name, .parsed, value) }
        let index = Int(place) - 1
        items[index] = Item(name: name, category: .parsed, isRemoved: false, value: value)
        if index < streamItems.count { isStreamIntact = false }
    }

    /// Removes a label, if it is there.
    mutating func remove(_ name: LabelName) {
        let place = places[Int(name.id)]
        guard place != 0 else { return }
        removeItem(at: Int(place) - 1)
    }

    /// Removes the label at a place.
    mutating func removeItem(at index: Int) {
        items[index].isRemoved = true
        if index < streamItems.count { isStreamIntact = false }
    }

    // MARK: From entry to entry

    /// Forgets names met in data when there are too many; only between batches, before ``beginStream(_:)``.
    mutating func beginBatch() -> Bool {
        clear()
        streamItems.removeAll(keepingCapacity: true)
        guard names.count > LabelNameTable.namesMax else { return false }
        names.forgetDynamic()
        places = Array(repeating: 0, count: names.count)
        return true
    }

    /// Makes these the labels of the stream of the entries that follow; call ``beginEntry()`` for each.
    mutating func beginStream(_ stream: ArraySlice<Item>) {
        clear()
        streamItems.removeAll(keepingCapacity: true)
        streamItems.append(contentsOf: stream)
        isStreamIntact = false
    }

    /// Starts the next entry with the labels of its stream only.
    mutating func beginEntry() {
        let keep = isStreamIntact ? streamItems.count : 0
        for index in keep..<max(keep, items.count) { places[Int(items[index].name.id)] = 0 }
        items.removeLast(items.count - keep)
        if !isStreamIntact {
            for item in streamItems { append(item.name, item.category, item.value) }
            isStreamIntact = true
        }
        originalCount = streamItems.count
    }

    /// Adds a pair of structured metadata; only directly after ``beginEntry()``.
    mutating func addMetadata(_ name: LabelName, _ value: UnsafeRawBufferPointer) {
        var name = name
        if places[Int(name.id)] != 0 {
            if Int(places[Int(name.id)]) > streamItems.count { return }
            name = extractedName(of: name)
            if places[Int(name.id)] != 0 { return }
        }
        append(name, .metadata, value)
        originalCount = items.count
    }

    private mutating func extractedName(of name: LabelName) -> LabelName {
        let extracted = names.extracted(name)
        if names.count > places.count {
            places.append(contentsOf: repeatElement(0, count: names.count - places.count))
        }
        return extracted
    }

    private mutating func append(_ name: LabelName, _ category: Category, _ value: UnsafeRawBufferPointer) {
        items.append(Item(name: name, category: category, isRemoved: false, value: value))
        places[Int(name.id)] = UInt32(items.count)
    }

    private mutating func clear() {
        for item in items { places[Int(item.name.id)] = 0 }
        items.removeAll(keepingCapacity: true)
        originalCount = 0
    }
}

// Items hold addresses that belong to the batch or arena of the run that made them; a run never leaves its thread.
extension EntryLabels.Item: @unchecked Sendable {}

internal import WeirBytes
internal import WeirModel

/// Makes rows of OpenTelemetry's resources, scopes and records, as Loki does: some attributes of the resource become
/// labels of the stream, everything else structured metadata, the body the line.
///
/// Called in order: ``beginResource()``, its attributes, then for each scope ``beginScope()``, its attributes and
/// ``closeScope(_:)``, then for each record its attributes and ``closeRecord(_:)``.
struct OTLPMapping {
    /// Whose attribute is being added.
    enum Owner {
        case resource
        case scope
        case record
    }

    /// Texts that stand nowhere in the body.
    var arena: OTLPArena
    private(set) var recordCount = 0

    private let arrival: Timestamp
    private let pairsMax: Int
    private var names = OTLPNames()
    private var table: StreamTable
    private var columns = RowColumns()
    private var labels: [Label] = []
    private var stream: UInt32?
    private var resourcePairs: [LineBatch.MetadataPair] = []
    private var scopePairs: [LineBatch.MetadataPair] = []
    private var fieldNames: [Field: Range<Int>] = [:]
    private let attributeRules: OTLPRules
    /// Labels that attributes of one record make, on top of those of its resource.
    private var recordLabels: [Label] = []

    /// Fields that become structured metadata, by their names there.
    private enum Field: String {
        case observedTimestamp = "observed_timestamp"
        case severityNumber = "severity_number"
        case severityText = "severity_text"
        case droppedAttributes = "dropped_attributes_count"
        case flags
        case traceID = "trace_id"
        case spanID = "span_id"
        case scopeName = "scope_name"
        case scopeVersion = "scope_version"
        case scopeDroppedAttributes = "scope_dropped_attributes_count"
    }

    init(_ body: UnsafeRawBufferPointer, rules: DiscoveryRules, attributes: OTLPRules, arrival: Timestamp) {
        attributeRules = attributes
        arena = OTLPArena(body)
        table = StreamTable(rules: rules)
        self.arrival = arrival
        // Each record repeats the pairs of its resource: without a limit a small body would become gigabytes.
        pairsMax = body.count / 2 + 100_000
    }

    /// The rows over the body with its tail.
    consuming func finish(_ body: consuming [UInt8]) -> DecodedPush {
        body.append(contentsOf: arena.tail)
        let (streams, duplicates) = (table.streams, table.duplicates)
        // Loki asks for records before it looks at anything else.
        return DecodedPush(
            batch: columns.batch(bytes: body, streams: streams), streamCount: recordCount == 0 ? 0 : streams.count,
            duplicates: duplicates)
    }

    mutating func beginResource() {
        labels.removeAll(keepingCapacity: true)
        resourcePairs.removeAll(keepingCapacity: true)
        stream = nil
    }

    mutating func beginScope() {
        scopePairs.removeAll(keepingCapacity: true)
    }

    /// Adds an attribute; a map is as many as it has values.
    mutating func add(_ attribute: OTLPAttribute, of owner: Owner) throws {
        var action = OTLPRules.Action.structuredMetadata
        if owner != .record || !attributeRules.leavesRecordsAlone {
            action = attributeRules.action(of: string(attribute.key), owner: owner)
        }
        guard action != .drop else { return }
        let name = try names.name(of: attribute.key, in: &arena)
        try add(name, attribute.value, of: owner, isLabel: action == .indexLabel)
    }

    private mutating func add(_ name: Range<Int>, _ value: OTLPValue, of owner: Owner, isLabel: Bool) throws {
        if case .map(let members) = value {
            for member in members {
                let inner = try names.name(of: member.key, behind: name, in: &arena)
                try add(inner, member.value, of: owner, isLabel: isLabel)
            }
            return
        }
        // What has no name could never be asked for.
        guard !name.isEmpty else { return }
        let text = try OTLPValueText.place(of: value, in: &arena)
        if isLabel {
            let label = Label(string(name), string(text))
            if owner == .record { recordLabels.append(label) } else { labels.append(label) }
        } else {
            try addPair(name, text, of: owner)
        }
    }

    mutating func closeScope(_ scope: OTLPScope) throws {
        if !scope.name.isEmpty { try add(.scopeName, arena.repaired(scope.name), of: .scope) }
        if !scope.version.isEmpty { try add(.scopeVersion, arena.repaired(scope.version), of: .scope) }
        if scope.droppedAttributeCount != 0 {
            try add(.scopeDroppedAttributes, decimal(Int64(scope.droppedAttributeCount)), of: .scope)
        }
    }

    /// Adds the row of a record whose attributes were added before.
    mutating func closeRecord(_ record: OTLPRecord) throws {
        recordCount += 1
        if record.nanoseconds != 0, record.observedNanoseconds != 0 {
            try add(.observedTimestamp, decimal(Int64(truncatingIfNeeded: record.observedNanoseconds)), of: .record)
        }
        if record.severityNumber != 0 {
            try add(.severityNumber, decimal(Int64(record.severityNumber)), of: .record)
        }
        if !record.severityText.isEmpty {
            let text = try arena.repaired(record.severityText)
            if attributeRules.makesSeverityLabel {
                recordLabels.append(Label(Field.severityText.rawValue, string(text)))
            } else {
                try add(.severityText, text, of: .record)
            }
        }
        if record.droppedAttributeCount != 0 {
            try add(.droppedAttributes, decimal(Int64(record.droppedAttributeCount)), of: .record)
        }
        if record.flags != 0 { try add(.flags, decimal(Int64(record.flags)), of: .record) }
        if !record.traceID.isEmpty { try add(.traceID, record.traceID, of: .record) }
        if !record.spanID.isEmpty { try add(.spanID, record.spanID, of: .record) }
        columns.metadata.append(contentsOf: resourcePairs)
        columns.metadata.append(contentsOf: scopePairs)
        guard columns.metadata.count <= pairsMax else {
            throw PushRejection("records and their resources have more than \(pairsMax) attributes", status: 413)
        }
        let line = try line(of: record.body)
        columns.appendRow(timestamp: instant(of: record), lineOffset: line.lowerBound, lineLength: line.count)
        columns.closeStream(streamIndex())
    }

    /// A text is the line as it came, whatever its bytes.
    private mutating func line(of body: OTLPValue) throws -> Range<Int> {
        if case .text(let range) = body { return range }
        return try OTLPValueText.place(of: body, in: &arena)
    }

    private func instant(of record: OTLPRecord) -> Int64 {
        let nanoseconds = record.nanoseconds != 0 ? record.nanoseconds : record.observedNanoseconds
        return nanoseconds != 0 ? Int64(clamping: nanoseconds) : arrival.nanoseconds
    }

    private mutating func streamIndex() -> UInt32 {
        if !recordLabels.isEmpty {
            defer { recordLabels.removeAll(keepingCapacity: true) }
            return table.index(of: LabelSet(labels + recordLabels).labels)
        }
        if let stream { return stream }
        // As in a map: of a name that repeats the last value counts.
        let index = table.index(of: LabelSet(labels).labels)
        stream = index
        return index
    }

    private mutating func add(_ field: Field, _ value: Range<Int>, of owner: Owner) throws {
        let name: Range<Int>
        if let known = fieldNames[field] {
            name = known
        } else {
            name = try arena.append { $0.append(contentsOf: field.rawValue.utf8) }
            fieldNames[field] = name
        }
        try addPair(name, value, of: owner)
    }

    private mutating func addPair(_ name: Range<Int>, _ value: Range<Int>, of owner: Owner) throws {
        let pair = LineBatch.MetadataPair(
            nameOffset: UInt32(truncatingIfNeeded: name.lowerBound), nameLength: UInt32(truncatingIfNeeded: name.count),
            valueOffset: UInt32(truncatingIfNeeded: value.lowerBound),
            valueLength: UInt32(truncatingIfNeeded: value.count))
        switch owner {
        case .resource: resourcePairs.append(pair)
        case .scope: scopePairs.append(pair)
        case .record: columns.metadata.append(pair)
        }
    }

    private mutating func decimal(_ number: Int64) throws -> Range<Int> {
        try arena.append { DecimalText.append(number, to: &$0) }
    }

    private func string(_ range: Range<Int>) -> String {
        arena.withBytes(range) { String(decoding: $0, as: UTF8.self) }
    }
}

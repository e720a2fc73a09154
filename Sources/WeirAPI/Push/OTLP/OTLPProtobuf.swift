internal import WeirBytes
internal import WeirModel

/// Reads OpenTelemetry's `ExportLogsServiceRequest` in protobuf. Texts are not copied.
enum OTLPProtobuf {
    /// Decodes a body, with transport encodings undone.
    static func decode(
        _ body: consuming [UInt8], rules: DiscoveryRules, attributes: OTLPRules, arrival: Timestamp
    ) throws(PushRejection) -> DecodedPush {
        try OTLPBody.decode(body, rules: rules, attributes: attributes, arrival: arrival) { mapping in
            try OTLPProtobuf.request(WireReader(mapping.arena.body), to: &mapping)
        }
    }

    private static func request(_ message: WireReader, to mapping: inout OTLPMapping) throws {
        var reader = message
        while let tag = try reader.next() {
            guard tag.field == 1 else {
                try reader.skip(tag.type)
                continue
            }
            try resourceLogs(try reader.message(of: tag), to: &mapping)
        }
    }

    /// The resource is read first wherever it stands, because every record needs it.
    private static func resourceLogs(_ message: WireReader, to mapping: inout OTLPMapping) throws {
        mapping.beginResource()
        try message.eachMessage(1) { resource in
            try resource.eachMessage(1) { try mapping.add(attribute($0, depth: 0), of: .resource) }
        }
        try message.eachMessage(2) { try scopeLogs($0, to: &mapping) }
    }

    private static func scopeLogs(_ message: WireReader, to mapping: inout OTLPMapping) throws {
        mapping.beginScope()
        try message.eachMessage(1) { try scope($0, to: &mapping) }
        try message.eachMessage(2) { try record($0, to: &mapping) }
    }

    private static func scope(_ message: WireReader, to mapping: inout OTLPMapping) throws {
        var reader = message
        var scope = OTLPScope()
        while let tag = try reader.next() {
            switch tag.field {
            case 1: scope.name = try reader.range(of: tag)
            case 2: scope.version = try reader.range(of: tag)
            case 3: try mapping.add(attribute(try reader.message(of: tag), depth: 0), of: .scope)
            case 4: scope.droppedAttributeCount = UInt32(truncatingIfNeeded: try reader.varint(of: tag))
            default: try reader.skip(tag.type)
            }
        }
        try mapping.closeScope(scope)
    }

    private static func record(_ message: WireReader, to mapping: inout OTLPMapping) throws {
        var reader = message
        var record = OTLPRecord()
        while let tag = try reader.next() {
            switch tag.field {
            case 1: record.nanoseconds = try reader.fixed64(of: tag)
            case 2: record.severityNumber = Int32(truncatingIfNeeded: try reader.varint(of: tag))
            case 3: record.severityText = try reader.range(of: tag)
            case 5: record.body = try value(try reader.message(of: tag), depth: 0)
            case 6: try mapping.add(attribute(try reader.message(of: tag), depth: 0), of: .record)
            case 7: record.droppedAttributeCount = UInt32(truncatingIfNeeded: try reader.varint(of: tag))
            case 8:
                try reader.require(.fixed32, of: tag)
                record.flags = try reader.fixed32()
            case 9: record.traceID = try identifier(try reader.range(of: tag), bytes: 16, "TraceID", &mapping)
            case 10: record.spanID = try identifier(try reader.range(of: tag), bytes: 8, "SpanID", &mapping)
            case 11: record.observedNanoseconds = try reader.fixed64(of: tag)
            default: try reader.skip(tag.type)
            }
        }
        try mapping.closeRecord(record)
    }

    /// The digits of an identifier; empty when all its bytes are zero, which means that there is none.
    private static func identifier(
        _ range: Range<Int>, bytes count: Int, _ name: String, _ mapping: inout OTLPMapping
    ) throws -> Range<Int> {
        let bytes = mapping.arena.copy(range)
        guard bytes.isEmpty || bytes.count == count else {
            throw PushRejection("invalid length for \(name)")
        }
        guard bytes.contains(where: { $0 != 0 }) else { return 0..<0 }
        return try mapping.arena.append { target in
            for byte in bytes {
                for nibble in [byte >> 4, byte & 15] {
                    target.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
                }
            }
        }
    }

    private static func attribute(_ message: WireReader, depth: Int) throws -> OTLPAttribute {
        var reader = message
        var attribute = OTLPAttribute()
        while let tag = try reader.next() {
            switch tag.field {
            case 1: attribute.key = try reader.range(of: tag)
            case 2: attribute.value = try value(try reader.message(of: tag), depth: depth)
            default: try reader.skip(tag.type)
            }
        }
        return attribute
    }

    private static func value(_ message: WireReader, depth: Int) throws -> OTLPValue {
        guard depth <= OTLPValue.depthMax else { throw PushRejection("proto: exceeded maximum recursion depth") }
        var reader = message
        var value = OTLPValue.empty
        while let tag = try reader.next() {
            switch tag.field {
            case 1: value = .text(try reader.range(of: tag))
            case 2: value = .boolean(try reader.varint(of: tag) != 0)
            case 3: value = .integer(Int64(bitPattern: try reader.varint(of: tag)))
            case 4: value = .double(Double(bitPattern: try reader.fixed64(of: tag)))
            case 5:
                var values: [OTLPValue] = []
                try reader.message(of: tag).eachMessage(1) { values.append(try self.value($0, depth: depth + 1)) }
                value = .list(values)
            case 6:
                var members: [OTLPAttribute] = []
                try reader.message(of: tag).eachMessage(1) { members.append(try attribute($0, depth: depth + 1)) }
                value = .map(members)
            case 7: value = .bytes(try reader.range(of: tag))
            default: try reader.skip(tag.type)
            }
        }
        return value
    }
}

extension WireReader {
    /// The bytes of the field just announced.
    fileprivate mutating func range(of tag: Tag) throws(WireError) -> Range<Int> {
        try require(.lengthDelimited, of: tag)
        return try range()
    }

    /// The message in the field just announced.
    fileprivate mutating func message(of tag: Tag) throws(WireError) -> WireReader {
        WireReader(bytes, in: try range(of: tag))
    }

    /// The integer in the field just announced.
    fileprivate mutating func varint(of tag: Tag) throws(WireError) -> UInt64 {
        try require(.varint, of: tag)
        return try varint()
    }

    /// The eight bytes of the field just announced.
    fileprivate mutating func fixed64(of tag: Tag) throws(WireError) -> UInt64 {
        try require(.fixed64, of: tag)
        return try fixed64()
    }

    /// Visits the messages in all fields of a number and skips the others.
    fileprivate func eachMessage(_ field: Int, _ visit: (WireReader) throws -> Void) throws {
        var reader = self
        while let tag = try reader.next() {
            if tag.field == field {
                try visit(try reader.message(of: tag))
            } else {
                try reader.skip(tag.type)
            }
        }
    }
}

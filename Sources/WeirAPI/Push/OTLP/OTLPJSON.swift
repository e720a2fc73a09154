internal import WeirBytes
internal import WeirModel

/// Reads OpenTelemetry's `ExportLogsServiceRequest` in JSON: member names in either spelling, identifiers in hexadecimal
/// digits, 64-bit numbers as texts or numbers, `null` anywhere for what is absent.
enum OTLPJSON {
    /// Decodes a body, with transport encodings undone.
    static func decode(
        _ body: consuming [UInt8], rules: DiscoveryRules, attributes: OTLPRules, arrival: Timestamp
    ) throws(PushRejection) -> DecodedPush {
        try OTLPBody.decode(body, rules: rules, attributes: attributes, arrival: arrival) { mapping in
            try OTLPJSON.request(JSONScanner(mapping.arena.body), to: &mapping)
        }
    }

    private static func request(_ start: JSONScanner, to mapping: inout OTLPMapping) throws {
        var scanner = start
        guard scanner.peek() != nil else { throw PushRejection("EOF") }
        try scanner.eachMember { scanner, key in
            guard scanner.isKey(key, "resourceLogs", "resource_logs") else {
                try scanner.skipValue()
                return
            }
            try scanner.eachElement { try resourceLogs(&$0, to: &mapping) }
        }
    }

    private static func resourceLogs(_ scanner: inout JSONScanner, to mapping: inout OTLPMapping) throws {
        mapping.beginResource()
        try ownerFirst(&scanner, ("resource", "resource"), children: ("scopeLogs", "scope_logs"), &mapping) {
            scanner, mapping in
            try scanner.eachMember { try attributes(&$0, $1, of: .resource, to: &mapping) }
        } child: {
            try scopeLogs(&$0, to: &$1)
        }
    }

    private static func scopeLogs(_ scanner: inout JSONScanner, to mapping: inout OTLPMapping) throws {
        mapping.beginScope()
        try ownerFirst(&scanner, ("scope", "scope"), children: ("logRecords", "log_records"), &mapping) {
            try scope(&$0, to: &$1)
        } child: {
            try record(&$0, to: &$1)
        }
    }

    /// Reads an object whose children need its owner: those that stand before it wait.
    private static func ownerFirst(
        _ scanner: inout JSONScanner, _ owner: (StaticString, StaticString), children: (StaticString, StaticString),
        _ mapping: inout OTLPMapping, owner readOwner: (inout JSONScanner, inout OTLPMapping) throws -> Void,
        child readChild: (inout JSONScanner, inout OTLPMapping) throws -> Void
    ) throws {
        var waiting: [Int] = []
        var hasOwner = false
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, owner.0, owner.1) {
                hasOwner = true
                try readOwner(&scanner, &mapping)
            } else if scanner.isKey(key, children.0, children.1), hasOwner {
                try scanner.eachElement { try readChild(&$0, &mapping) }
            } else {
                if scanner.isKey(key, children.0, children.1) { waiting.append(scanner.offset) }
                try scanner.skipValue()
            }
        }
        for offset in waiting {
            var again = JSONScanner(scanner.bytes, from: offset)
            try again.eachElement { try readChild(&$0, &mapping) }
        }
    }

    private static func scope(_ scanner: inout JSONScanner, to mapping: inout OTLPMapping) throws {
        var scope = OTLPScope()
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "name", "name") {
                scope.name = try text(&scanner, &mapping)
            } else if scanner.isKey(key, "version", "version") {
                scope.version = try text(&scanner, &mapping)
            } else if scanner.isKey(key, "droppedAttributesCount", "dropped_attributes_count") {
                scope.droppedAttributeCount = UInt32(clamping: try scanner.integer())
            } else {
                try attributes(&scanner, key, of: .scope, to: &mapping)
            }
        }
        try mapping.closeScope(scope)
    }

    private static func record(_ scanner: inout JSONScanner, to mapping: inout OTLPMapping) throws {
        var record = OTLPRecord()
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "timeUnixNano", "time_unix_nano") {
                record.nanoseconds = UInt64(clamping: try scanner.integer())
            } else if scanner.isKey(key, "observedTimeUnixNano", "observed_time_unix_nano") {
                record.observedNanoseconds = UInt64(clamping: try scanner.integer())
            } else if scanner.isKey(key, "body", "body") {
                record.body = try value(&scanner, &mapping, depth: 0)
            } else if scanner.isKey(key, "severityNumber", "severity_number") {
                record.severityNumber = try severity(&scanner)
            } else if scanner.isKey(key, "severityText", "severity_text") {
                record.severityText = try text(&scanner, &mapping)
            } else if scanner.isKey(key, "traceId", "trace_id") {
                record.traceID = try identifier(&scanner, digits: 32, &mapping)
            } else if scanner.isKey(key, "spanId", "span_id") {
                record.spanID = try identifier(&scanner, digits: 16, &mapping)
            } else if scanner.isKey(key, "flags", "flags") {
                record.flags = UInt32(clamping: try scanner.integer())
            } else if scanner.isKey(key, "droppedAttributesCount", "dropped_attributes_count") {
                record.droppedAttributeCount = UInt32(clamping: try scanner.integer())
            } else {
                try attributes(&scanner, key, of: .record, to: &mapping)
            }
        }
        try mapping.closeRecord(record)
    }

    /// Reads the value of `key` if that is `attributes`, and skips it otherwise.
    private static func attributes(
        _ scanner: inout JSONScanner, _ key: JSONScanner.Text, of owner: OTLPMapping.Owner,
        to mapping: inout OTLPMapping
    ) throws {
        guard scanner.isKey(key, "attributes", "attributes") else {
            try scanner.skipValue()
            return
        }
        try scanner.eachElement { scanner in
            try mapping.add(try attribute(&scanner, &mapping, depth: 0), of: owner)
        }
    }

    private static func attribute(
        _ scanner: inout JSONScanner, _ mapping: inout OTLPMapping, depth: Int
    ) throws -> OTLPAttribute {
        var attribute = OTLPAttribute()
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "key", "key") {
                attribute.key = try text(&scanner, &mapping)
            } else if scanner.isKey(key, "value", "value") {
                attribute.value = try value(&scanner, &mapping, depth: depth)
            } else {
                try scanner.skipValue()
            }
        }
        return attribute
    }

    private static func value(
        _ scanner: inout JSONScanner, _ mapping: inout OTLPMapping, depth: Int
    ) throws -> OTLPValue {
        guard depth <= OTLPValue.depthMax else { throw PushRejection("values are nested too deeply") }
        var value = OTLPValue.empty
        try scanner.eachMember { scanner, key in
            if scanner.isKey(key, "stringValue", "string_value") || scanner.isKey(key, "bytesValue", "bytes_value") {
                // Bytes are base 64 here already.
                value = .text(try text(&scanner, &mapping))
            } else if scanner.isKey(key, "intValue", "int_value") {
                value = .integer(try scanner.integer())
            } else if scanner.isKey(key, "boolValue", "bool_value") {
                value = .boolean(try scanner.flag())
            } else if scanner.isKey(key, "doubleValue", "double_value") {
                value = .double(try scanner.double())
            } else if scanner.isKey(key, "arrayValue", "array_value") {
                value = .list(try values(&scanner, &mapping, depth: depth))
            } else if scanner.isKey(key, "kvlistValue", "kvlist_value") {
                value = .map(try members(&scanner, &mapping, depth: depth))
            } else {
                try scanner.skipValue()
            }
        }
        return value
    }

    private static func values(
        _ scanner: inout JSONScanner, _ mapping: inout OTLPMapping, depth: Int
    ) throws -> [OTLPValue] {
        var values: [OTLPValue] = []
        try scanner.eachMember { scanner, key in
            guard scanner.isKey(key, "values", "values") else {
                try scanner.skipValue()
                return
            }
            try scanner.eachElement { values.append(try value(&$0, &mapping, depth: depth + 1)) }
        }
        return values
    }

    private static func members(
        _ scanner: inout JSONScanner, _ mapping: inout OTLPMapping, depth: Int
    ) throws -> [OTLPAttribute] {
        var members: [OTLPAttribute] = []
        try scanner.eachMember { scanner, key in
            guard scanner.isKey(key, "values", "values") else {
                try scanner.skipValue()
                return
            }
            try scanner.eachElement { members.append(try attribute(&$0, &mapping, depth: depth + 1)) }
        }
        return members
    }

    /// A text's place: in the body as it is, or unescaped in the tail.
    private static func text(_ scanner: inout JSONScanner, _ mapping: inout OTLPMapping) throws -> Range<Int> {
        if try scanner.takeNull() { return 0..<0 }
        let text = try scanner.string()
        guard text.hasEscape else { return text.range }
        return try mapping.arena.append { try scanner.unescape(text, into: &$0) }
    }

    /// The digits of an identifier in lower case; empty when all of them are zero, which means that there is none.
    private static func identifier(
        _ scanner: inout JSONScanner, digits count: Int, _ mapping: inout OTLPMapping
    ) throws -> Range<Int> {
        let range = try text(&scanner, &mapping)
        let digits = mapping.arena.copy(range)
        guard digits.isEmpty || digits.count == count, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit })
        else { throw PushRejection("invalid length or digit of an identifier: \(digits.count) characters") }
        guard digits.contains(where: { $0 != UInt8(ascii: "0") }) else { return 0..<0 }
        guard digits.contains(where: { (0x41...0x5a).contains($0) }) else { return range }
        return try mapping.arena.append { target in target.append(contentsOf: digits.map { $0 | 0x20 }) }
    }

    /// A number, or a name such as `SEVERITY_NUMBER_WARN2`; other names are no severity.
    private static func severity(_ scanner: inout JSONScanner) throws -> Int32 {
        guard scanner.peek() == UInt8(ascii: "\"") else { return Int32(truncatingIfNeeded: try scanner.integer()) }
        var name = try scanner.decoded(scanner.string())[...]
        guard name.hasPrefix("SEVERITY_NUMBER_") else { return Int32(name) ?? 0 }
        name = name.dropFirst("SEVERITY_NUMBER_".count)
        let step = name.last?.wholeNumberValue ?? 1
        if step > 1 { name = name.dropLast() }
        let names = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
        guard let index = names.firstIndex(of: String(name)), (1...4).contains(step) else { return 0 }
        return Int32(index * 4 + step)
    }
}

extension JSONScanner {
    fileprivate func isKey(_ key: Text, _ name: StaticString, _ otherName: StaticString) -> Bool {
        let text = UnsafeRawBufferPointer(rebasing: bytes[key.range])
        return text.equals(name) || text.equals(otherName)
    }

    /// A whole number, in quotes or not.
    fileprivate mutating func integer() throws -> Int64 {
        if try takeNull() { return 0 }
        let isText = peek() == UInt8(ascii: "\"")
        let range = isText ? try string().range : try number()
        if range.isEmpty { return 0 }
        if let integer = PushTime.parse(bytes, range) { return integer }
        // Beyond the year 2262 an instant is only known to be too new.
        if let large = UInt64(String(decoding: bytes[range], as: UTF8.self)) { return Int64(clamping: large) }
        throw JSONError(.invalidNumber, at: range.lowerBound)
    }

    fileprivate mutating func double() throws -> Double {
        if try takeNull() { return 0 }
        let isText = peek() == UInt8(ascii: "\"")
        let range = isText ? try string().range : try number()
        guard let number = Double(String(decoding: bytes[range], as: UTF8.self)) else {
            throw JSONError(.invalidNumber, at: range.lowerBound)
        }
        return number
    }

    fileprivate mutating func flag() throws -> Bool {
        if try takeNull() { return false }
        let isTrue = peek() == UInt8(ascii: "t")
        try literal(isTrue ? "true" : "false")
        return isTrue
    }
}

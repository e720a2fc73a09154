internal import WeirBytes
internal import WeirModel

/// Decodes Loki's protobuf push request. The decompressed body becomes the batch's arena: lines are not copied.
enum LokiPushProtobuf {
    /// Room kept behind the body for the texts that level discovery appends, so that it is not moved for them.
    private static let spareBytes = 256

    /// Decodes a raw Snappy block.
    ///
    /// - Parameter limit: the longest decompressed body.
    static func decode(_ body: [UInt8], limit: Int, rules: DiscoveryRules) throws(PushRejection) -> DecodedPush {
        let bytes: [UInt8]
        do {
            bytes = try SnappyCodec.decompress(body, limit: limit, spareBytes: spareBytes)
        } catch {
            throw PushRejection(error)
        }
        var decoder = ProtobufPushDecoder(bodyBytes: bytes.count, rules: rules)
        var fault: PushRejection?
        bytes.withUnsafeBytes { buffer in
            do {
                try decoder.request(buffer)
            } catch let rejection as PushRejection {
                fault = rejection
            } catch let error as WireError {
                fault = PushRejection(error)
            } catch {
                preconditionFailure("the decoder threw \(error)")
            }
        }
        if let fault { throw fault }
        return decoder.finish(consume bytes)
    }
}

/// One pass over a decompressed request. Messages and field numbers: Loki's `logproto.PushRequest`.
private struct ProtobufPushDecoder {
    private var table: StreamTable
    private var columns = RowColumns()
    private var metadata: MetadataColumn
    private var streamCount = 0

    init(bodyBytes: Int, rules: DiscoveryRules) {
        table = StreamTable(rules: rules)
        metadata = MetadataColumn(bodyBytes: bodyBytes)
    }

    consuming func finish(_ bytes: consuming [UInt8]) -> DecodedPush {
        if !metadata.tail.isEmpty { bytes.append(contentsOf: metadata.tail) }
        let (streams, count, duplicates) = (table.streams, streamCount, table.duplicates)
        return DecodedPush(
            batch: columns.batch(bytes: bytes, streams: streams), streamCount: count, duplicates: duplicates)
    }

    mutating func request(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = WireReader(bytes)
        while let tag = try reader.next() {
            guard tag.field == 1 else {
                try reader.skip(tag.type)
                continue
            }
            try reader.require(.lengthDelimited, of: tag)
            try stream(WireReader(bytes, in: reader.range()))
        }
    }

    /// Labels may come behind the entries, so the rows get their stream when the message is through.
    private mutating func stream(_ message: WireReader) throws {
        var reader = message
        var labels = 0..<0
        streamCount += 1
        while let tag = try reader.next() {
            switch tag.field {
            case 1:
                try reader.require(.lengthDelimited, of: tag)
                labels = try reader.range()
            case 2:
                try reader.require(.lengthDelimited, of: tag)
                try entry(WireReader(reader.bytes, in: reader.range()))
            default:
                try reader.skip(tag.type)
            }
        }
        let index = try table.index(ofText: UnsafeRawBufferPointer(rebasing: reader.bytes[labels]))
        columns.closeStream(index)
    }

    @inline(__always)
    private mutating func entry(_ message: WireReader) throws {
        var reader = message
        var line = 0..<0
        var timestamp = PushTime.missing
        while let tag = try reader.next() {
            switch tag.field {
            case 1:
                try reader.require(.lengthDelimited, of: tag)
                timestamp = try time(WireReader(reader.bytes, in: reader.range()))
            case 2:
                try reader.require(.lengthDelimited, of: tag)
                line = try reader.range()
            case 3:
                try reader.require(.lengthDelimited, of: tag)
                try pair(WireReader(reader.bytes, in: reader.range()))
            default:
                try reader.skip(tag.type)
            }
        }
        columns.appendRow(timestamp: timestamp, lineOffset: line.lowerBound, lineLength: line.count)
    }

    @inline(__always)
    private func time(_ message: WireReader) throws -> Int64 {
        var reader = message
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        while let tag = try reader.next() {
            switch tag.field {
            case 1:
                try reader.require(.varint, of: tag)
                seconds = Int64(bitPattern: try reader.varint())
            case 2:
                try reader.require(.varint, of: tag)
                nanoseconds = Int64(bitPattern: try reader.varint())
            default:
                try reader.skip(tag.type)
            }
        }
        guard let instant = PushTime.nanoseconds(seconds: seconds, nanoseconds: nanoseconds) else {
            throw PushRejection("timestamp: seconds:\(seconds) nanos:\(nanoseconds) : not in range")
        }
        return instant
    }

    private mutating func pair(_ message: WireReader) throws {
        var reader = message
        var name = 0..<0
        var value = 0..<0
        while let tag = try reader.next() {
            switch tag.field {
            case 1:
                try reader.require(.lengthDelimited, of: tag)
                name = try reader.range()
            case 2:
                try reader.require(.lengthDelimited, of: tag)
                value = try reader.range()
            default:
                try reader.skip(tag.type)
            }
        }
        metadata.add(name: name, value: value, in: reader.bytes, to: &columns)
    }
}

extension PushRejection {
    /// The rejection for a body that cannot be decompressed.
    init(_ error: DecompressionError) {
        switch error {
        case .malformed(let reason):
            self.init(reason)
        case .tooLarge(let bytes, let limit):
            self.init("received message larger than max (\(bytes) vs \(limit))", status: 413)
        }
    }

    /// The rejection for a body that is no protobuf, in the words of Go's decoder.
    fileprivate init(_ error: WireError) {
        switch error {
        case .truncated: self.init("unexpected EOF")
        case .overflow: self.init("proto: integer overflow")
        case .illegalTag(let byteOffset): self.init("proto: PushRequest: illegal tag at byte \(byteOffset)")
        case .wrongType(let field, let byteOffset):
            self.init("proto: wrong wireType for field \(field) at byte \(byteOffset)")
        }
    }
}

internal import WeirBytes
internal import WeirModel

/// One batch as the spool keeps it; docs/formats/spool.md describes the bytes.
struct SpoolRecord: Sendable {
    /// Rises by one with every batch, over all restarts.
    var number: UInt64
    /// When it was written, nanoseconds since 1970 UTC.
    var created: Int64
    /// The origin of its first parcel; the others follow with the next numbers.
    var origin: PushOrigin
    /// How far files are read with it.
    var marks: [PositionRecord]
    /// What is to be sent, in order.
    var parcels: [PushParcel]

    /// On disk: never change.
    static let headerBytes = 48

    /// The record's bytes.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: SpoolRecord.headerBytes + 256 + encodedBytes)
        writer.append(UInt32(0))
        writer.append(UInt32(0))
        writer.append(number)
        writer.append(created)
        writer.append(origin.sender)
        writer.append(origin.sequence)
        writer.appendVarint(UInt64(marks.count))
        for mark in marks { SpoolRecord.append(mark, to: &writer) }
        writer.appendVarint(UInt64(parcels.count))
        for parcel in parcels {
            guard case .encoded(let body) = parcel.content else { preconditionFailure("rows cannot be spooled") }
            SpoolRecord.append(parcel.tenant.map { "=" + $0 } ?? "", to: &writer)
            writer.appendVarint(UInt64(parcel.lineCount))
            writer.appendVarint(UInt64(parcel.lineBytes))
            writer.appendVarint(UInt64(body.count))
            body.withUnsafeBytes { writer.append($0) }
        }
        writer.replace(at: 0, with: UInt32(writer.count - SpoolRecord.headerBytes))
        let checksum = writer.bytes.withUnsafeBytes { SpoolRecord.checksum($0) }
        writer.replace(at: 4, with: checksum)
        return writer.bytes
    }

    /// Bytes of all parcels' bodies.
    var encodedBytes: Int {
        parcels.reduce(0) { sum, parcel in
            guard case .encoded(let body) = parcel.content else { return sum }
            return sum + body.count
        }
    }

    /// Reads the record at the start of `bytes`, which may hold more.
    ///
    /// - Returns: the record and its length; nil when there is none, or it is damaged.
    static func read(_ bytes: UnsafeRawBufferPointer) -> (record: SpoolRecord, byteCount: Int)? {
        var reader = ByteReader(bytes)
        guard let length = reader.read(UInt32.self), let checksum = reader.read(UInt32.self),
            Int(length) <= bytes.count - headerBytes, let number = reader.read(UInt64.self),
            let created = reader.read(Int64.self), let sender = reader.read(UInt128.self),
            let sequence = reader.read(UInt64.self), sequence > 0
        else { return nil }
        let byteCount = headerBytes + Int(length)
        let whole = UnsafeRawBufferPointer(rebasing: bytes[..<byteCount])
        guard SpoolRecord.checksum(whole) == checksum else { return nil }
        var body = ByteReader(whole, at: headerBytes)
        guard let markCount = count(&body) else { return nil }
        var marks: [PositionRecord] = []
        for _ in 0..<markCount {
            guard let mark = mark(&body) else { return nil }
            marks.append(mark)
        }
        guard let parcelCount = count(&body) else { return nil }
        var parcels: [PushParcel] = []
        for _ in 0..<parcelCount {
            guard let tenant = text(&body), let lines = body.readVarint(), let lineBytes = body.readVarint(),
                let size = count(&body), let bytes = body.readBytes(size)
            else { return nil }
            parcels.append(
                PushParcel(
                    tenant: tenant.isEmpty ? nil : String(tenant.dropFirst()), lineCount: Int(clamping: lines),
                    lineBytes: Int(clamping: lineBytes), content: .encoded(Array(bytes))))
        }
        let origin = PushOrigin(sender: sender, sequence: sequence)
        return (
            SpoolRecord(number: number, created: created, origin: origin, marks: marks, parcels: parcels), byteCount
        )
    }

    private static func checksum(_ record: UnsafeRawBufferPointer) -> UInt32 {
        let length = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: record[..<4]))
        return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: record[8...]), seed: length)
    }

    private static func append(_ mark: PositionRecord, to writer: inout ByteWriter) {
        append(mark.path, to: &writer)
        writer.append(UInt8((mark.identity == nil ? 0 : 1) | (mark.isDetached ? 2 : 0)))
        writer.append(mark.identity?.device ?? 0)
        writer.append(mark.identity?.inode ?? 0)
        writer.appendVarint(UInt64(mark.head.length))
        writer.append(mark.head.hash)
        writer.appendVarint(UInt64(mark.offset))
    }

    private static func mark(_ reader: inout ByteReader) -> PositionRecord? {
        guard let path = text(&reader), let flags = reader.read(UInt8.self), let device = reader.read(UInt64.self),
            let inode = reader.read(UInt64.self), let length = reader.readVarint(),
            length <= UInt64(HeadFingerprint.bytesMax), let hash = reader.read(UInt64.self),
            let offset = reader.readVarint(), let offset = Int(exactly: offset)
        else { return nil }
        return PositionRecord(
            path: path, identity: flags & 1 == 0 ? nil : FileIdentity(device: device, inode: inode),
            head: HeadFingerprint(length: Int(length), hash: hash), offset: offset, isDetached: flags & 2 != 0)
    }

    private static func append(_ text: String, to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(text.utf8.count))
        writer.bytes.append(contentsOf: text.utf8)
    }

    private static func text(_ reader: inout ByteReader) -> String? {
        guard let length = count(&reader), let bytes = reader.readBytes(length) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A number of things that take at least one byte each.
    private static func count(_ reader: inout ByteReader) -> Int? {
        guard let value = reader.readVarint(), value <= UInt64(reader.remaining) else { return nil }
        return Int(value)
    }
}

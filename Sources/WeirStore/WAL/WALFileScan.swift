internal import WeirSystem

/// Walks over the records of one log file, and over damage to the next record that is whole.
///
/// Memory: one window of 1 MiB, or the largest record.
final class WALFileScan {
    /// What stands at the place that the scan has reached.
    enum Step {
        /// A whole record; its payload stays in place until the next step.
        case record(WALRecordHeader, payload: UnsafeRawBufferPointer, byteOffset: Int)
        /// Bytes that are no record, and behind them, at `resumedAt`, one that is.
        case damage(byteOffset: Int, found: String, resumed: WALRecordHeader)
        /// No further record. `found` tells what stands there; nil when the log ends as it should.
        case end(byteOffset: Int, found: String?)
    }

    let path: String
    let header: WALFileHeader
    /// The next record's LSN, or a lower bound of it.
    private(set) var expectedLSN: UInt64
    /// Records at or above it are dead: a later file replaced them.
    private let limitLSN: UInt64
    private let seed: UInt32
    private let window: WALWindow
    private var offset = WALLayout.headerBytes

    init(path: String, file: any File, header: WALFileHeader, limitLSN: UInt64) throws(FileError) {
        self.path = path
        self.header = header
        self.limitLSN = limitLSN
        expectedLSN = header.firstLSN
        seed = WALLayout.checksumSeed(epoch: header.epoch)
        window = try WALWindow(file)
    }

    /// The next record, damage or the end; after the end it must not be called again.
    func next() throws(FileError) -> Step {
        let start = offset
        let found: String?
        switch try record(at: start) {
        case .whole(let header, let bytes):
            guard header.lsn < expectedLSN || header.lsn >= limitLSN else {
                offset += header.recordBytes
                expectedLSN = header.lsn + 1
                let payload = bytes[WALLayout.recordHeaderBytes..<WALLayout.recordHeaderBytes + header.payloadBytes]
                return .record(header, payload: UnsafeRawBufferPointer(rebasing: payload), byteOffset: start)
            }
            found = header.lsn >= limitLSN ? nil : "record \(header.lsn) of the file's earlier use"
        case .endMark: found = nil
        case .broken(let what): found = what
        }
        if let resumed = try seekRecord(from: start + WALLayout.alignment) {
            return .damage(byteOffset: start, found: found ?? "the mark of the end", resumed: resumed)
        }
        return .end(byteOffset: start, found: found)
    }

    private enum Found {
        case whole(WALRecordHeader, UnsafeRawBufferPointer)
        case endMark
        case broken(String)
    }

    private func record(at offset: Int) throws(FileError) -> Found {
        let rest = window.size - offset
        guard rest >= WALLayout.endMarkBytes else { return .endMark }
        let mark = try window.bytes(at: offset, count: WALLayout.endMarkBytes)
        if mark.littleEndian(at: 0, as: UInt64.self) == 0 { return .endMark }
        guard rest >= WALLayout.recordHeaderBytes else { return .broken("\(rest) bytes") }
        let header = WALRecordHeader(try window.bytes(at: offset, count: WALLayout.recordHeaderBytes))
        guard header.payloadBytes <= WALLayout.payloadBytesMax, header.recordBytes <= rest else {
            return .broken("a length of \(header.payloadBytes) bytes where \(rest) are left")
        }
        let bytes = try window.bytes(at: offset, count: header.recordBytes)
        guard WALRecordHeader.checksum(ofRecord: bytes, seed: seed) == header.checksum else {
            return .broken("a wrong checksum")
        }
        return .whole(header, bytes)
    }

    /// Moves to the next whole record that may follow the expected one; nil when there is none.
    private func seekRecord(from start: Int) throws(FileError) -> WALRecordHeader? {
        var position = start
        while window.size - position >= WALLayout.recordHeaderBytes {
            let count = min(WALWindow.bytesMin, window.size - position)
            guard let candidate = seekCandidate(in: try window.bytes(at: position, count: count), start, position)
            else {
                position += (count - WALLayout.recordHeaderBytes) / WALLayout.alignment * WALLayout.alignment
                position += WALLayout.alignment
                continue
            }
            if case .whole(let header, _) = try record(at: candidate) {
                offset = candidate
                return header
            }
            position = candidate + WALLayout.alignment
        }
        return nil
    }

    /// The first place that could hold a record by its LSN and type. Stale bytes of a recycled file have lower LSNs,
    /// so they cost a comparison each and no checksum.
    private func seekCandidate(in bytes: UnsafeRawBufferPointer, _ start: Int, _ position: Int) -> Int? {
        let (lowest, limit) = (expectedLSN, limitLSN)
        var place = 0
        while place + WALLayout.recordHeaderBytes <= bytes.count {
            let lsn: UInt64 = bytes.littleEndian(at: place + 8)
            // Between the damage and here lie at most this many records.
            let skipped = UInt64((position + place - start) / WALLayout.recordHeaderBytes) + 1
            if lsn >= lowest, lsn < limit, lsn - lowest <= skipped, bytes[place + 16] != 0 { return position + place }
            place += WALLayout.alignment
        }
        return nil
    }
}

/// A part of a file in memory that moves along.
final class WALWindow {
    static let bytesMin = 1 << 20

    let size: Int
    private let file: any File
    // Owned by this object, freed with it; `bytes(at:count:)` hands out places in it until its next call.
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var filled = 0

    init(_ file: any File) throws(FileError) {
        self.file = file
        size = try file.size()
        buffer = .allocate(byteCount: min(size, WALWindow.bytesMin), alignment: 8)
    }

    deinit { buffer.deallocate() }

    /// `count` bytes at `offset`, which the caller has checked against `size`; valid until the next call.
    func bytes(at offset: Int, count: Int) throws(FileError) -> UnsafeRawBufferPointer {
        if offset < start || offset + count > start + filled { try fill(from: offset, count: count) }
        return UnsafeRawBufferPointer(rebasing: buffer[offset - start..<offset - start + count])
    }

    private func fill(from offset: Int, count: Int) throws(FileError) {
        if count > buffer.count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count, alignment: 8)
        }
        start = offset
        filled = 0
        let wanted = min(buffer.count, size - offset)
        filled = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: offset)
        // The file became shorter than it was when it was opened; 5 is EIO.
        guard filled >= count else { throw FileError(operation: "read the rest of", path: file.path, code: 5) }
    }
}

internal import WeirModel
public import WeirSystem

/// Describes log files in text, for `weir inspect wal`.
public struct WALInspection {
    private let files: any FileSystem
    private let names: [String]
    private let folder: WALFolder

    /// Looks at one log file, or at all of a folder.
    ///
    /// - Throws: `FileError` when nothing is at `path`, or it cannot be listed.
    public init(path: String, fileSystem: any FileSystem) throws(FileError) {
        files = fileSystem
        guard let status = try fileSystem.status(path), status.isFolder else {
            folder = WALFolder(path: FolderPath.parent(of: path) ?? ".", files: fileSystem)
            names = [path.split(separator: "/").last.map(String.init) ?? path]
            return
        }
        folder = WALFolder(path: path, files: fileSystem)
        names = try folder.fileNames()
    }

    /// Hands over line after line: per file its header, its records with offset, LSN, type, tenant, arrival, bytes and
    /// rows, and where it ends or is damaged. Damage is described, never thrown.
    public func forEachLine(_ print: (String) -> Void) throws(FileError) {
        for name in names {
            let found = WALFileFound(name: name, in: folder)
            let path = folder.filePath(name)
            print("file \(path)")
            if let damage = found.damage { print("  byte \(damage.byteOffset): header: \(damage.found)") }
            guard let header = found.header else {
                print("  holds no records")
                continue
            }
            print(
                "  sequence \(header.sequence), epoch \(hexadecimal(header.epoch)), first LSN \(header.firstLSN), "
                    + "end of the files before \(header.previousEnd)")
            let scan = try WALFileScan(
                path: path, file: try files.open(path, .read), header: header, limitLSN: found.limitLSN)
            try forEachLine(of: scan, print)
        }
    }

    private func forEachLine(of scan: WALFileScan, _ print: (String) -> Void) throws(FileError) {
        while true {
            switch try scan.next() {
            case .record(let header, let payload, let byteOffset):
                let record = WALRecordReader.read(header, payload: payload)
                print("  byte \(byteOffset): LSN \(header.lsn), \(description(of: record, header))")
            case .damage(let byteOffset, let found, let resumed):
                print("  byte \(byteOffset): \(found) instead of LSN \(scan.expectedLSN); LSN \(resumed.lsn) follows")
            case .end(let byteOffset, let found):
                print("  byte \(byteOffset): " + (found.map { "torn tail: \($0)" } ?? "end"))
                return
            }
        }
    }

    private func description(of record: WALRecord?, _ header: WALRecordHeader) -> String {
        guard let record else { return "type \(header.type), \(header.payloadBytes) bytes that cannot be read" }
        let origin = "tenant \(record.tenant.name), arrival \(record.arrival.nanoseconds), "
        switch record.content {
        case .encoded(let body):
            return "encoded body (\(body.encoding)), " + origin + "\(body.bytes.count) bytes"
        case .rows(let batch):
            return "rows, " + origin
                + "\(header.payloadBytes) bytes, \(batch.count) rows in \(batch.streams.count) streams"
        }
    }

    private func hexadecimal(_ value: UInt64) -> String {
        String(value, radix: 16)
    }
}

import Synchronization
import Testing
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// A log folder on a simulated disk, opened, crashed and replayed as a test needs it.
struct LogFixture {
    static let folder = "/data/wal"
    let disk: SimulatedFileSystem
    var configuration: WALConfiguration

    init(disk: SimulatedFileSystem = SimulatedFileSystem()) {
        self.disk = disk
        configuration = WALConfiguration()
        configuration.growBytes = 4096
        configuration.recoveryInterval = .milliseconds(1)
    }

    func open(files: (any FileSystem)? = nil, seed: UInt64 = 1) throws -> WriteAheadLog {
        let found = try replay()
        return try WriteAheadLog(
            folder: Self.folder, fileSystem: files ?? disk, configuration: configuration, nextLSN: found.nextLSN,
            fileSequence: found.nextFileSequence, random: SeededRandom(seed: seed))
    }

    struct Found {
        var records: [WALRecord] = []
        var corruptions: [CorruptionError] = []
        var tornTails: [CorruptionError] = []
        var nextLSN: UInt64
        var nextFileSequence: UInt64
    }

    func replay() throws -> Found {
        var replay = try WALReplay(folder: Self.folder, fileSystem: disk)
        var records: [WALRecord] = []
        while let record = replay.next() { records.append(record) }
        return Found(
            records: records, corruptions: replay.corruptions, tornTails: replay.tornTails, nextLSN: replay.nextLSN,
            nextFileSequence: replay.nextFileSequence)
    }

    /// The same log on another disk, with other bytes in its only file.
    static func replay(ofFile bytes: [UInt8], name: String = "0000000000000001.wal") throws -> Found {
        let fixture = LogFixture()
        try fixture.disk.createFolder(folder)
        let file = try fixture.disk.open(folder + "/" + name, .create)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        return try fixture.replay()
    }
}

/// Random numbers that a seed repeats, for code that shares its source.
final class SeededRandom: RandomSource {
    private let generator: Mutex<SeededGenerator>

    init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    func next() -> UInt64 { generator.withLock { $0.next() } }
}

/// Pushes of both kinds.
enum SamplePush {
    static func encoded(_ number: Int, bytes: Int = 50) -> Push {
        var random = SeededGenerator(seed: UInt64(number))
        let body = EncodedBody(encoding: number % 2 == 0 ? .lokiJSON : .lokiSnappyProtobuf, bytes: random.bytes(bytes))
        return Push(
            tenant: Tenant("tenant-\(number % 3)"), arrival: Timestamp(nanoseconds: 1_000 + Int64(number)),
            batch: LineBatch(), body: body)
    }

    static func rows(_ number: Int) -> Push {
        var random = SeededGenerator(seed: UInt64(number))
        var batch = LineBatch()
        batch.streams = [["app": "web", "host": "a"], ["app": "db"], [:]]
        for row in 0..<Int.random(in: 0...20, using: &random) {
            if Bool.random(using: &random) { batch.addMetadata(name: Array("trace".utf8), value: random.bytes(row)) }
            let timestamp = Bool.random(using: &random) ? Int64(number) : Int64(bitPattern: random.next())
            let stream = UInt32.random(in: 0..<3, using: &random)
            batch.appendRow(stream: stream, timestamp: timestamp, copying: random.bytes(row % 7))
        }
        return Push(tenant: .default, arrival: Timestamp(nanoseconds: .max - Int64(number)), batch: batch)
    }

    static func any(_ number: Int) -> Push {
        number % 2 == 0 ? encoded(number, bytes: number * 37 % 3000) : rows(number)
    }

    /// Everything that a push and a record must have in common, as text.
    static func text(_ push: Push) -> String {
        text(push.tenant, push.arrival, push.body.map(WALRecord.Content.encoded) ?? .rows(push.batch))
    }

    static func text(_ record: WALRecord) -> String {
        text(record.tenant, record.arrival, record.content)
    }

    private static func text(_ tenant: Tenant, _ arrival: Timestamp, _ content: WALRecord.Content) -> String {
        let head = "\(tenant.name) \(arrival.nanoseconds) "
        switch content {
        case .encoded(let body):
            return head + "\(body.encoding) \(body.bytes)"
        case .rows(let batch):
            let rows = (0..<batch.count).map { row in
                let start = Int(batch.lineOffsets[row])
                let line = Array(batch.bytes[start..<start + Int(batch.lineLengths[row])])
                let pairs = batch.metadataRange(ofRow: row).map { index in
                    let pair = batch.metadata[index]
                    return [(pair.nameOffset, pair.nameLength), (pair.valueOffset, pair.valueLength)].map { part in
                        Array(batch.bytes[Int(part.0)..<Int(part.0) + Int(part.1)])
                    }
                }
                return "\(batch.streams[Int(batch.streamIndexes[row])]) \(batch.timestamps[row]) \(line) \(pairs)"
            }
            return head + "\(batch.streams) " + rows.joined(separator: "; ")
        }
    }
}

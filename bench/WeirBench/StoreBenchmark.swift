import LogQL
import Synchronization
import WeirAPI
import WeirModel
import WeirStore
import WeirSystem
import WeirTesting

/// The way of pushes into a store on real files, and of questions through it.
struct StoreBenchmark {
    let bodies: PushBodies

    /// The first words of the measurements that ``run()`` makes.
    static let names = ["ingest", "scan"]
    private static let senders = 4

    /// Gives each body to one sender.
    private final class Turns: Sendable {
        private let next = Atomic(0)

        func take() -> Int { next.add(1, ordering: .relaxed).oldValue }
    }

    /// What was accepted so far.
    private struct Amount {
        var lines = 0
        var lineBytes = 0
    }

    /// Fills a store in a temporary folder, then asks it.
    func run() async throws -> [Measurement] {
        let folder = TemporaryFolder()
        let files = folder.files
        let configuration = StoreConfiguration(folder: folder.path)
        var measurements = [try await decoding()]
        Machine.resetPeakMemory()
        let store = try await LogStore.open(
            configuration: configuration, fileSystem: files, clock: SystemClock(),
            decodeBody: { try EncodedBodyDecoder.decode($0) })
        async let maintenance: Void = store.run()
        measurements.append(try await ingest(into: store, folder: folder))
        measurements += try await StoreScanBenchmark(store: store).run()
        await store.close()
        await maintenance
        return measurements
    }

    /// Everything before the store: Snappy, protobuf, limits, levels.
    private func decoding() async throws -> Measurement {
        var amount = Amount()
        let start = Machine.cpuSeconds()
        for index in bodies.paths.indices {
            let outcome = try read(index)
            amount.lines += outcome.push?.batch.count ?? 0
            amount.lineBytes += outcome.lineBytes
        }
        let seconds = Machine.cpuSeconds() - start
        return Measurement(
            name: "ingest: decode and check only",
            figures: [
                .megabytesPerCPUSecond(bytes: amount.lineBytes, seconds), .linesPerCPUSecond(amount.lines, seconds),
                .nanosecondsPerLine(amount.lines, seconds),
            ])
    }

    /// Decodes and appends all bodies from several tasks and seals; CPU time of everything, maintenance too.
    private func ingest(into store: LogStore, folder: TemporaryFolder) async throws -> Measurement {
        let (wall, start) = (Machine.wallSeconds(), Machine.cpuSeconds())
        let turns = Turns()
        let amount = try await withThrowingTaskGroup(of: Amount.self) { group in
            for _ in 0..<Self.senders {
                group.addTask { try await send(to: store, turns) }
            }
            return try await group.reduce(into: Amount()) {
                $0.lines += $1.lines
                $0.lineBytes += $1.lineBytes
            }
        }
        try await store.flush()
        let seconds = Machine.cpuSeconds() - start
        let peak = Machine.peakMemoryBytes()
        return Measurement(
            name: "ingest: push, append, seal",
            figures: [
                .megabytesPerCPUSecond(bytes: amount.lineBytes, seconds), .linesPerCPUSecond(amount.lines, seconds),
                .nanosecondsPerLine(amount.lines, seconds), .milliseconds(Machine.wallSeconds() - wall),
                .megabytes("line_mb", "MB lines", bytes: amount.lineBytes),
                .megabytes("disk_mb", "MB disk", bytes: try Self.bytes(below: folder.path, folder.files)),
                .megabytes("peak_rss_mb", "MB peak RSS", bytes: peak),
            ])
    }

    private func send(to store: LogStore, _ turns: Turns) async throws -> Amount {
        var amount = Amount()
        while true {
            let index = turns.take()
            guard index < bodies.paths.count else { return amount }
            let outcome = try read(index)
            guard let push = outcome.push else { continue }
            try await append(push, to: store)
            amount.lines += push.batch.count
            amount.lineBytes += outcome.lineBytes
        }
    }

    /// Appends as a sender does, who comes back when the store is behind with sealing.
    private func append(_ push: Push, to store: LogStore) async throws {
        while true {
            do {
                return try await store.append(push)
            } catch .overloaded {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private func read(_ index: Int) throws -> PushIntake.Outcome {
        var limits = PushLimits()
        limits.rejectsOld = false
        let request = APIRequest(
            method: "POST", path: "/loki/api/v1/push", headers: ["content-type": "application/x-protobuf"],
            body: try bodies.body(index), arrival: Timestamp(nanoseconds: SystemClock().now()))
        return try PushIntake(limits: limits).read(request)
    }

    private static func bytes(below folder: String, _ files: PosixFileSystem) throws -> Int {
        var sum = 0
        for name in try files.list(folder) {
            let path = "\(folder)/\(name)"
            guard let status = try files.status(path) else { continue }
            sum += status.isFolder ? try bytes(below: path, files) : status.size
        }
        return sum
    }
}

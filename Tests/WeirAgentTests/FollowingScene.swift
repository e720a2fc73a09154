import Synchronization
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

/// A destination that keeps what it is given.
final class RecordingDestination: PushDestination {
    struct Entry: Hashable, Sendable {
        var labels: LabelSet
        var timestamp: Int64
        var line: String
    }

    let name = "recording"
    private let kept = Mutex<[Entry]>([])

    var entries: [Entry] { kept.withLock { $0 } }
    var lines: [String] { entries.map(\.line) }

    func prepare(_ lines: LineBatch, tenant: String?) -> PushParcel {
        PushParcel(tenant: tenant, lineCount: lines.count, lineBytes: lines.lineBytes, content: .rows(lines))
    }

    func deliver(_ parcel: PushParcel) async throws(CancellationError) -> DeliveryOutcome {
        guard case .rows(let batch) = parcel.content else { return .refused(reason: "form", message: "") }
        kept.withLock { kept in
            for row in 0..<batch.count {
                kept.append(
                    Entry(
                        labels: batch.streams[Int(batch.streamIndexes[row])], timestamp: batch.timestamps[row],
                        line: batch.lineText(ofRow: row)))
            }
        }
        return .delivered
    }
}

/// A folder of logs, a follower over it, and a destination, driven by hand: nothing happens between the calls.
final class FollowingScene {
    let folder = TemporaryFolder()
    let system = PosixFileSystem()
    let clock = ManualClock()
    let destination = RecordingDestination()
    private(set) var follower: Follower
    private(set) var queue: DeliveryQueue
    let configuration: AgentConfiguration

    /// Follows `containers/*/*-json.log` as Docker's source, and `logs/*.log` through `stages`.
    init(
        stages: [StageConfiguration] = [], batchBytes: Int = 64 << 10, lineBytesMax: Int = 256 << 10,
        configure: (inout AgentConfiguration) -> Void = { _ in }
    ) throws {
        try system.createFolder(folder.path + "/containers")
        try system.createFolder(folder.path + "/logs")
        var configuration = AgentConfiguration()
        var client = ClientConfiguration(url: "http://localhost/loki/api/v1/push")
        client.batchBytes = batchBytes
        configuration.clients = [client]
        configuration.positions.filename = folder.path + "/positions.yaml"
        configuration.limits.lineBytesMax = lineBytesMax
        var docker = DockerSourceConfiguration()
        docker.containersFolder = folder.path + "/containers"
        configuration.docker = docker
        var scrape = ScrapeConfiguration(jobName: "application")
        scrape.targets = [StaticTarget(labels: ["job": "app", "__path__": folder.path + "/logs/*.log"])]
        scrape.stages = stages
        configuration.scrapes = [scrape]
        configuration.spool.isEnabled = false
        configure(&configuration)
        self.configuration = configuration
        queue = DeliveryQueue(destinationCount: 1) {}
        follower = try Follower(configuration, system: system, clock: clock, destinations: [destination], queue: queue)
    }

    /// Throws the follower away as a crash would, and starts another over what is on the disk.
    func restart() throws {
        follower.stop()
        queue = DeliveryQueue(destinationCount: 1) {}
        follower = try Follower(configuration, system: system, clock: clock, destinations: [destination], queue: queue)
    }

    /// Reads everything that is there, without delivering it.
    func read(lookingForFiles: Bool = true) {
        var mayHaveNewFiles = lookingForFiles
        repeat {
            let step = follower.step(mayHaveNewFiles: mayHaveNewFiles)
            mayHaveNewFiles = false
            if !step.hasMore { break }
        } while true
    }

    /// Delivers what is in the queue.
    func deliver(atMost count: Int = .max) async {
        var remaining = count
        while remaining > 0, !queue.isSettled, let work = await queue.next(destination: 0) {
            for parcel in work.parcels { _ = try? await destination.deliver(parcel) }
            queue.settle(work.sequence, destination: 0)
            remaining -= 1
        }
    }

    /// Reads and delivers until nothing is left, batches that are not full included.
    func settle() async {
        for _ in 0..<3 {
            repeat {
                read()
                clock.advance(byNanoseconds: 1_100_000_000)
                _ = follower.step()
                await deliver()
            } while follower.step().hasMore
        }
    }

    func append(_ text: String, to path: String) throws {
        let place = folder.path + "/" + path
        let exists = try system.status(place) != nil
        let file = try system.open(place, exists ? .update : .create)
        defer { file.close() }
        let size = try file.size()
        try Array(text.utf8).withUnsafeBytes { try file.write($0, at: size) }
    }

    func truncate(_ path: String) throws {
        let file = try system.open(folder.path + "/" + path, .update)
        defer { file.close() }
        try file.truncate(to: 0)
    }

    func rename(_ source: String, to target: String) throws {
        try system.rename(folder.path + "/" + source, to: folder.path + "/" + target)
    }

    /// Renames as Docker does: `.1` becomes `.2`, the log becomes `.1`.
    func rotate(_ path: String, keeping count: Int = 5) throws {
        for number in stride(from: count - 1, through: 1, by: -1) {
            guard try system.status(folder.path + "/\(path).\(number)") != nil else { continue }
            try rename("\(path).\(number)", to: "\(path).\(number + 1)")
        }
        try rename(path, to: path + ".1")
    }

    /// Makes a container's folder and returns the path of its log.
    func addContainer(_ name: String) throws -> String {
        let digit = String(name.utf8.reduce(0) { ($0 + Int($1)) % 10 })
        let id = String(repeating: digit, count: 64)
        try system.createFolder(folder.path + "/containers/" + id)
        try append(
            #"{"ID":"\#(id)","Name":"/\#(name)","Config":{"Image":"shop/\#(name):1","Labels":{"com.docker.compose.service":"\#(name)","com.docker.compose.project":"shop"}}}"#,
            to: "containers/\(id)/config.v2.json")
        return "containers/\(id)/\(id)-json.log"
    }
}

/// One record as Docker writes it; `text` is escaped already.
func dockerRecord(_ text: String, stream: String = "stdout", nanosecond: Int = 1) -> String {
    let padded = String(String(nanosecond + 1_000_000_000).dropFirst())
    return #"{"log":"\#(text)","stream":"\#(stream)","time":"2026-11-21T06:42:13.\#(padded)Z"}"# + "\n"
}

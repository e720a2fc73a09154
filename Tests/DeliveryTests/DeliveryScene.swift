import Synchronization
import WeirAgent
import WeirModel
import WeirSystem
import WeirTesting

/// An agent that follows `logs/*.log` of a folder and pushes to a ``FaultyServer``, driven by hand.
final class DeliveryScene {
    let folder = TemporaryFolder()
    let system = PosixFileSystem()
    let clock = ManualClock(nanoseconds: 1_790_000_000_000_000_000)
    let server: FaultyServer
    let configuration: AgentConfiguration
    private(set) var follower: Follower
    private(set) var queue: DeliveryQueue
    private let client: PushClient
    private let budget = AttemptBudget()

    /// How often the client may try before it gives up as if the agent were told to stop.
    private final class AttemptBudget: Sendable {
        private let left = Mutex(0)

        func set(_ count: Int) { left.withLock { $0 = count } }

        func take() -> Bool {
            left.withLock { left in
                left -= 1
                return left > 0
            }
        }
    }

    init(configure: (inout AgentConfiguration) -> Void = { _ in }) throws {
        try system.createFolder(folder.path + "/logs")
        server = FaultyServer(in: folder, clock: clock)
        var configuration = AgentConfiguration()
        var destination = ClientConfiguration(url: "http://server/loki/api/v1/push")
        destination.batchBytes = 8_000
        configuration.clients = [destination]
        configuration.positions.filename = folder.path + "/positions.yaml"
        configuration.limits.bufferBytesMax = 30_000
        var scrape = ScrapeConfiguration(jobName: "application")
        scrape.targets = [StaticTarget(labels: ["job": "app", "__path__": folder.path + "/logs/*.log"])]
        configuration.scrapes = [scrape]
        configure(&configuration)
        self.configuration = configuration
        client = PushClient(
            destination, sender: server,
            pause: { [budget] _ in if !budget.take() { throw CancellationError() } })
        queue = DeliveryQueue(destinationCount: 1) {}
        follower = try Follower(configuration, system: system, clock: clock, destinations: [client], queue: queue)
    }

    /// Begins anew over what is on the disk, as after SIGKILL: nothing is closed, sealed or saved.
    func kill() throws {
        queue = DeliveryQueue(destinationCount: 1) {}
        follower = try Follower(configuration, system: system, clock: clock, destinations: [client], queue: queue)
    }

    /// Reads until there is nothing more, or no room.
    func read() {
        while follower.step(mayHaveNewFiles: true).hasMore {}
    }

    /// Lets time pass, so that a batch that is not full is closed.
    func pass(_ nanoseconds: Int64) {
        clock.advance(byNanoseconds: nanoseconds)
        _ = follower.step(mayHaveNewFiles: true)
    }

    /// Delivers up to `count` batches, each with at most `attempts` tries.
    func deliver(atMost count: Int = .max, attempts: Int = 20) async {
        var remaining = count
        while remaining > 0, !queue.isSettled, let work = await queue.next(destination: 0) {
            for parcel in work.parcels {
                budget.set(attempts)
                do { _ = try await client.deliver(parcel) } catch { return }
            }
            queue.settle(work.sequence, destination: 0)
            remaining -= 1
        }
    }

    /// Reads and delivers until nothing is left.
    func settle() async {
        for _ in 0..<3 {
            repeat {
                read()
                pass(1_100_000_000)
                await deliver()
            } while follower.step().hasMore || !queue.isSettled
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
}

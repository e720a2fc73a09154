public import WeirModel
public import WeirSystem

/// The store in the same process as a destination: no encoding, no network.
public struct SinkDestination: PushDestination {
    /// `local`.
    public let name = "local"

    private let sink: any EntrySink
    private let tenant: Tenant
    private let clock: any WallClock
    private let random: any RandomSource
    private let pause: @Sendable (Duration) async throws -> Void

    /// Creates a destination.
    ///
    /// - Parameters:
    ///   - sink: takes the rows.
    ///   - tenant: whose they are where no stage has said.
    ///   - pause: waits between attempts; throws when the task is cancelled.
    public init(
        sink: any EntrySink, tenant: Tenant = .default, clock: any WallClock = SystemClock(),
        random: any RandomSource = SystemRandomSource(),
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.sink = sink
        self.tenant = tenant
        self.clock = clock
        self.random = random
        self.pause = pause
    }

    /// Keeps the rows as they are.
    public func prepare(_ lines: LineBatch, tenant: String?) -> PushParcel {
        PushParcel(tenant: tenant, lineCount: lines.count, lineBytes: lines.lineBytes, content: .rows(lines))
    }

    /// Appends until the sink takes the rows.
    public func deliver(_ parcel: PushParcel) async throws(CancellationError) -> DeliveryOutcome {
        guard case .rows(let lines) = parcel.content else {
            return .refused(reason: "encoded", message: "the parcel was prepared for another destination")
        }
        let owner = parcel.tenant.map { Tenant($0) } ?? tenant
        var backoff = Backoff(BackoffConfiguration())
        while true {
            do throws(AppendError) {
                try await sink.append(Push(tenant: owner, arrival: Timestamp(nanoseconds: clock.now()), batch: lines))
                return .delivered
            } catch .repeated {
                return .delivered
            } catch {
                // Every reason (disk full, starting, overloaded) may pass, and the files hold the lines meanwhile.
                let wait = backoff.next(random: random.next())
                do { try await pause(.nanoseconds(wait)) } catch { throw CancellationError() }
            }
        }
    }
}

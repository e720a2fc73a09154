internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import WeirModel
internal import WeirSystem

/// Keeps the server's own log lines like anybody's, as `{job="weir"}`, so that they can be asked for and tailed where all
/// others are.
struct OwnLogService: Service {
    let lines: OwnLogLines
    /// Where lines go once it is open.
    let sink: any EntrySink
    let clock: any WallClock

    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await deliver() }
        }
        await deliver()
    }

    private func deliver() async {
        let taken = lines.take()
        guard !taken.isEmpty else { return }
        var batch = LineBatch()
        batch.streams = taken.levels.map { LabelSet([Label("job", "weir"), Label("level", $0)]) }
        for line in taken.lines {
            batch.appendRow(stream: line.stream, timestamp: line.timestamp, copying: Array(line.text.utf8))
        }
        let push = Push(tenant: .default, arrival: Timestamp(nanoseconds: clock.now()), batch: batch)
        // A store that is not open yet, or full, says so to others; to repeat it here would feed it its own complaint.
        if (try? await sink.append(push)) == nil { lines.putBack(taken) }
    }
}

/// Log lines on their way into the store; the oldest are dropped when too many wait.
final class OwnLogLines: Sendable {
    /// Lines and the levels that their streams stand for.
    struct Taken {
        var lines: [Line] = []
        var levels: [String] = []

        var isEmpty: Bool { lines.isEmpty }
    }

    struct Line {
        let timestamp: Int64
        let stream: UInt32
        let text: String
    }

    private static let linesMax = 10_000

    private let state = Mutex(Taken())

    /// Takes a line; never waits.
    func add(_ timestamp: Int64, _ level: Logger.Level, _ text: String) {
        let name = level == .warning ? "warn" : "\(level)"
        state.withLock { state in
            if !state.levels.contains(name) { state.levels.append(name) }
            let stream = UInt32(state.levels.firstIndex(of: name) ?? 0)
            if state.lines.count >= Self.linesMax { state.lines.removeFirst(Self.linesMax / 10) }
            state.lines.append(Line(timestamp: timestamp, stream: stream, text: text))
        }
    }

    /// Hands out all lines that wait.
    func take() -> Taken {
        state.withLock { state in
            defer { state.lines.removeAll(keepingCapacity: true) }
            return state
        }
    }

    /// Takes lines back that could not be stored.
    func putBack(_ taken: Taken) {
        state.withLock { state in
            let room = max(0, Self.linesMax - state.lines.count)
            state.lines.insert(contentsOf: taken.lines.suffix(room), at: 0)
        }
    }
}

/// How long a request may take to arrive: its head a fixed time, its body as long as it keeps up a kilobyte a second
/// after that time. Without it a few hundred clients that send a byte now and then hold all connections.
///
/// Pure: instants come in as nanoseconds of any clock that never goes back.
struct RequestPace {
    private let allowance: Int64
    private var state = State.silent

    private enum State {
        /// Nothing of a request has come; how long that may last is somebody else's affair.
        case silent
        case head(since: Int64)
        case body(since: Int64, bytes: Int64)
        /// The connection speaks something else than HTTP by now.
        case over
    }

    private static let bytesPerSecondMin: Int64 = 1024

    init(allowance: Duration) {
        self.allowance = allowance.components.seconds * 1_000_000_000 + allowance.components.attoseconds / 1_000_000_000
    }

    /// When the request has to be complete at the latest, as far as is known; nil when none is under way.
    var deadline: Int64? {
        switch state {
        case .silent, .over: nil
        case .head(let since): since + allowance
        case .body(let since, let bytes): since + allowance + bytes * (1_000_000_000 / Self.bytesPerSecondMin)
        }
    }

    /// Bytes came off the wire.
    mutating func take(_ bytes: Int, now: Int64) {
        switch state {
        case .silent: state = .head(since: now)
        case .head, .over: break
        case .body(let since, let before): state = .body(since: since, bytes: before + Int64(bytes))
        }
    }

    /// A head is complete.
    mutating func beginBody(now: Int64) { state = .body(since: now, bytes: 0) }

    /// A request is complete.
    mutating func finish() { state = .silent }

    /// No more requests come.
    mutating func stop() { state = .over }
}

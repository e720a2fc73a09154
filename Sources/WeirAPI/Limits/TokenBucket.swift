/// So many bytes a second, and so many at once. Pure: instants come in.
struct TokenBucket: Sendable {
    private var available: Double
    private var instant: Int64

    /// A full bucket.
    init(burst: Int, now: Int64) {
        available = Double(burst)
        instant = now
    }

    /// Takes `amount` if it is there.
    ///
    /// - Returns: nil once taken; else the nanoseconds until it would be there. An amount larger than a full bucket is
    ///   taken from a full one, which then owes the rest: nothing could ever be sent otherwise.
    mutating func take(_ amount: Int, rate: Int, burst: Int, now: Int64) -> Int64? {
        let elapsed = Double(max(0, now - instant)) / 1e9
        instant = max(instant, now)
        available = min(Double(burst), available + elapsed * Double(rate))
        let needed = Double(min(amount, burst))
        guard available >= needed else {
            return Int64(((needed - available) / Double(max(1, rate)) * 1e9).rounded(.up))
        }
        available -= Double(amount)
        return nil
    }
}

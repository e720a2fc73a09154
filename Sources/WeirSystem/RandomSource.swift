/// Where random numbers come from, so that tests can repeat them.
public protocol RandomSource: Sendable {
    /// 64 random bits.
    func next() -> UInt64
}

/// The machine's random numbers, fit for keys.
public struct SystemRandomSource: RandomSource {
    /// Creates the source.
    public init() {}

    /// 64 random bits from the kernel.
    public func next() -> UInt64 {
        UInt64.random(in: .min ... .max)
    }
}

/// Why a stage cannot run as configured.
public struct StageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stage's name in the configuration.
    public let stage: String
    /// What is wrong with it.
    public let reason: String

    /// Creates an error.
    public init(stage: String, reason: String) {
        self.stage = stage
        self.reason = reason
    }

    /// `stage json: …`
    public var description: String { "stage \(stage): \(reason)" }
}

extension StageConfiguration {
    /// Why this stage, or one inside it, cannot run; nil when it can. Compiles its patterns, so ask once, not per line.
    public func problem() -> StageError? {
        do throws(StageError) {
            _ = try StagePlan([self])
            return nil
        } catch {
            return error
        }
    }
}

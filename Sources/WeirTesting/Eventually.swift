/// Waits until something is true that another process or thread brings about.
///
/// The condition is asked again every few milliseconds, so a test takes as long as what it waits for; the bound only
/// ends a test whose condition never comes. It ends none before the condition was asked two thousand times: where tests
/// keep every thread busy, a minute can pass in which neither the test nor what it waits for has run.
///
/// - Returns: whether it became true within `bound`.
public func eventually(
    within bound: Duration = .seconds(60), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + bound
    var turns = 0
    while true {
        if try await condition() { return true }
        turns += 1
        if turns >= 2_000, ContinuousClock.now >= deadline { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

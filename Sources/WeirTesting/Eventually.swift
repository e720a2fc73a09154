/// Waits until something is true that another process or thread brings about.
///
/// The condition is asked again every few milliseconds, so a test takes as long as what it waits for; the bound only
/// ends a test whose condition never comes.
///
/// - Returns: whether it became true within `bound`.
public func eventually(
    within bound: Duration = .seconds(60), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + bound
    while true {
        if try await condition() { return true }
        if ContinuousClock.now >= deadline { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

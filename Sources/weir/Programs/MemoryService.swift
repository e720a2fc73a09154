internal import ServiceLifecycle
internal import WeirSystem

/// Gives memory back that is no longer used, once a second; without it a server stays as large as its largest moment.
struct MemoryService: Service {
    /// What the allocator may keep for the next requests.
    private static let unusedBytesMax = 32 << 20
    /// Threads that share an arena wait for each other at times; with more arenas each keeps its own leftovers.
    static let arenas = 2

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                ProcessMemory.releaseUnused(over: Self.unusedBytesMax)
            }
        }
    }
}

internal import ServiceLifecycle
internal import Synchronization
internal import WeirRules

/// Evaluates rules from the moment the store is open until the server stops.
final class RuleService: Service, Sendable {
    private let programs: AsyncStream<RuleProgram>
    private let handover: AsyncStream<RuleProgram>.Continuation
    private let current = Mutex<RuleProgram?>(nil)

    init() {
        (programs, handover) = AsyncStream.makeStream()
    }

    /// Hands over the rules; the store is open.
    func open(_ program: RuleProgram) {
        current.withLock { $0 = program }
        handover.yield(program)
    }

    /// The rules, once the store is open.
    var program: RuleProgram? { current.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [programs] in
            for await program in programs {
                await program.start()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await program.engine.run { try await Task.sleep(for: .nanoseconds($0)) } }
                    group.addTask { await program.care() }
                }
            }
        }
        await program?.end()
    }
}

internal import ServiceLifecycle
internal import WeirAPI
internal import WeirModel
internal import WeirSystem

/// Brings stored pushes to tails, on a thread of its own.
struct TailService: Service {
    let hub: TailHub
    let clock: any WallClock

    func run() async throws {
        let thread = WorkExecutor(name: "weir-tail", threads: 1)
        for await push in hub.pushes.cancelOnGracefulShutdown() {
            try? await thread.run { hub.deliver(push, now: Timestamp(nanoseconds: clock.now())) }
        }
        thread.shutdown()
    }
}

internal import Synchronization

/// A full block that waits to be compressed, and where it belongs.
struct FullBlock: Sendable {
    let generation: Generation
    let day: Int
    let block: HeadBlock
}

/// Work that appends leave to the maintenance loop. Bounded by what the head may hold: a block is a megabyte of it, and
/// a wish to seal is kept once.
final class ChoreQueue: Sendable {
    enum Chore: Sendable {
        case compress(FullBlock)
        case seal
    }

    private let state = Mutex(State())

    private struct State {
        var blocks: [FullBlock] = []
        var wantsSeal = false
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    func add(_ chore: Chore) {
        let waiter = state.withLock { state in
            switch chore {
            case .compress(let block): state.blocks.append(block)
            case .seal: state.wantsSeal = true
            }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Ends the waiting of whoever waits, now and later.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Takes everything that is there, waiting until there is something; empty when finished or cancelled. For one
    /// caller.
    func next() async -> (blocks: [FullBlock], wantsSeal: Bool) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    let isIdle = state.blocks.isEmpty && !state.wantsSeal && !state.isFinished && !Task.isCancelled
                    if isIdle { state.waiter = continuation }
                    return isIdle
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
        return state.withLock { state in
            defer {
                state.blocks = []
                state.wantsSeal = false
            }
            return (state.blocks, state.wantsSeal)
        }
    }
}

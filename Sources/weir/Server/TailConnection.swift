internal import NIOWebSocket
internal import Synchronization
internal import WeirAPI
internal import WeirModel
internal import WeirSystem

/// Runs one tail: history, then frames as they become due, a ping a second, goodbye.
struct TailConnection: Sendable {
    let socket: TailSocket
    let door: TailDoor
    let clock: any WallClock

    /// A client that takes nothing for so long is gone, whatever its connection says; Loki's figure.
    private static let blockedNanosecondsMax: Int64 = 15 * 1_000_000_000
    private static let pingInterval = Duration.seconds(1)

    /// Runs until the client goes or the server is to stop.
    func run() async {
        let subscription: TailSubscription
        do throws(TailLimitError) {
            subscription = try door.open(socket.request)
        } catch {
            return socket.close(.unexpectedServerError, error.message)
        }
        defer { door.close(subscription) }
        let sending = SendingSince()
        await withDiscardingTaskGroup { group in
            group.addTask { [socket] in
                for await _ in socket.endings {}
                subscription.finish()
            }
            group.addTask { await tick(subscription, sending) }
            await write(subscription, sending)
            group.cancelAll()
        }
        socket.close(.goingAway, "")
    }

    private func write(_ subscription: TailSubscription, _ sending: SendingSince) async {
        if let fault = await door.sendHistory(to: subscription) {
            return socket.close(.unexpectedServerError, fault)
        }
        for await _ in subscription.wakes {
            while let frame = subscription.nextFrame(now: now) {
                sending.nanoseconds.store(now.nanoseconds, ordering: .relaxed)
                // A connection that breaks ends the loop by its own way.
                guard (try? await socket.send(frame)) != nil else { return }
                sending.nanoseconds.store(.max, ordering: .relaxed)
            }
        }
    }

    private func tick(_ subscription: TailSubscription, _ sending: SendingSince) async {
        while (try? await Task.sleep(for: Self.pingInterval)) != nil {
            socket.ping()
            subscription.wake()
            let since = sending.nanoseconds.load(ordering: .relaxed)
            if since != .max, now.nanoseconds - since > Self.blockedNanosecondsMax { socket.abort() }
        }
    }

    private var now: Timestamp { Timestamp(nanoseconds: clock.now()) }
}

/// When the frame that is being sent was begun; the largest number while none is.
private final class SendingSince: Sendable {
    let nanoseconds = Atomic<Int64>(.max)
}

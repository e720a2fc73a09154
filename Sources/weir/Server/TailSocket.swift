internal import NIOCore
internal import NIOWebSocket
internal import WeirAPI

/// A tail's connection as a task sees it.
struct TailSocket: Sendable {
    /// What the client asked for.
    let request: TailRequest
    /// Ends when the client has gone or the server is to stop.
    let endings: AsyncStream<Void>

    private let channel: any Channel
    private let frames: NIOLoopBound<TailFrames>

    /// To be called on the channel's event loop.
    init(channel: any Channel, frames: TailFrames, request: TailRequest) {
        self.channel = channel
        self.request = request
        self.frames = NIOLoopBound(frames, eventLoop: channel.eventLoop)
        endings = frames.endings
    }

    /// Sends a text and waits until the system has taken it, which is how a slow client is felt.
    func send(_ text: [UInt8]) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { [frames] in
            frames.value.send(.text, ByteBuffer(bytes: text), promise: promise)
        }
        try await promise.futureResult.get()
    }

    /// Shows the client, and everything between, that the connection is alive.
    func ping() {
        channel.eventLoop.execute { [frames] in frames.value.send(.ping, ByteBuffer(), promise: nil) }
    }

    /// Says goodbye and closes the connection, unless that was done already.
    func close(_ code: WebSocketErrorCode, _ reason: String) {
        channel.eventLoop.execute { [frames] in frames.value.close(code: code, reason: reason) }
    }

    /// Closes the connection at once.
    func abort() {
        channel.close(promise: nil)
    }
}

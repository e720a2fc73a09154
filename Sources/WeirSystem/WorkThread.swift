internal import Glibc
internal import Synchronization

/// One thread of our own, for a loop that blocks.
public final class WorkThread: Sendable {
    private let handle: pthread_t
    private let isJoined = Atomic(false)

    /// Starts a thread that runs `body` once.
    ///
    /// - Parameters:
    ///   - name: what `top -H` shows; the kernel keeps 15 bytes.
    ///   - isBackground: whether it makes way for all other threads of the machine that want to run.
    public init(name: String, isBackground: Bool = false, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, isBackground: isBackground, body: body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
                WorkThread.nameCurrent(start.name)
                if start.isBackground { WorkThread.makeCurrentNice() }
                start.body()
                return nil
            }, start.toOpaque())
        // Without its threads the process cannot do anything useful, and this happens at start-up or never.
        precondition(code == 0, "cannot start the thread \(name): error \(code)")
        self.handle = handle
    }

    deinit {
        if !isJoined.exchange(true, ordering: .relaxed) { pthread_detach(handle) }
    }

    /// Whether the caller runs on this thread.
    public var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    /// Blocks until the thread has ended. Called on the thread itself, or twice, it does nothing.
    public func join() {
        guard !isCurrent, !isJoined.exchange(true, ordering: .relaxed) else { return }
        pthread_join(handle, nil)
    }

    /// Best effort: glibc's call for this is hidden from Swift, the kernel's file is not.
    private static func nameCurrent(_ name: String) {
        let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let text = Array(name.utf8.prefix(15))
        _ = write(descriptor, text, text.count)
        close(descriptor)
    }

    /// Best effort as well. On Linux the call is about the calling thread and not, as POSIX has it, about the process.
    private static func makeCurrentNice() {
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
    }

    /// What a new thread needs to know, passed through C as one reference.
    private final class Start: Sendable {
        let name: String
        let isBackground: Bool
        let body: @Sendable () -> Void

        init(name: String, isBackground: Bool, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.isBackground = isBackground
            self.body = body
        }
    }
}

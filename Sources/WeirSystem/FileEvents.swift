internal import Glibc
internal import Synchronization

/// Hints from the kernel that names in folders have changed (inotify), and a way to end a wait from another thread.
///
/// Events only hasten what a periodic look finds anyway: where inotify is missing or overflows, nothing is lost.
public final class FileEvents: FolderEvents {
    private struct State {
        var folders: [Int32: String] = [:]
        var watches: [String: Int32] = [:]
    }

    // -1 when the kernel gives no more instances; then only wake() ends a wait early.
    private let inotify: Int32
    // A pipe that wake() writes to; both ends never block.
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let state = Mutex(State())

    /// What makes a folder worth another look. Writes to files are left out: they would be far too many, and a look at
    /// each file's size four times a second costs less.
    private static let mask = UInt32(
        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_DELETE_SELF | IN_MOVE_SELF)

    /// Asks the kernel for an event queue.
    public init() {
        inotify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        wakeReader = ends[0]
        wakeWriter = ends[1]
    }

    deinit {
        for descriptor in [inotify, wakeReader, wakeWriter] where descriptor >= 0 { close(descriptor) }
    }

    /// Begins to watch the folders that are not watched yet, and ends watching all others.
    public func watch(_ folders: Set<String>) {
        guard inotify >= 0 else { return }
        state.withLock { state in
            for (folder, watch) in state.watches where !folders.contains(folder) {
                inotify_rm_watch(inotify, watch)
                state.watches[folder] = nil
                state.folders[watch] = nil
            }
            for folder in folders where state.watches[folder] == nil {
                let watch = inotify_add_watch(inotify, folder, FileEvents.mask)
                guard watch >= 0 else { continue }
                state.watches[folder] = watch
                state.folders[watch] = folder
            }
        }
    }

    /// Waits for a change in a watched folder, for ``wake()``, or until the time is up.
    public func wait(upTo timeout: Duration) -> FolderChange {
        var waits = [
            pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
            pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
        ]
        let parts = max(timeout, .zero).components
        // Rounded up: a wait that ends just before its time would only be followed by another one.
        let partMilliseconds = (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let milliseconds = min(parts.seconds, 3_600) * 1_000 + partMilliseconds
        // poll passes over descriptors below 0.
        guard poll(&waits, 2, Int32(milliseconds)) > 0 else { return .none }
        if waits[0].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            while read(wakeReader, &bytes, bytes.count) == bytes.count {}
        }
        return waits[1].revents == 0 ? .none : drain()
    }

    /// Ends the wait under way, or the next one.
    public func wake() {
        // A full pipe is as good a wake-up as one more byte in it.
        var byte: UInt8 = 1
        _ = write(wakeWriter, &byte, 1)
    }

    /// Reads all events that are there; which names they are about does not matter.
    private func drain() -> FolderChange {
        var hasChange = false
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            while true {
                let count = read(inotify, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                hasChange = true
                forget(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return hasChange ? .changed : .none
    }

    /// Watches end by themselves when their folder goes; one that comes back under the same name needs a new one.
    private func forget(_ events: UnsafeRawBufferPointer) {
        var offset = 0
        let headerBytes = 16  // wd, mask, cookie, name length
        while offset + headerBytes <= events.count {
            let watch = events.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            let mask = events.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let nameBytes = Int(events.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            if mask & UInt32(IN_IGNORED | IN_MOVE_SELF) != 0 {
                state.withLock { state in
                    guard let folder = state.folders.removeValue(forKey: watch) else { return }
                    state.watches[folder] = nil
                    if mask & UInt32(IN_MOVE_SELF) != 0 { inotify_rm_watch(inotify, watch) }
                }
            }
            offset += headerBytes + nameBytes
        }
    }
}

internal import Glibc
internal import Synchronization

/// A program that runs beside this one and whose output is read; it ends with the last reference at the latest.
public final class ChildProcess: Sendable {
    private let id: pid_t
    private let output: Int32
    private let isReaped = Atomic(false)

    /// Starts a program.
    ///
    /// - Parameter command: the program, by a path or a name found in `PATH`, and its arguments.
    /// - Throws: when it cannot be started, as when there is no such program.
    public init(_ command: [String]) throws(FileError) {
        let name = command.first ?? ""
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw FileError(operation: "start", path: name, code: errno) }
        // The child gets its end as standard output and must not keep the others open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var started: pid_t = 0
        let code = posix_spawnp(&started, name, &actions, nil, arguments, environ)
        Glibc.close(ends[1])
        guard code == 0 else {
            Glibc.close(ends[0])
            throw FileError(operation: "start", path: name, code: code)
        }
        id = started
        output = ends[0]
    }

    deinit {
        end()
        Glibc.close(output)
    }

    /// Waits for output and reads what there is, at most `count` bytes; nothing once the program has ended.
    public func read(atMost count: Int = 256 << 10) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            var got = Glibc.read(output, room.baseAddress, room.count)
            while got < 0, errno == EINTR { got = Glibc.read(output, room.baseAddress, room.count) }
            filled = max(0, got)
        }
    }

    /// Ends the program; who reads then finds the end. Any thread may call it, also again.
    public func end() {
        guard !isReaped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
}

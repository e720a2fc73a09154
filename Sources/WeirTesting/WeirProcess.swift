internal import Glibc
internal import WeirSystem

/// The built `weir` as a process of its own, with its output in files, so that a test can kill it as a crash would.
public final class WeirProcess {
    /// The process, for messages.
    public let id: Int32

    private let folder: TemporaryFolder
    private var exitCode: Int32?

    /// Where the program stands: beside the running test bundle, so debug tests run the debug build.
    public static let program: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
        precondition(count > 0, "cannot read /proc/self/exe: error \(errno)")
        return (FolderPath.parent(of: String(decoding: buffer.prefix(count), as: UTF8.self)) ?? ".") + "/weir"
    }()

    /// Starts `weir` with arguments.
    ///
    /// - Parameters:
    ///   - environment: added to a bare environment: `PATH` and `TMPDIR`.
    ///   - command: what is started instead of `weir`, by a path or a name found in `PATH`.
    public init(
        _ arguments: [String], environment: [String: String] = [:], command: String = WeirProcess.program
    ) throws {
        folder = TemporaryFolder()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "stdout"), (2, "stderr")] {
            let path = folder.path + "/" + name
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        var inherited = environment
        for name in ["PATH", "TMPDIR", "LD_LIBRARY_PATH"] where inherited[name] == nil {
            inherited[name] = getenv(name).map { String(cString: $0) }
        }
        let argv = ([command] + arguments).map { strdup($0) } + [nil]
        let envp = inherited.map { strdup($0.key + "=" + $0.value) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var started: pid_t = 0
        let code = posix_spawnp(&started, command, &actions, nil, argv, envp)
        guard code == 0 else { throw FileError(operation: "start", path: command, code: code) }
        id = started
    }

    deinit {
        if exitCode == nil {
            Glibc.kill(id, SIGKILL)
            var status: Int32 = 0
            waitpid(id, &status, 0)
        }
    }

    /// What it has written to standard output so far.
    public var output: String { contents("stdout") }
    /// What it has written to standard error so far.
    public var errors: String { contents("stderr") }

    /// Ends it at once, as a crash of the process would.
    public func kill() {
        Glibc.kill(id, SIGKILL)
        _ = reap(options: 0)
    }

    /// Sends a signal, such as `SIGTERM` (15).
    public func signal(_ number: Int32) {
        Glibc.kill(id, number)
    }

    /// Whether it still runs.
    public var isRunning: Bool { !reap(options: WNOHANG) }

    /// Waits for its end.
    ///
    /// - Returns: the exit code, or minus the number of the signal that ended it; nil when it runs on past `bound`.
    public func waitForExit(within bound: Duration = .seconds(60)) async -> Int32? {
        _ = await eventually(within: bound) { reap(options: WNOHANG) }
        return exitCode
    }

    private func reap(options: Int32) -> Bool {
        if exitCode != nil { return true }
        var status: Int32 = 0
        guard waitpid(id, &status, options) == id else { return false }
        let signal = status & 0x7f
        exitCode = signal == 0 ? (status >> 8) & 0xff : -signal
        return true
    }

    private func contents(_ name: String) -> String {
        let bytes = (try? folder.files.contents(of: folder.path + "/" + name)) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }
}

internal import Glibc
public import WeirSystem

/// An empty folder of its own, removed with everything in it when the last reference goes.
public final class TemporaryFolder: Sendable {
    /// The absolute path.
    public let path: String
    /// The file system it lies on.
    public let files = PosixFileSystem()

    /// Creates a folder below `TMPDIR`, or `/tmp`.
    public init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/weir-test-XXXXXX").utf8CString)
        // A test machine without a writable temporary folder cannot run tests; saying so at once is all we can do.
        precondition(mkdtemp(&template) != nil, "cannot create a temporary folder below \(parent): error \(errno)")
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit { try? files.removeFolder(path) }
}

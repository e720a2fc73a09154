internal import Glibc
internal import Synchronization

/// An open file of the machine, closed at the latest when the last reference goes.
final class PosixFile: File {
    let path: String
    private let descriptor: Int32
    private let isClosed = Atomic(false)

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close() }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(descriptor, start + done, buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("read")
            }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        guard let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, start + done, bytes.count - done, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write")
            }
            done += count
        }
    }

    func sync() throws(FileError) {
        // An interrupted sync has not told yet whether pages were lost, so asking again is safe; after any other
        // failure the kernel may have dropped the pages, and asking again would answer a false yes.
        while fdatasync(descriptor) != 0 {
            guard errno == EINTR else { throw failure("sync") }
        }
    }

    func size() throws(FileError) -> Int {
        var known = stat()
        guard fstat(descriptor, &known) == 0 else { throw failure("measure") }
        return Int(known.st_size)
    }

    func truncate(to size: Int) throws(FileError) {
        while ftruncate(descriptor, off_t(size)) != 0 {
            guard errno == EINTR else { throw failure("truncate") }
        }
    }

    func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        _ = Glibc.close(descriptor)
    }

    private func failure(_ operation: String) -> FileError {
        FileError(operation: operation, path: path, code: errno)
    }
}

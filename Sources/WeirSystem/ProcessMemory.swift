internal import CAllocator
internal import Glibc

/// What this process gives back of the memory it no longer uses.
///
/// The C library's allocator keeps freed memory for the next request. Sealing and scanning free tens of megabytes at
/// once on many threads, and without help the process stays as large as the largest moment of each of them.
public enum ProcessMemory {
    /// Lets threads share a number of arenas; each arena keeps what was freed in it to itself. For the start of a
    /// program, before it makes threads.
    public static func limitArenas(to count: Int) {
        _ = mallopt(M_ARENA_MAX, Int32(clamping: count))
    }

    /// Has blocks of `bytes` and more come from the system and go back to it as soon as they are free. For the start of
    /// a program.
    ///
    /// By itself the allocator learns from the first large block that is freed to keep such blocks, so that a program
    /// whose batches come and go holds several times what it needs. Each block costs a system call more.
    public static func returnBlocks(ofAtLeast bytes: Int) {
        _ = mallopt(M_MMAP_THRESHOLD, Int32(clamping: bytes))
    }

    /// Gives back what the allocator keeps free, when that is more than `bytes`. Cost: a few microseconds to ask, some
    /// milliseconds to give back.
    public static func releaseUnused(over bytes: Int) {
        let info = mallinfo2()
        let used = Int(clamping: info.uordblks) + Int(clamping: info.hblkhd)
        guard ProcessUsage.anonymousBytes() - used > bytes else { return }
        _ = malloc_trim(0)
    }

    /// Gives back the pages of the program's code. Those that it goes on using come back from the page cache; those
    /// that only starting needed stay away.
    public static func releaseCode() {
        // The first object is the program itself; its code is never written to, so that no page of it can be lost.
        _ = dl_iterate_phdr(
            { object, _, _ in
                guard let object = object?.pointee, let headers = object.dlpi_phdr else { return 1 }
                for header in UnsafeBufferPointer(start: headers, count: Int(object.dlpi_phnum))
                where header.p_type == UInt32(PT_LOAD) && header.p_flags & UInt32(PF_W) == 0 {
                    let page = UInt(getpagesize())
                    let start = (UInt(object.dlpi_addr) + UInt(header.p_vaddr) + page - 1) / page * page
                    let end = (UInt(object.dlpi_addr) + UInt(header.p_vaddr) + UInt(header.p_memsz)) / page * page
                    guard start < end else { continue }
                    madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_DONTNEED)
                }
                return 1
            }, nil)
    }
}

/// Memory for the values of one entry on its way through the stages: handed out in one direction, all free at the next
/// entry. Bytes never move while an entry is worked on, so that ranges of them may be plain pointers.
struct ScratchArena: ~Copyable {
    // Owned by this value: allocated in `grow`, freed in `reset` and `deinit`, never handed out beyond `reset`.
    private var chunk: UnsafeMutableRawBufferPointer
    private var used = 0
    private var retired: [UnsafeMutableRawBufferPointer] = []

    /// What is kept between entries; one long line may need more for a moment.
    private static let chunkBytes = 64 << 10

    init() {
        chunk = .allocate(byteCount: ScratchArena.chunkBytes, alignment: 16)
    }

    deinit {
        chunk.deallocate()
        for old in retired { old.deallocate() }
    }

    /// Room for `count` bytes; ``commit(_:)`` says how many of them were used.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if chunk.count - used < count { grow(count) }
        return chunk.baseAddress! + used
    }

    /// Keeps `count` bytes of the room reserved last and returns them.
    mutating func commit(_ count: Int) -> UnsafeRawBufferPointer {
        let start = chunk.baseAddress! + used
        used += count
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// A copy of bytes that lives until the next entry.
    mutating func copy(_ bytes: some Collection<UInt8>) -> UnsafeRawBufferPointer {
        let room = UnsafeMutableRawBufferPointer(start: reserve(bytes.count), count: bytes.count)
        room.copyBytes(from: bytes)
        return commit(bytes.count)
    }

    /// Forgets everything that was handed out.
    mutating func reset() {
        used = 0
        guard !retired.isEmpty else { return }
        for old in retired { old.deallocate() }
        retired.removeAll()
        if chunk.count > 4 * ScratchArena.chunkBytes {
            chunk.deallocate()
            chunk = .allocate(byteCount: ScratchArena.chunkBytes, alignment: 16)
        }
    }

    private mutating func grow(_ count: Int) {
        retired.append(chunk)
        chunk = .allocate(byteCount: max(count, ScratchArena.chunkBytes), alignment: 16)
        used = 0
    }
}

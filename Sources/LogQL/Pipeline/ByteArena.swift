/// Scratch memory whose addresses stay valid until ``reset()``: rewritten lines, unescaped values, label names.
///
/// Slabs are kept across resets, so a pipeline in its stride allocates nothing.
struct ByteArena: ~Copyable {
    private var slabs: [UnsafeMutableRawBufferPointer] = []
    private var slabIndex = 0
    private var used = 0

    /// The size of an ordinary slab; larger wishes get a slab of their own.
    private static let slabBytes = 16 << 10
    /// What is kept across resets at most; one giant line must not hold its memory for the rest of the scan.
    private static let keptBytesMax = 4 << 20

    init() {}

    deinit {
        for slab in slabs { slab.deallocate() }
    }

    /// Gives `count` bytes with undefined content.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if slabIndex < slabs.count {
            let slab = slabs[slabIndex]
            if count <= slab.count - used {
                let start = used
                used += count
                return UnsafeMutableRawBufferPointer(rebasing: slab[start..<start + count])
            }
        }
        return allocateFromNextSlab(count)
    }

    /// Gives back the end of the latest allocation, of which only `kept` bytes of `allocation` were needed.
    mutating func trim(_ allocation: UnsafeMutableRawBufferPointer, to kept: Int) -> UnsafeRawBufferPointer {
        used -= allocation.count - kept
        return UnsafeRawBufferPointer(rebasing: allocation[0..<kept])
    }

    /// Copies `bytes` into the arena.
    mutating func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let room = allocate(bytes.count)
        room.copyMemory(from: bytes)
        return UnsafeRawBufferPointer(room)
    }

    /// Copies the UTF-8 of `text` into the arena.
    mutating func copy(_ text: String) -> UnsafeRawBufferPointer {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    /// Makes all memory free again; everything handed out before is invalid.
    mutating func reset() {
        if slabIndex > 0 { dropExcess() }
        slabIndex = 0
        used = 0
    }

    private mutating func allocateFromNextSlab(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if slabIndex < slabs.count { slabIndex += 1 }
        while slabIndex < slabs.count, slabs[slabIndex].count < count { slabIndex += 1 }
        if slabIndex == slabs.count {
            slabs.append(.allocate(byteCount: max(count, ByteArena.slabBytes), alignment: 16))
        }
        used = count
        return UnsafeMutableRawBufferPointer(rebasing: slabs[slabIndex][0..<count])
    }

    private mutating func dropExcess() {
        var kept = 0
        slabs.removeAll { slab in
            kept += slab.count
            guard kept > ByteArena.keptBytesMax else { return false }
            slab.deallocate()
            return true
        }
    }
}

/// Removal of ANSI control sequences (`ESC [ … letter`) from lines.
enum Decolorize {
    /// The line without sequences: the same bytes when there are none, else a copy.
    static func run(_ line: UnsafeRawBufferPointer, _ scratch: inout ScratchArena) -> UnsafeRawBufferPointer {
        guard line.contains(0x1b) else { return line }
        let target = scratch.reserve(line.count)
        var written = 0
        var position = 0
        while position < line.count {
            if line[position] == 0x1b, position + 1 < line.count, line[position + 1] == UInt8(ascii: "[") {
                position += 2
                // Parameters and intermediates are 0x20...0x3f; one byte of 0x40...0x7e ends the sequence.
                while position < line.count, (0x20...0x3f).contains(line[position]) { position += 1 }
                if position < line.count, (0x40...0x7e).contains(line[position]) { position += 1 }
                continue
            }
            target.storeBytes(of: line[position], toByteOffset: written, as: UInt8.self)
            written += 1
            position += 1
        }
        return scratch.commit(written)
    }
}

/// The words that name levels in free text: trace, debug, fatal, critical, error, err, warning, warn, info.
enum LevelWords {
    /// The level of the longest word at `position`, and its length.
    static func word(in line: UnsafeRawBufferPointer, at position: Int) -> (DetectedLevel, Int)? {
        let rest = UnsafeRawBufferPointer(rebasing: line[position...])
        switch rest[0] | 0x20 {
        case UInt8(ascii: "t"): return rest.starts(folding: "trace") ? (.trace, 5) : nil
        case UInt8(ascii: "d"): return rest.starts(folding: "debug") ? (.debug, 5) : nil
        case UInt8(ascii: "f"): return rest.starts(folding: "fatal") ? (.fatal, 5) : nil
        case UInt8(ascii: "c"): return rest.starts(folding: "critical") ? (.critical, 8) : nil
        case UInt8(ascii: "e"): return rest.starts(folding: "error") ? (.error, 5) : (.error, 3)
        case UInt8(ascii: "w"):
            if rest.starts(folding: "warning") { return (.warn, 7) }
            return rest.starts(folding: "warn") ? (.warn, 4) : nil
        case UInt8(ascii: "i"): return rest.starts(folding: "info") ? (.info, 4) : nil
        default: return nil
        }
    }
}

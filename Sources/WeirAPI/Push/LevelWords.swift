/// The words that name levels in free text: trace, debug, fatal, critical, error, err, warning, warn, info.
enum LevelWords {
    /// The next position from `start` where three letters begin one of the words, whatever their case; nil when none.
    ///
    /// Three letters are enough to make false alarms rare; ``word(in:at:)`` decides.
    static func next(in line: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var position = start
        let end = line.count - 2
        while position < end {
            let candidates = firstLetters[Int(line[position])]
            if candidates != 0 {
                let second = line[position + 1] | 0x20
                let third = line[position + 2] | 0x20
                if second == UInt8(truncatingIfNeeded: candidates >> 8), third == UInt8(truncatingIfNeeded: candidates)
                {
                    return position
                }
            }
            position += 1
        }
        return nil
    }

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

    /// By first byte: the second and third letter of the words that start so, one pair each; 0 where no word does.
    private static let firstLetters: [UInt16] = {
        var table = [UInt16](repeating: 0, count: 256)
        for word in ["tra", "deb", "fat", "cri", "err", "war", "inf"] {
            let letters = Array(word.utf8)
            let rest = UInt16(letters[1]) << 8 | UInt16(letters[2])
            table[Int(letters[0])] = rest
            table[Int(letters[0] & 0xdf)] = rest
        }
        return table
    }()
}

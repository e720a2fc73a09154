/// A small generator of numbers (SplitMix64); enough for make-believe.
struct DemoRandom {
    var state: UInt64

    /// A number in `0..<bound`.
    mutating func number(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// One of the choices.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[number(below: choices.count)]
    }

    /// Lower-case hexadecimal digits.
    mutating func hexadecimal(digits: Int) -> String {
        (0..<digits).map { _ in String(number(below: 16), radix: 16) }.joined()
    }
}

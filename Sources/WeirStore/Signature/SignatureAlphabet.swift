/// What the values of a long column are made of, all combinations of which are taken to be there: looking at each would
/// find nearly all of them.
struct SignatureAlphabet: OptionSet {
    let rawValue: UInt8

    static let digits = SignatureAlphabet(rawValue: 1 << 0)
    /// Digits with a `.` between some of them.
    static let fractions = SignatureAlphabet(rawValue: 1 << 1)
    static let hexadecimal = SignatureAlphabet(rawValue: 1 << 2)
    /// Hexadecimal digits with a `-` between some of them.
    static let uuids = SignatureAlphabet(rawValue: 1 << 3)

    /// Shorter columns are looked at value by value.
    private static let valuesMin = 1024

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The alphabet of a column; nil when its values have to be looked at.
    init?(_ column: ValueColumn) {
        guard column.count >= SignatureAlphabet.valuesMin, let encoding = ColumnEncoding(rawValue: column.encoding)
        else {
            return nil
        }
        switch encoding {
        case .wholes where !column.stamp.classes.contains(.minus), .fixedDigits: self = .digits
        case .decimals where !column.stamp.classes.contains(.minus), .ipv4: self = .fractions
        case .hex: self = .hexadecimal
        case .uuids: self = .uuids
        default: return nil
        }
    }

    /// Adds all windows inside of values.
    func add(to marks: SignatureMarks) {
        let digits = Array("0123456789".utf8)
        let letters = Array("abcdef".utf8)
        if !isDisjoint(with: [.digits, .fractions]) { marks.addAll(digits, digits, []) }
        if contains(.fractions) {
            let dot = Array(".".utf8)
            marks.addAll(digits, digits, dot)
            marks.addAll(digits, dot, digits)
            marks.addAll(dot, digits, digits + dot)
        }
        if !isDisjoint(with: [.hexadecimal, .uuids]) {
            marks.addAll(digits + letters, digits + letters, [])
            // Windows with a digit do not count.
            marks.addAll(letters, letters, letters)
        }
        if contains(.uuids) {
            let dash = Array("-".utf8)
            marks.addAll(digits + letters, digits + letters, dash)
            marks.addAll(digits + letters, dash, digits + letters)
            marks.addAll(dash, digits + letters, digits + letters)
        }
    }
}

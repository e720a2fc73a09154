/// Cuts the text of a query into tokens, the way Go's `text/scanner` does under Loki's parser.
///
/// Loki reads the second half of a token (`|` then `=`, `5` then `m`, all of `[5m]`) with a call that forgets the
/// line, so errors at such tokens say `line 0`; clients compare these texts, hence ``Token/line`` is 0 there too.
struct Lexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var column = 1

    /// Which words are functions and flags.
    private let dialect: Dialect

    /// Creates a lexer at the start of `text`.
    init(_ text: String, dialect: Dialect) {
        self.dialect = dialect
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    /// Returns the next token; at the end of the text `.end`, as often as asked.
    mutating func next() throws(SyntaxError) -> Token {
        try skipBlanksAndComments()
        var token = Token(kind: .end, line: line, column: column)
        guard let first = peek() else {
            if scalars.isEmpty { (token.line, token.column) = (0, 0) }
            return token
        }
        switch first {
        case "\"": try readString(into: &token)
        case "`": try readRawString(into: &token)
        case "'": try readCharacter(into: &token)
        case "[": try readRange(into: &token)
        case "-": readMinus(into: &token)
        case _ where first.isASCIIDigit, "." where peek(1)?.isASCIIDigit == true: try readNumber(into: &token)
        case _ where first.startsIdentifier: readWord(into: &token)
        case "\0": throw SyntaxError(line: line, column: column, "invalid character NUL")
        default: readSymbol(into: &token)
        }
        return token
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < scalars.count ? scalars[index + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if scalars[index] == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
            index += 1
        }
    }

    private mutating func skipBlanksAndComments() throws(SyntaxError) {
        while let scalar = peek() {
            switch scalar {
            case " ", "\t", "\n", "\r": advance()
            case "#": skipLine()
            case "/" where peek(1) == "/": skipLine()
            case "/" where peek(1) == "*": try skipBlockComment()
            default: return
            }
        }
    }

    private mutating func skipLine() {
        while let scalar = peek(), scalar != "\n" { advance() }
    }

    private mutating func skipBlockComment() throws(SyntaxError) {
        let start = (line: line, column: column)
        advance(2)
        while !(peek() == "*" && peek(1) == "/") {
            guard peek() != nil else {
                throw SyntaxError(line: start.line, column: start.column, "comment not terminated")
            }
            advance()
        }
        advance(2)
    }

    // MARK: Words and symbols

    private mutating func readWord(into token: inout Token) {
        let start = index
        // Names of recorded series hold colons; elsewhere these mean nothing.
        while let scalar = peek(), scalar.continuesIdentifier || (scalar == ":" && dialect == .weir) { advance() }
        token.text = String(String.UnicodeScalarView(scalars[start..<index]))
        let lowercased = token.text.lowercased()
        let extended = dialect == .weir ? Token.Kind.extendedFunctions[lowercased] : nil
        if let function = Token.Kind.functions[lowercased] ?? extended {
            token.kind = isCallAhead() ? function : .identifier
        } else {
            token.kind = Token.Kind.keywords[lowercased] ?? .identifier
        }
    }

    /// Whether `(`, `by (` or `without (` follows.
    private func isCallAhead() -> Bool {
        var position = skippingSpace(from: index)
        if position < scalars.count, scalars[position] == "(" { return true }
        for word in ["by", "without"] where hasWord(word, at: position) {
            position = skippingSpace(from: position + word.count)
            return position < scalars.count && scalars[position] == "("
        }
        return false
    }

    private func skippingSpace(from start: Int) -> Int {
        var position = start
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
        return position
    }

    private func hasWord(_ word: String, at start: Int) -> Bool {
        guard start + word.count <= scalars.count else { return false }
        return zip(word.unicodeScalars, scalars[start...]).allSatisfy { $0 == $1 || $0.value == $1.value | 0x20 }
    }

    private mutating func readSymbol(into token: inout Token) {
        let first = scalars[index]
        var pair = String(first)
        if let second = peek(1) {
            pair.unicodeScalars.append(second)
            if let kind = Token.Kind.symbols[pair] {
                token.kind = kind
                token.line = 0
                return advance(2)
            }
        }
        token.text = String(first)
        token.kind = Token.Kind.symbols[token.text] ?? .identifier
        advance()
    }

    /// A `-` may start a flag (`--strict`), a negative duration, or be the operator.
    private mutating func readMinus(into token: inout Token) {
        if peek(1) == "-" {
            let extended = dialect == .weir ? ["--arrays", "--skip-errors"] : []
            for flag in ["--strict", "--keep-empty"] + extended where isFlag(flag) {
                token.kind = .flag
                token.text = flag
                token.line = 0
                return advance(flag.count)
            }
        }
        let start = index
        advance()
        if !readDuration(from: start, into: &token) {
            token.kind = .subtract
        }
    }

    private func isFlag(_ flag: String) -> Bool {
        guard hasWord(flag, at: index) else { return false }
        guard let after = peek(flag.count) else { return true }
        return !(after.isLetter || after == "-")
    }

    // MARK: Strings

    private mutating func readString(into token: inout Token) throws(SyntaxError) {
        let start = (line: line, column: column)
        advance()
        var bytes: [UInt8] = []
        while true {
            guard let scalar = peek(), scalar != "\n" else {
                throw SyntaxError(line: start.line, column: start.column, "literal not terminated")
            }
            advance()
            if scalar == "\"" { break }
            if scalar == "\\" {
                guard readEscape(quote: "\"", into: &bytes) else {
                    throw SyntaxError(line: start.line, column: start.column, "invalid char escape")
                }
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        token.kind = .string
        token.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what follows a backslash: `\n`, `\x41`, `\101`, `\u00e9`, `\U0001f600`.
    private mutating func readEscape(quote: Unicode.Scalar, into bytes: inout [UInt8]) -> Bool {
        guard let scalar = peek() else { return false }
        let plain: [Unicode.Scalar: UInt8] = [
            "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5c,
        ]
        if let byte = plain[scalar] ?? (scalar == quote ? UInt8(quote.value) : nil) {
            bytes.append(byte)
            advance()
            return true
        }
        switch scalar {
        case "0"..."7":
            guard let value = readDigits(count: 3, radix: 8), value < 256 else { return false }
            bytes.append(UInt8(value))
        case "x":
            advance()
            guard let value = readDigits(count: 2, radix: 16) else { return false }
            bytes.append(UInt8(value))
        case "u", "U":
            advance()
            guard let value = readDigits(count: scalar == "u" ? 4 : 8, radix: 16), let decoded = Unicode.Scalar(value)
            else { return false }
            bytes.append(contentsOf: UTF8.encode(decoded)!)
        default: return false
        }
        return true
    }

    private mutating func readDigits(count: Int, radix: UInt32) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.hexadecimalDigit, digit < radix else { return nil }
            value = value &* radix &+ digit
            advance()
        }
        return value
    }

    private mutating func readRawString(into token: inout Token) throws(SyntaxError) {
        let start = (line: line, column: column)
        advance()
        var view = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "`" {
            // Go drops carriage returns from raw strings.
            if scalar != "\r" { view.append(scalar) }
            advance()
        }
        guard peek() != nil else {
            throw SyntaxError(line: start.line, column: start.column, "literal not terminated")
        }
        advance()
        token.kind = .string
        token.text = String(view)
    }

    /// Single quotes hold one character in Go; such a token is no string, and the parser refuses it as a name.
    private mutating func readCharacter(into token: inout Token) throws(SyntaxError) {
        let start = (line: line, column: column)
        advance()
        var count = 0
        while let scalar = peek(), scalar != "'" {
            guard scalar != "\n" else { break }
            advance()
            var ignored: [UInt8] = []
            if scalar == "\\", !readEscape(quote: "'", into: &ignored) {
                throw SyntaxError(line: start.line, column: start.column, "invalid char escape")
            }
            count += 1
        }
        guard peek() == "'" else {
            throw SyntaxError(line: start.line, column: start.column, "literal not terminated")
        }
        advance()
        guard count == 1 else {
            throw SyntaxError(line: start.line, column: start.column, "invalid char literal")
        }
        token.kind = .identifier
        token.text = "'"
    }

    // MARK: Numbers, durations, sizes

    private mutating func readNumber(into token: inout Token) throws(SyntaxError) {
        let start = index
        try skipNumber()
        if readDuration(from: start, into: &token) || readSize(from: start, into: &token) { return }
        token.kind = .number
        token.text = String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private mutating func skipNumber() throws(SyntaxError) {
        let start = (line: line, column: column)
        if peek() == "0", let mark = peek(1).map({ Unicode.Scalar($0.value | 0x20) }), let mark,
            let radix = ["x": 16, "o": 8, "b": 2][mark] as UInt32?,
            peek(2)?.hexadecimalDigit.map({ $0 < radix }) == true
        {
            advance(2)
            while let scalar = peek(), scalar == "_" || scalar.hexadecimalDigit.map({ $0 < radix }) == true {
                advance()
            }
            return
        }
        skipDecimals()
        if peek() == "." {
            advance()
            skipDecimals()
        }
        guard let mark = peek(), mark == "e" || mark == "E" || mark == "p" || mark == "P" else { return }
        if mark == "p" || mark == "P" {
            throw SyntaxError(
                line: start.line, column: start.column, "'\(mark)' exponent requires hexadecimal mantissa")
        }
        advance()
        if peek() == "+" || peek() == "-" { advance() }
        guard peek()?.isASCIIDigit == true else {
            throw SyntaxError(line: start.line, column: start.column, "exponent has no digits")
        }
        skipDecimals()
    }

    private mutating func skipDecimals() {
        while let scalar = peek(), scalar.isASCIIDigit || scalar == "_" { advance() }
    }

    /// Turns the number since `start` and the units behind it into a duration, if it is one.
    private mutating func readDuration(from start: Int, into token: inout Token) -> Bool {
        let end = endOfUnits(among: "nuµmshdwy")
        guard end > index else { return false }
        let text = String(String.UnicodeScalarView(scalars[start..<end]))
        guard let nanoseconds = (try? DurationText.prometheus(text)) ?? DurationText.go(text) else { return false }
        token.kind = .duration
        token.nanoseconds = nanoseconds
        token.line = 0
        advance(end - index)
        return true
    }

    private mutating func readSize(from start: Int, into token: inout Token) -> Bool {
        let end = endOfUnits(among: "BikKMGTP")
        guard end > index, let size = SizeText.parse(String(String.UnicodeScalarView(scalars[start..<end]))) else {
            return false
        }
        token.kind = .bytes
        token.size = size
        token.line = 0
        advance(end - index)
        return true
    }

    private func endOfUnits(among letters: String) -> Int {
        var end = index
        while end < scalars.count {
            let scalar = scalars[end]
            guard scalar.isASCIIDigit || scalar == "." || letters.unicodeScalars.contains(scalar) else { break }
            end += 1
        }
        return end
    }

    private mutating func readRange(into token: inout Token) throws(SyntaxError) {
        let start = index + 1
        guard let end = scalars[start...].firstIndex(of: "]") else {
            throw SyntaxError(line: 0, column: column, "missing closing ']' in duration")
        }
        let text = String(String.UnicodeScalarView(scalars[start..<end]))
        token.line = 0
        if dialect == .weir, readSubrange(text, into: &token) { return advance(end + 1 - index) }
        do {
            token.nanoseconds = try DurationText.prometheus(text)
        } catch {
            throw SyntaxError(line: 0, column: column, error.message)
        }
        token.kind = .range
        advance(end + 1 - index)
    }

    /// `1h:5m` or `1h:`
    private func readSubrange(_ text: String, into token: inout Token) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let window = try? DurationText.prometheus(String(parts[0])) else { return false }
        var step = SubquerySyntax.defaultStepNanoseconds
        if !parts[1].isEmpty {
            guard let written = try? DurationText.prometheus(String(parts[1])) else { return false }
            step = written
        }
        token.kind = .subrange
        token.nanoseconds = window
        token.stepNanoseconds = step
        return true
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" }

    fileprivate var hexadecimalDigit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }

    fileprivate var isLetter: Bool {
        if isASCII { return (value | 0x20) >= 0x61 && (value | 0x20) <= 0x7a }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }

    fileprivate var startsIdentifier: Bool { self == "_" || isLetter }

    fileprivate var continuesIdentifier: Bool {
        startsIdentifier || isASCIIDigit || (!isASCII && properties.generalCategory == .decimalNumber)
    }
}

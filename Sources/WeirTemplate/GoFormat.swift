/// `printf` as Go's fmt package does it.
public enum GoFormat {
    private struct Directive {
        var plus = false
        var minus = false
        var sharp = false
        var space = false
        var zero = false
        var width: Int?
        var precision: Int?
    }

    /// Wider paddings are cut: one directive must not fill the memory.
    private static let widthMax = 100_000

    /// The text of `format` with its verbs replaced by the arguments in order.
    public static func format(_ format: [UInt8], _ arguments: [TemplateValue]) -> [UInt8] {
        var result: [UInt8] = []
        var next = 0
        var position = 0
        while position < format.count {
            guard format[position] == UInt8(ascii: "%") else {
                result.append(format[position])
                position += 1
                continue
            }
            position += 1
            let directive = directive(format, &position, arguments, &next)
            guard position < format.count else {
                result += "%!(NOVERB)".utf8
                break
            }
            let verb = scalar(format, &position)
            if verb == "%" {
                result.append(UInt8(ascii: "%"))
            } else if next >= arguments.count {
                result += "%!\(verb)(MISSING)".utf8
            } else {
                result += text(arguments[next], verb, directive)
                next += 1
            }
        }
        if next < arguments.count {
            let extra = arguments[next...].map { "\($0.typeName)=\(String(decoding: $0.printed, as: UTF8.self))" }
            result += "%!(EXTRA \(extra.joined(separator: ", ")))".utf8
        }
        return result
    }

    private static func scalar(_ format: [UInt8], _ position: inout Int) -> Unicode.Scalar {
        let scalar = String(decoding: format[position...].prefix(4), as: UTF8.self).unicodeScalars.first!
        position += max(1, min(UTF8.width(scalar), format.count - position))
        return scalar
    }

    private static func directive(
        _ format: [UInt8], _ position: inout Int, _ arguments: [TemplateValue], _ next: inout Int
    ) -> Directive {
        var directive = Directive()
        flags: while position < format.count {
            switch format[position] {
            case UInt8(ascii: "+"): directive.plus = true
            case UInt8(ascii: "-"): directive.minus = true
            case UInt8(ascii: "#"): directive.sharp = true
            case UInt8(ascii: " "): directive.space = true
            case UInt8(ascii: "0"): directive.zero = true
            default: break flags
            }
            position += 1
        }
        directive.width = number(format, &position, arguments, &next)
        if let width = directive.width, width < 0 {
            directive.minus = true
            directive.width = -width
        }
        if position < format.count, format[position] == UInt8(ascii: ".") {
            position += 1
            directive.precision = max(0, number(format, &position, arguments, &next) ?? 0)
        }
        return directive
    }

    private static func number(
        _ format: [UInt8], _ position: inout Int, _ arguments: [TemplateValue], _ next: inout Int
    ) -> Int? {
        if position < format.count, format[position] == UInt8(ascii: "*") {
            position += 1
            guard next < arguments.count, case .integer(let value) = arguments[next] else { return nil }
            next += 1
            return Int(max(-Int64(widthMax), min(Int64(widthMax), value)))
        }
        var value: Int?
        while position < format.count, format[position] &- 0x30 < 10 {
            value = min(widthMax, (value ?? 0) * 10 + Int(format[position] - 0x30))
            position += 1
        }
        return value
    }

    private static func text(_ value: TemplateValue, _ verb: Unicode.Scalar, _ directive: Directive) -> [UInt8] {
        if verb == "T" { return padded(Array((value == .none ? "<nil>" : value.typeName).utf8), directive) }
        switch (value, verb) {
        case (.none, "v"): return padded(Array("<nil>".utf8), directive)
        case (.none, _): return Array("%!\(verb)(<nil>)".utf8)
        case (.string(let bytes), "s"), (.string(let bytes), "v"): return padded(cut(bytes, directive), directive)
        case (.string(let bytes), "q"):
            let isRaw = directive.sharp && !bytes.contains(UInt8(ascii: "`"))
            let content = cut(bytes, directive)
            return padded(isRaw ? [0x60] + content + [0x60] : Array(GoQuote.quote(content).utf8), directive)
        case (.string(let bytes), "x"), (.string(let bytes), "X"):
            let digits = bytes.map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: verb == "X")
            }
            return padded(Array(digits.joined().utf8), directive)
        case (.integer(let number), _): return integer(number, verb, directive)
        case (.float(let number), _): return float(number, verb, directive)
        case (.bool(let bool), "t"), (.bool(let bool), "v"):
            return padded(Array((bool ? "true" : "false").utf8), directive)
        case (.time, "v"), (.time, "s"), (.map, _), (.list, _):
            var bytes: [UInt8] = []
            value.append(to: &bytes)
            return padded(bytes, directive)
        default: return Array("%!\(verb)(\(value.typeName)=\(String(decoding: value.printed, as: UTF8.self)))".utf8)
        }
    }

    private static func integer(_ value: Int64, _ verb: Unicode.Scalar, _ directive: Directive) -> [UInt8] {
        var prefix = ""
        let digits: String
        switch verb {
        case "d", "v": digits = String(value.magnitude)
        case "b": digits = String(value.magnitude, radix: 2)
        case "o", "O":
            digits = String(value.magnitude, radix: 8)
            if verb == "O" { prefix = "0o" } else if directive.sharp { prefix = "0" }
        case "x", "X":
            digits = String(value.magnitude, radix: 16, uppercase: verb == "X")
            if directive.sharp { prefix = verb == "X" ? "0X" : "0x" }
        case "c", "q":
            let scalar = UInt32(exactly: value).flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}"
            return padded(Array((verb == "q" ? "'\(scalar)'" : String(scalar)).utf8), directive)
        case "U":
            let code = String(value.magnitude, radix: 16, uppercase: true)
            return padded(Array("U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)".utf8), directive)
        default: return Array("%!\(verb)(int=\(value))".utf8)
        }
        let sign = value < 0 ? "-" : (directive.plus ? "+" : (directive.space ? " " : ""))
        return signed(sign + prefix, digits, directive, minimum: directive.precision ?? 0)
    }

    private static func float(_ value: Double, _ verb: Unicode.Scalar, _ directive: Directive) -> [UInt8] {
        var text: String
        switch verb {
        case "v": text = GoNumber.text(value, verb: "g", precision: directive.precision)
        case "e", "E", "f", "F": text = GoNumber.text(value, verb: Character(verb), precision: directive.precision ?? 6)
        case "g", "G": text = GoNumber.text(value, verb: Character(verb), precision: directive.precision)
        default: return Array("%!\(verb)(float64=\(GoNumber.general(value)))".utf8)
        }
        var sign = ""
        if text.hasPrefix("-") || text.hasPrefix("+") {
            sign = String(text.removeFirst())
        }
        if sign == "+" || sign.isEmpty { sign = directive.plus ? "+" : (directive.space ? " " : "") }
        if value.isInfinite, value > 0, sign.isEmpty { sign = "+" }
        var plain = directive
        if !value.isFinite { plain.zero = false }
        return signed(sign, text, plain, minimum: 0)
    }

    /// Digits behind a sign, filled with zeros or blanks.
    private static func signed(_ sign: String, _ digits: String, _ directive: Directive, minimum: Int) -> [UInt8] {
        var digits = String(repeating: "0", count: max(0, minimum - digits.utf8.count)) + digits
        if directive.zero, !directive.minus, minimum == 0, let width = directive.width {
            digits = String(repeating: "0", count: max(0, width - sign.utf8.count - digits.utf8.count)) + digits
        }
        var plain = directive
        plain.zero = false
        return padded(Array((sign + digits).utf8), plain)
    }

    private static func cut(_ bytes: [UInt8], _ directive: Directive) -> [UInt8] {
        guard let precision = directive.precision else { return bytes }
        return Array(bytes.prefix(GoScalars(bytes).prefix(max(0, precision)).reduce(0) { $0 + $1.count }))
    }

    private static func padded(_ bytes: [UInt8], _ directive: Directive) -> [UInt8] {
        guard let width = directive.width else { return bytes }
        let count = width - GoScalars(bytes).reduce(0) { count, _ in count + 1 }
        guard count > 0 else { return bytes }
        let fill = directive.zero && !directive.minus ? UInt8(ascii: "0") : UInt8(ascii: " ")
        let padding = [UInt8](repeating: fill, count: count)
        return directive.minus ? bytes + padding : padding + bytes
    }
}
